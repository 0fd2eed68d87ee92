import type { ScriptRunnerServiceClient } from '@userferry/contracts/runner/v1/script_runner_service';
import { ServiceError } from '@userferry/errors';
import { type CallFacts, isRefusedByOurOwn, type PromiseClient } from '@userferry/grpc';
import { ACTIONS, type RunResult } from '@userferry/script-contract';
import type { ScriptRun } from '../connection/script-run.ts';
import { isOutOfTime } from '../outcome/out-of-time.ts';
import { fromResponse, NO_USAGE, toRequest } from './wire-run.ts';

/** How long to wait before a read is sent again; the last wait stays. */
const WAITS_MS = [100, 200, 400, 800];
/** A run that was lost is worth one repeat: a script that kills its host kills the next one too. */
const LOST_REPEATS_MAX = 1;

/**
 * Through no fault of the script: its host died, or a connection that was kept from an earlier run had gone by the time that
 * it was used, which says nothing of the legacy user store.
 */
const isLost = ({ outcome, usage }: RunResult): boolean =>
  outcome === 'killed' || (outcome === 'store_unreachable' && (usage.connectionsReused ?? 0) > 0);

/** A script-runner that answered has what is warm of the connection, and nothing that another one would do better. */
const isWellThere = (outcome: RunResult | ServiceError): boolean =>
  !(outcome instanceof ServiceError) && outcome.outcome !== 'killed';

type Client = PromiseClient<ScriptRunnerServiceClient>;

/** Sends a run until there is an answer, or no time for another try. Throws for what is an error of ours. */
export const sendRun = async (client: Client, run: ScriptRun, call: CallFacts): Promise<RunResult> => {
  const send = sender(client, run, call);
  const repeatable = !ACTIONS[run.action].writes;
  const onError = repeatable ? unavailable : unanswered;
  for (let sent = 1, lost = 0, choice = 0, hasBegun = false; ; sent += 1) {
    const outcome = await send(choice).catch((error: unknown): ServiceError | RunResult => {
      if (sent === 1) tellRefusal(error, call);
      hasBegun ||= isBegun(error);
      return onError(error, hasBegun);
    });
    choice += isWellThere(outcome) ? 0 : 1;
    if (!(outcome instanceof ServiceError)) {
      lost += isLost(outcome) ? 1 : 0;
      if (!isLost(outcome) || !repeatable || lost > LOST_REPEATS_MAX) return outcome;
    }
    const waitMs = WAITS_MS[Math.min(sent, WAITS_MS.length) - 1] ?? 0;
    // A run id of a write is not sent twice: whether the first one began is not known.
    if (!repeatable || call.signal.aborted || Date.now() + waitMs > call.deadlineMs) {
      if (!(outcome instanceof ServiceError)) return outcome;
      if (call.signal.aborted) throw outcome;
      return late(hasBegun ? ANSWER_LOST : 'no script-runner took the call in time');
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
};

/** Where less is left, what the first script-runner said is said. */
const TRY_ELSEWHERE_MS = 100;

/** Sends once to the script-runner of that choice; what it refuses to begin, a write too, another one may have room for. */
const sender = (client: Client, run: ScriptRun, call: CallFacts) => {
  const request = toRequest(run);
  const sendTo = (choice: number, isOnlyOther: boolean) =>
    client.runScript(request, { ...call, affinity: { key: run.connectionId, choice, isOnlyOther } }).then(fromResponse);
  return async (choice: number): Promise<RunResult> => {
    const first = sendTo(choice, false);
    const isDone = !(await isRefused(first)) || call.signal.aborted || Date.now() + TRY_ELSEWHERE_MS > call.deadlineMs;
    if (isDone) return first;
    const second = sendTo(choice + 1, true);
    return (await isRefused(second)) ? first : second;
  };
};

/** Whether a run has surely not begun. */
const isRefused = (answer: Promise<RunResult>): Promise<boolean> =>
  answer.then(
    ({ outcome }) => outcome === 'overloaded',
    (error: unknown) =>
      error instanceof ServiceError && (error.reason === 'RUNNER_OVERLOADED' || error.metadata.begun === 'no'),
  );

/** Of a write nobody else would say it: it ends as one that was not begun. */
const tellRefusal = (error: unknown, { log }: CallFacts): void => {
  if (isRefusedByOurOwn(error)) log.error({ err: error }, 'the script-runner does not take calls of this gateway');
};

/** Of a read that was sent again, the first may not have ended yet where it was lost on the way back. */
const PASSING: ReadonlySet<string> = new Set(['SERVICE_UNAVAILABLE', 'RUN_ALREADY_STARTED']);

const isBegun = (error: unknown): boolean => error instanceof ServiceError && error.reason === 'RUN_ALREADY_STARTED';

const ANSWER_LOST = 'the run began, and its answer was lost';

const unavailable = (error: unknown, hasBegun: boolean): ServiceError | RunResult => {
  if (isOutOfTime(error)) return hasBegun ? late(ANSWER_LOST) : late();
  if (error instanceof ServiceError && PASSING.has(error.reason)) return error;
  throw error;
};

/** Errors of a write that say that it never began; after any other it may have. */
const NOT_BEGUN: ReadonlySet<string> = new Set(['INVALID_ARGUMENT', 'PERMISSION_DENIED']);

const unanswered = (error: unknown): RunResult => {
  if (isOutOfTime(error)) return late();
  if (!(error instanceof ServiceError) || NOT_BEGUN.has(error.reason)) throw error;
  if (error.metadata.begun === 'no') return ended('overloaded', 'the script-runner can run nothing now');
  if (error.reason === 'RUNNER_OVERLOADED') return ended('overloaded', 'the script-runner has too much to do');
  return ended('killed', 'the script-runner gave no answer');
};

const late = (message = 'the script-runner gave no answer in time'): RunResult => ended('timed_out', message);

const ended = (outcome: 'killed' | 'overloaded' | 'timed_out', message: string): RunResult => ({
  outcome,
  error: { name: 'Error', message },
  logs: [],
  usage: NO_USAGE,
});
