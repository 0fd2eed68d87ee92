import { dirname } from 'node:path';
import { isScriptAction, type ScriptAction } from '@userferry/script-contract';
import { callerFolder } from '../config.ts';
import { EXIT } from '../exit-codes.ts';
import { readEnv } from '../read-env.ts';
import {
  readArgs,
  readEnvObject,
  readIsolation,
  readMemoryLimit,
  readObject,
  readPage,
  readRule,
  readTimeoutMs,
} from '../read-options.ts';
import { readPassword } from '../read-password.ts';
import { reportOf } from '../run/run-report.ts';
import { tellRun } from '../run/tell-run.ts';
import { openSandbox } from '../sandbox-session.ts';
import { type NamedArgs, readField, readId, scriptArgs, takesPassword } from '../script-args.ts';
import { readAction, readScript, type ScriptFile } from '../script-file.ts';
import { startSeed } from '../seed/start-seed.ts';
import { UsageError } from '../usage-error.ts';

/** As the command line gives them. */
export type RunOptions = {
  readonly args?: string;
  readonly env?: string;
  readonly envFrom?: string;
  readonly allow: readonly string[];
  readonly timeoutMs: string;
  readonly memoryMb: string;
  readonly isolation: string;
  readonly seed?: string | true;
  readonly json?: boolean;
  readonly email?: string;
  readonly phone?: string;
  readonly username?: string;
  readonly id?: string;
  readonly keyword?: string;
  readonly page?: string;
  readonly limit?: string;
  readonly set: readonly string[];
  readonly context?: string;
  readonly passwordStdin?: boolean;
};

/** By name; a password is asked for where the action takes one, or where it was said that it comes. */
const namedArgs = async (action: ScriptAction, options: RunOptions): Promise<NamedArgs> => {
  const { email, phone, username, keyword, passwordStdin = false } = options;
  const fields = Object.fromEntries(options.set.map(readField));
  return {
    ...{ email, phone, username, keyword },
    id: options.id === undefined ? undefined : readId(options.id),
    page: options.page === undefined ? undefined : readPage('--page', options.page),
    limit: options.limit === undefined ? undefined : readPage('--limit', options.limit),
    fields: options.set.length === 0 ? undefined : fields,
    context: options.context === undefined ? undefined : readObject('--context', options.context),
    password: takesPassword(action) || passwordStdin ? await readPassword(passwordStdin) : undefined,
  };
};

const argsOf = async (functionName: string, options: RunOptions): Promise<readonly unknown[]> => {
  if (options.args !== undefined) return readArgs(options.args);
  // Any function may be called, as long as it is known what with.
  return isScriptAction(functionName) ? scriptArgs(functionName, await namedArgs(functionName, options)) : [];
};

const functionOf = (script: ScriptFile, asked: string | undefined, options: RunOptions): string => {
  if (asked !== undefined) return options.args === undefined && options.json !== true ? readAction(asked) : asked;
  if (script.action !== undefined) return script.action;
  throw new UsageError('FUNCTION is missing: the file is not named after an action');
};

/** Runs one function of a script in the sandbox, and tells what came of it. */
export const runCommand = async (file: string, asked: string | undefined, options: RunOptions): Promise<number> => {
  const folder = callerFolder();
  const allow = options.allow.map(readRule);
  const limits = { timeoutMs: readTimeoutMs(options.timeoutMs), memoryLimitBytes: readMemoryLimit(options.memoryMb) };
  const isolation = readIsolation(options.isolation);
  const given = options.env === undefined ? undefined : readEnvObject(options.env);
  if (options.args !== undefined) readArgs(options.args);
  const script = readScript(file, folder);
  const functionName = functionOf(script, asked, options);
  const args = await argsOf(functionName, options);
  const own = readEnv({ folder, besides: dirname(script.path), envFrom: options.envFrom, given });
  await using seed = options.seed === undefined ? undefined : await startSeed(options.seed, dirname(script.path));
  await using sandbox = await openSandbox([...allow, ...(seed?.allow ?? [])]);
  const run = { source: script.source, language: script.language, functionName, args, isolation, ...limits };
  const env = { ...own, ...seed?.env };
  const result = await sandbox.run({ ...run, env });
  console.log(options.json ? JSON.stringify(reportOf(result)) : tellRun({ script, functionName, env }, result));
  return result.outcome === 'completed' ? EXIT.ok : EXIT.failed;
};
