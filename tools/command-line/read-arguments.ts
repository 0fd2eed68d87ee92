import { type ParseArgsConfig, parseArgs } from 'node:util';

const refuse = (message: string): never => {
  // Node says some things in three lines
  console.error(message.replaceAll('\n', ' '));
  process.exit(2);
};

/** `--name=` is an empty text to Node. It is a missing value, except where the default is as empty. */
const emptyOption = (values: Readonly<Record<string, unknown>>, { options = {} }: ParseArgsConfig) =>
  Object.keys(options).find((name) => values[name] === '' && options[name]?.default !== '');

/** The options of a command, as `parseArgs` reads them. What it does not take is said in one line, and ends the process with 2. */
export const readArguments = <T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> => {
  try {
    const read = parseArgs(config);
    const empty = emptyOption(read.values, config);
    return empty === undefined ? read : refuse(`Option '--${empty} <value>' argument missing`);
  } catch (error) {
    return refuse((error as Error).message);
  }
};
