import type { CallContext } from '@userferry/grpc';
import { passwordMask } from '@userferry/masking';
import type { Logger } from '@userferry/process';
import type { RunResult } from '@userferry/script-contract';
import { createOutbox, sendEach } from '../background/outbox.ts';
import type { HistoryStore } from '../clients/history-store.ts';
import type { RunScript } from '../clients/runner.ts';
import type { ScriptRun } from '../connection/script-run.ts';
import { type EndedRun, endedRun } from './ended-run.ts';
import { portionsOf } from './portions.ts';

const BATCH_MAX = 32;
const CAPACITY = 1_000;
/** Runs of this time go together: one call and one statement. A crash loses them (docs/rolling-upgrades.md). */
const GATHER_MS = 100;

export type RunLog = AsyncDisposable & { readonly record: (run: EndedRun) => void };

/** The way of ended runs to the log history, off the path of the calls that ran them. */
export const createRunLog = (store: Pick<HistoryStore, 'appendScriptRuns'>, log: Pick<Logger, 'warn'>): RunLog => {
  const send = async (runs: readonly EndedRun[], call: CallContext) =>
    (await sendEach(portionsOf(runs), (portion) => store.appendScriptRuns(portion, call))).flat();
  const outbox = createOutbox<EndedRun>({
    what: 'script runs of the log history',
    name: 'script_runs',
    send,
    batchMax: BATCH_MAX,
    gatherMs: GATHER_MS,
    capacity: CAPACITY,
    log,
  });
  return { record: outbox.add, [Symbol.asyncDispose]: () => outbox[Symbol.asyncDispose]() };
};

/** What a script throws may be told to the caller: without the password that it was given. Debug shows it as it is. */
const withoutPasswords = (result: RunResult, { passwords, test }: ScriptRun): RunResult => {
  const { error } = result;
  if (error === undefined || test) return result;
  return { ...result, error: { ...error, message: passwordMask(passwords)(error.message) } };
};

/** Runs scripts and records how every run ended. */
export const recorded =
  (runScript: RunScript, record: RunLog['record'], now: () => Date = () => new Date()): RunScript =>
  async (run, call) => {
    const result = withoutPasswords(await runScript(run, call), run);
    const when = { endedAt: now(), requestId: call.requestId };
    // Whoever waits for the answer does not wait for this.
    setImmediate(() => record(endedRun(run, result, when)));
    return result;
  };
