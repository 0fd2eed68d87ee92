import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  createSandbox,
  defaultStateFolder,
  type EgressRule,
  type OfferedModule,
  type SandboxLog,
  type ScriptCheck,
} from '@userferry/sandbox';
import type { Isolation, RunResult, ScriptLanguage } from '@userferry/script-contract';
import { cacheHome } from './config.ts';
import { type Env, secretNames } from './read-env.ts';
import { heldToContract } from './run/held-to-contract.ts';

const RUNTIME_FOLDER = join(import.meta.dirname, '../../libs/sandbox/dist/runtime');

/** One run of a script as its author wrote it. */
export type ScriptRun = {
  readonly source: string;
  readonly language: ScriptLanguage;
  readonly functionName: string;
  readonly args: readonly unknown[];
  readonly env: Env;
  readonly timeoutMs: number;
  readonly memoryLimitBytes: number;
  /** Absent: `warm`. */
  readonly isolation?: Isolation;
};

/** The sandbox as it stands in front of the company's database, for as long as a command works. */
export type SandboxSession = AsyncDisposable & {
  readonly modules: readonly OfferedModule[];
  check(source: string, functionName: string, language: ScriptLanguage): Promise<ScriptCheck>;
  run(run: ScriptRun): Promise<RunResult>;
};

const toStderr = (facts: Record<string, unknown>, message: string): void => {
  console.error(message, JSON.stringify(facts));
};
/** A denied destination is told by the run itself. */
const warn = (facts: Record<string, unknown>, message: string): void => {
  if (message !== 'egress denied') toStderr(facts, message);
};
const LOG: SandboxLog = { debug: () => {}, info: () => {}, warn, error: toStderr };
const NOTHING_USED = { wallMs: 0, cpuMs: 0, heapBytes: 0 };

/** Opens the real sandbox; beside the public internet, scripts reach what is allowed here. */
export const openSandbox = async (allow: readonly EgressRule[]): Promise<SandboxSession> => {
  const sandbox = await createSandbox({
    runtimeFolder: RUNTIME_FOLDER,
    stateFolder: defaultStateFolder(cacheHome()),
    egress: { allow },
    maxHosts: 1,
    blankHosts: 0,
    log: LOG,
  });
  const toRun = new Map<string, ScriptCheck>();
  const checked = async ({ source, functionName, language }: ScriptRun): Promise<ScriptCheck> => {
    if (language === 'javascript') return { problems: [], javascript: source };
    const key = `${functionName} ${source}`;
    const known = toRun.get(key) ?? (await sandbox.check(source, functionName, language));
    toRun.set(key, known);
    return known;
  };
  return {
    modules: sandbox.modules,
    check: (source, functionName, language) => sandbox.check(source, functionName, language),
    run: async (run) => {
      const { problems, javascript } = await checked(run);
      if (problems[0] !== undefined || javascript === undefined)
        return { outcome: 'syntax_error', ...(problems[0] && { error: problems[0] }), logs: [], usage: NOTHING_USED };
      const { functionName, args, env, timeoutMs, memoryLimitBytes, isolation = 'warm' } = run;
      const once = { runId: randomUUID(), connectionKey: 'script', redactProfile: false };
      const limits = { timeoutMs, memoryLimitBytes, isolation };
      const what = { source: javascript, functionName, argsJson: JSON.stringify(args) };
      const result = await sandbox.run({ ...once, ...what, ...limits, env, secretNames: secretNames(env) });
      return heldToContract(functionName, result);
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
};
