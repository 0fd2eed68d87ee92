import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The options of a command, as `parseArgs` reads them. What it does not take is said in one line, and ends the process with 2. */
export const readArguments = <T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> => {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
};
