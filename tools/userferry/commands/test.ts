import { watch, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readCases } from '../cases/case-file.ts';
import { CASES_NAMES, casesIn } from '../cases/cases-in.ts';
import { runCases } from '../cases/run-cases.ts';
import { casesReport, junitReport, tellCases } from '../cases/tell-cases.ts';
import { callerFolder } from '../config.ts';
import { EXIT } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';

export type TestOptions = {
  readonly seed?: string | true;
  readonly envFrom?: string;
  readonly allow: readonly string[];
  readonly only?: string;
  readonly junit?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
};

/** Editors write a file in several steps. */
const SETTLED_MS = 100;

const fileOf = (asked: string | undefined, folder: string): string => {
  const name = asked ?? casesIn(folder);
  if (name === undefined)
    throw new UsageError(`there is no ${CASES_NAMES[0]} here: name the file, or start with userferry init`);
  return name;
};

const writeReport = (file: string, report: string): void => {
  try {
    writeFileSync(file, report);
  } catch (error) {
    throw new UsageError(`the report cannot be written to ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
};

const once = async (name: string, caller: string, options: TestOptions): Promise<number> => {
  const { seed, envFrom, allow, only, junit, json = false } = options;
  const results = await runCases(readCases(name, caller), { seed, envFrom, allow, only, caller });
  console.log(json ? JSON.stringify(casesReport(results)) : tellCases(results));
  if (junit !== undefined) writeReport(resolve(caller, junit), junitReport(results, name));
  return results.every(({ problems }) => problems.length === 0) ? EXIT.ok : EXIT.failed;
};

const toldOnce = async (name: string, caller: string, options: TestOptions): Promise<void> => {
  try {
    await once(name, caller, options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
  }
};

/** Again whenever a file of the folder changes, until it is told to stop. */
const watching = async (name: string, caller: string, options: TestOptions): Promise<number> => {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  let changed = Promise.withResolvers<void>();
  const folder = resolve(caller, name, '..');
  watch(folder, { signal: stop.signal }, (_, file) => {
    if (file === null || /\.(js|ts|ya?ml|json|env|sql)$|^\.env$/.test(file)) changed.resolve();
  }).on('error', () => undefined);
  stop.signal.addEventListener('abort', () => changed.resolve());
  while (!stop.signal.aborted) {
    await toldOnce(name, caller, options);
    console.error('waiting for a change …');
    await changed.promise;
    await new Promise((done) => setTimeout(done, SETTLED_MS));
    changed = Promise.withResolvers<void>();
  }
  return EXIT.ok;
};

/** Runs the cases of a file in the sandbox. */
export const testCommand = (asked: string | undefined, options: TestOptions): Promise<number> => {
  const caller = callerFolder();
  const name = fileOf(asked, caller);
  return options.watch ? watching(name, caller, options) : once(name, caller, options);
};
