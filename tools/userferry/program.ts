import { LIMITS } from '@userferry/script-contract';
import { LEGACY_STORES } from '@userferry/script-templates';
import { Argument, Command, Option } from 'commander';
import { checkCommand } from './commands/check.ts';
import { dbCommand } from './commands/db.ts';
import { initCommand, MODES } from './commands/init.ts';
import { runCommand } from './commands/run.ts';
import { testCommand } from './commands/test.ts';
import { completionScript, SHELLS, type Shell } from './completion-script.ts';
import { EXIT } from './exit-codes.ts';
import { SEEDED_STORES } from './seed/seed.ts';

const MIB = 2 ** 20;

const several = (text: string, before: readonly string[]): readonly string[] => [...before, text];

const allow = () =>
  new Option(
    '--allow <host:port>',
    'a destination to open beside the public internet; may be repeated; the port may be *',
  )
    .default([], 'none')
    .argParser(several);
const json = () => new Option('--json', 'print one line of JSON, for programs');
// Not --env-file: Node takes that for itself, wherever it stands.
const envFrom = () => new Option('--env-from <file>', 'what the script sees as env (default: .env beside it)');
const STORE_OF_CASES = 'that of cases.yaml, else postgresql';

const seed = () =>
  new Option(
    '--seed [store]',
    `run against a fresh local store with sample users: ${SEEDED_STORES.join(', ')} (alone: ${STORE_OF_CASES})`,
  ).argParser((store) => store || true);

const FOOTER = `
Exit code: ${EXIT.ok} as asked for, ${EXIT.failed} the script or a case did otherwise, ${EXIT.misuse} misuse, ${EXIT.broken} no sandbox or database.
Guide: docs/tutorial.md; every command: docs/userferry.md`;

type Done = (code: number) => void;

const addInit = (program: Command, done: Done): void => {
  program
    .command('init')
    .description('make a folder with typed scripts, cases and settings for an editor')
    .argument('[folder]', 'where', '.')
    .option('--template <store>', `where your users are: ${LEGACY_STORES.join(', ')}`, 'postgresql')
    .option('--mode <mode>', Object.keys(MODES).join(' or '), 'lazy-migration')
    .option('--typescript', 'scripts in TypeScript')
    .option('--force', 'write over files that are there')
    .addOption(json())
    .action(async (folder, options) => done(await initCommand(folder, options)));
};

const addCheck = (program: Command, done: Done): void => {
  program
    .command('check')
    .description('look for mistakes without running anything: syntax, function, modules, types')
    .argument('[files...]', 'scripts (default: all of this folder that are named after an action)')
    .option('--action <name>', 'the function, for a file that is not named after it')
    .addOption(json())
    .action(async (files, options) => done(await checkCommand(files, options)));
};

const addRun = (program: Command, done: Done): void => {
  program
    .command('run')
    .description('run one function of a script in the sandbox')
    .argument('<file>', 'the script')
    .argument('[function]', 'what to call (default: as the file is named)')
    .option('--email <email>', 'who: an e-mail address')
    .option('--username <name>', 'who: a username')
    .option('--phone <phone>', 'who: a phone number')
    .option('--id <id>', 'who: your own id; digits are a number, "7" in quotes is text')
    .option('--password-stdin', 'read the password from standard input (default: ask for it)')
    .option('--keyword <text>', 'of searchUser')
    .option('--page <n>', 'of listUsers')
    .option('--limit <n>', 'of listUsers')
    .addOption(
      new Option('--set <name=value>', 'a field of createUser or updateUser; may be repeated')
        .default([], 'none')
        .argParser(several),
    )
    .option('--context <json>', 'facts of the call, over the usual ones')
    .option('--args <json>', 'all arguments instead, a JSON array')
    .addOption(envFrom())
    .option('--env <json>', 'what the script sees as env, a JSON object of strings')
    .addOption(seed())
    .addOption(allow())
    .option('--timeout-ms <n>', `time limit, at most ${LIMITS.timeoutMsMax}`, String(LIMITS.timeoutMsDefault))
    .option(
      '--memory-mb <n>',
      `memory limit, ${LIMITS.memoryLimitBytesMin / MIB} to ${LIMITS.memoryLimitBytesMax / MIB}`,
      String(LIMITS.memoryLimitBytesDefault / MIB),
    )
    .option(
      '--isolation <kind>',
      'warm, or per_run: in an isolate that has run nothing, as with the setting of that name',
      'warm',
    )
    .addOption(json())
    .action(async (file, name, options) => done(await runCommand(file, name, options)));
};

const addTest = (program: Command, done: Done): void => {
  program
    .command('test')
    .description('run the cases of a file: arguments, and what has to come of them')
    .argument('[file]', 'YAML or JSON (default: cases.yaml)')
    .addOption(seed())
    .addOption(envFrom())
    .addOption(allow())
    .option('--only <text>', 'only cases with this in their names')
    .option('--watch', 'again whenever a file changes')
    .option('--junit <file>', 'also write a report that build servers read')
    .addOption(json())
    .action(async (file, options) => done(await testCommand(file, options)));
};

const addDb = (program: Command, done: Done): void => {
  program
    .command('db')
    .description('keep a local store with sample users up, until Ctrl-C')
    .argument('[store]', `${SEEDED_STORES.join(', ')} (default: ${STORE_OF_CASES})`)
    .option('--port <n>', 'a port of your choice (default: a free one)')
    .addOption(json())
    .action(async (store, options) => done(await dbCommand(store, options)));
};

const addCompletion = (program: Command): void => {
  program
    .command('completion')
    .description('print what a shell needs to complete commands and options')
    .addArgument(new Argument('<shell>').choices(Object.keys(SHELLS)))
    .action((shell: Shell) => console.log(completionScript(program, shell)));
};

/** The commands of `userferry`; `done` is told the exit code. Misuse ends in a CommanderError. */
export const createProgram = (done: Done): Command => {
  const program = new Command('userferry')
    .description('the workbench for authors of scripts: write, check, run and test them in the real sandbox')
    .showHelpAfterError('(--help says more)')
    .exitOverride()
    .addHelpText('after', FOOTER);
  addInit(program, done);
  addCheck(program, done);
  addRun(program, done);
  addTest(program, done);
  addDb(program, done);
  addCompletion(program);
  for (const command of program.commands) command.exitOverride().showHelpAfterError('(--help says more)');
  return program;
};
