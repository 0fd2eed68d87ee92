import type { Command } from 'commander';

/** A command as shells complete it. */
type Words = { readonly name: string; readonly description: string; readonly options: readonly string[] };

const optionsOf = ({ options }: Command): string[] => options.flatMap(({ long }) => (long ? [long] : []));

const wordsOf = (program: Command): readonly Words[] =>
  program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [...optionsOf(command), '--help'],
  }));

const bash = (words: readonly Words[]): string => `# eval "$(userferry completion bash)"
_userferry() {
  local word="\${COMP_WORDS[COMP_CWORD]}" options=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${words.map(({ name }) => name).join(' ')} --help" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${words.map(({ name, options }) => `    ${name}) options="${options.join(' ')}" ;;`).join('\n')}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -F _userferry userferry
`;

const quoted = (text: string): string => text.replace(/'/g, "'\\''");

const zsh = (words: readonly Words[]): string => `#compdef userferry
# eval "$(userferry completion zsh)"
_userferry() {
  local -a commands
  commands=(
${words.map(({ name, description }) => `    '${name}:${quoted(description.replaceAll(':', '\\:'))}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "$words[2]" in
${words.map(({ name, options }) => `    ${name}) compadd -- ${options.join(' ')} ;;`).join('\n')}
  esac
  _files
}
compdef _userferry userferry
`;

const fish = (words: readonly Words[]): string =>
  [
    '# userferry completion fish | source',
    ...words.map(
      ({ name, description }) =>
        `complete -c userferry -n __fish_use_subcommand -a ${name} -d '${description.replaceAll("'", "\\'")}'`,
    ),
    ...words.flatMap(({ name, options }) =>
      options.map((option) => `complete -c userferry -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
    ),
    '',
  ].join('\n');

export const SHELLS = { bash, zsh, fish } as const;
export type Shell = keyof typeof SHELLS;

/** What a shell reads to complete commands and options. */
export const completionScript = (program: Command, shell: Shell): string => SHELLS[shell](wordsOf(program));
