import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LIMITS, type RunResult } from '@userferry/script-contract';
import { type Env, readEnv } from '../read-env.ts';
import { readRule } from '../read-options.ts';
import { openSandbox, type SandboxSession } from '../sandbox-session.ts';
import { scriptArgs } from '../script-args.ts';
import { readScript, type ScriptFile } from '../script-file.ts';
import { startSeed } from '../seed/start-seed.ts';
import { UsageError } from '../usage-error.ts';
import type { Case, CaseFile } from './case-file.ts';
import { judgeCase } from './judge-case.ts';

/** How a case came out; no problems: as expected. */
export type CaseResult = {
  readonly name: string;
  readonly action: string;
  readonly script: ScriptFile;
  readonly problems: readonly string[];
  readonly run: RunResult;
};

const scriptOf = ({ script, action, name }: Case, folder: string): ScriptFile => {
  const beside = [`${action}.js`, `${action}.ts`].find((file) => existsSync(join(folder, file)));
  const file = script ?? beside;
  if (file === undefined)
    throw new UsageError(`case "${name}": there is no ${action}.js or ${action}.ts beside the cases`);
  return readScript(file, folder);
};

const argsOf = ({ name, action, args = {} }: Case): readonly unknown[] => {
  try {
    return Array.isArray(args) ? args : scriptArgs(action, args);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`case "${name}": ${error.message}`) : error;
  }
};

const runCase = async (one: Case, folder: string, env: Env, sandbox: SandboxSession): Promise<CaseResult> => {
  const script = scriptOf(one, folder);
  const run = await sandbox.run({
    source: script.source,
    language: script.language,
    functionName: one.action,
    args: argsOf(one),
    env: { ...env, ...one.env },
    timeoutMs: LIMITS.timeoutMsDefault,
    memoryLimitBytes: LIMITS.memoryLimitBytesDefault,
  });
  return { name: one.name, action: one.action, script, problems: judgeCase(one.expect, run), run };
};

export type CaseOptions = {
  readonly seed: string | true | undefined;
  readonly envFrom: string | undefined;
  readonly allow: readonly string[];
  /** Where the names of options start from. */
  readonly caller: string;
  /** Only cases whose name has this text. */
  readonly only: string | undefined;
};

/** Runs the cases one after the other, since some change what the next one finds. */
export const runCases = async (file: CaseFile, options: CaseOptions): Promise<readonly CaseResult[]> => {
  const { folder } = file;
  const seedAsked = options.seed === true ? (file.seed ?? true) : (options.seed ?? file.seed);
  const cases = file.cases.filter(({ name }) => options.only === undefined || name.includes(options.only));
  if (cases.length === 0)
    throw new UsageError(`no case of ${relative(options.caller, file.path)} has ${options.only} in its name`);
  const named =
    options.envFrom === undefined
      ? { from: folder, file: file.env_file }
      : { from: options.caller, file: options.envFrom };
  const env = readEnv({ folder: named.from, besides: folder, envFrom: named.file, given: undefined });
  for (const one of cases) argsOf(one);
  await using seed = seedAsked === undefined ? undefined : await startSeed(seedAsked, folder);
  const allow = [...options.allow, ...(file.allow ?? [])].map(readRule);
  await using sandbox = await openSandbox([...allow, ...(seed?.allow ?? [])]);
  const results: CaseResult[] = [];
  for (const one of cases) results.push(await runCase(one, folder, { ...env, ...file.env, ...seed?.env }, sandbox));
  return results;
};
