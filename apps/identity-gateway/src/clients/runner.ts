import { ScriptRunnerServiceClient } from '@userferry/contracts/runner/v1/script_runner_service';
import type { CallFacts, ClientTls } from '@userferry/grpc';
import {
  actionNumber,
  defaultErrorMessage,
  languageNumber,
  type RunResult,
  type ScriptAction,
  type ScriptError,
  type ScriptLanguage,
} from '@userferry/script-contract';
import type { ScriptRun } from '../connection/script-run.ts';
import { createOwnClient } from './own-client.ts';
import { sendRun } from './send-run.ts';
import { fromWireError, NO_USAGE } from './wire-run.ts';

/**
 * Runs a script to its end. A read that was lost through no fault of its own is repeated within the deadline; a write is
 * sent once, and one without an answer ends as `killed`: it may have happened. Whoever gets no answer in time, because there
 * is no runner, or it or this gateway has too much to do, reads `timed_out`, as if the script had been too slow.
 * Runs of a connection go to the script-runner that has its isolate hosts, as far as that has room for them.
 */
export type RunScript = (run: ScriptRun, call: CallFacts) => Promise<RunResult>;

export type Problem = Pick<ScriptError, 'name' | 'message' | 'line' | 'column'>;

/** What is wrong with a source, every module that one may require, and what runs in its place where nothing is wrong. */
export type CheckedScript = {
  readonly problems: readonly Problem[];
  readonly modules: readonly OfferedModule[];
  readonly toRun: string;
};

type OfferedModule = { readonly name: string; readonly version: string };

/** A script as its author wrote it. */
export type WrittenScript = {
  readonly source: string;
  readonly action: ScriptAction;
  readonly language: ScriptLanguage;
};

export type RunnerClient = Disposable & {
  readonly runScript: RunScript;
  readonly checkScript: (script: WrittenScript, call: CallFacts) => Promise<CheckedScript>;
};

export const createRunnerClient = (address: string, token: string, tls?: ClientTls): RunnerClient => {
  const client = createOwnClient(ScriptRunnerServiceClient, {
    ...{ address, token, tls },
    repeatable: ['checkScript'],
    hasAffinity: true,
  });
  return {
    runScript: (run, call) =>
      run.source === undefined ? Promise.resolve(notImplemented(run.action)) : sendRun(client, run, call),
    checkScript: async ({ source, action, language }, call) => {
      const request = { source, action: actionNumber(action), language: languageNumber(language) };
      const { problems, modules, javascript } = await client.checkScript(request, call);
      const toRun = language === 'typescript' ? javascript : source;
      return { problems: problems.map(fromWireError), modules, toRun };
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

/** A connection without a script for an action answers as if its script threw the default error. */
const notImplemented = (action: ScriptAction): RunResult => ({
  outcome: 'threw',
  error: { name: 'NotImplementedError', message: defaultErrorMessage(action) },
  logs: [],
  usage: NO_USAGE,
});
