import {
  type RunScriptRequest,
  type RunScriptResponse,
  ScriptRunnerServiceClient,
  type RunUsage as WireUsage,
} from '@userferry/contracts/runner/v1/script_runner_service';
import { ServiceError } from '@userferry/errors';
import { type CallFacts, type ClientTls, isRefusedByOurOwn, type PromiseClient } from '@userferry/grpc';
import {
  ACTIONS,
  actionNumber,
  defaultErrorMessage,
  type LogLevel,
  languageNumber,
  outcomeOfNumber,
  type RunResult,
  type RunUsage,
  type ScriptAction,
  type ScriptError,
  type ScriptLanguage,
} from '@userferry/script-contract';
import type { ScriptRun } from '../connection/script-run.ts';
import { isOutOfTime } from '../outcome/out-of-time.ts';
import { createOwnClient } from './own-client.ts';
import { toWireIsolation } from './store-facts.ts';

/**
 * Runs a script to its end. A read that was lost through no fault of its own is repeated within the deadline; a write is
 * sent once, and one without an answer ends as `killed`: it may have happened. Whoever gets no answer in time, because there
 * is no runner, or it or this gateway has too much to do, reads `timed_out`, as if the script had been too slow.
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
  const client = createOwnClient(ScriptRunnerServiceClient, { address, token, tls, repeatable: ['checkScript'] });
  return {
    runScript: (run, call) =>
      run.source === undefined ? Promise.resolve(notImplemented(run.action)) : attempt(client, run, call),
    checkScript: async ({ source, action, language }, call) => {
      const request = { source, action: actionNumber(action), language: languageNumber(language) };
      const { problems, modules, javascript } = await client.checkScript(request, call);
      const toRun = language === 'typescript' ? javascript : source;
      return { problems: problems.map(fromWireError), modules, toRun };
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

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

const attempt = async (
  client: PromiseClient<ScriptRunnerServiceClient>,
  run: ScriptRun,
  call: CallFacts,
): Promise<RunResult> => {
  const request = toRequest(run);
  const repeatable = !ACTIONS[run.action].writes;
  const onError: (error: unknown) => ServiceError | RunResult = repeatable ? unavailable : unanswered;
  for (let sent = 1, lost = 0; ; sent += 1) {
    const outcome = await client.runScript(request, call).then(fromResponse, (error: unknown) => {
      if (sent === 1) tellRefusal(error, call);
      return onError(error);
    });
    if (!(outcome instanceof ServiceError)) {
      lost += isLost(outcome) ? 1 : 0;
      if (!isLost(outcome) || !repeatable || lost > LOST_REPEATS_MAX) return outcome;
    }
    const waitMs = WAITS_MS[Math.min(sent, WAITS_MS.length) - 1] ?? 0;
    // A run id of a write is not sent twice: whether the first one began is not known.
    if (!repeatable || call.signal.aborted || Date.now() + waitMs > call.deadlineMs) {
      if (!(outcome instanceof ServiceError)) return outcome;
      if (call.signal.aborted) throw outcome;
      return late(
        isBegun(outcome) ? 'the run began, and its answer was lost' : 'no script-runner took the call in time',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
};

/** Of a write nobody else would say it: it ends as one that was not begun. */
const tellRefusal = (error: unknown, { log }: CallFacts): void => {
  if (isRefusedByOurOwn(error)) log.error({ err: error }, 'the script-runner does not take calls of this gateway');
};

/** Of a read that was sent again, the first may not have ended yet where it was lost on the way back. */
const PASSING: ReadonlySet<string> = new Set(['SERVICE_UNAVAILABLE', 'RUN_ALREADY_STARTED']);

const isBegun = ({ reason }: ServiceError): boolean => reason === 'RUN_ALREADY_STARTED';

const unavailable = (error: unknown): ServiceError | RunResult => {
  if (isOutOfTime(error)) return late();
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

const NO_USAGE = { wallMs: 0, cpuMs: 0, heapBytes: 0 } as const;

const late = (message = 'the script-runner gave no answer in time'): RunResult => ended('timed_out', message);

const ended = (outcome: 'killed' | 'overloaded' | 'timed_out', message: string): RunResult => ({
  outcome,
  error: { name: 'Error', message },
  logs: [],
  usage: NO_USAGE,
});

/** A connection without a script for an action answers as if its script threw the default error. */
const notImplemented = (action: ScriptAction): RunResult => ({
  outcome: 'threw',
  error: { name: 'NotImplementedError', message: defaultErrorMessage(action) },
  logs: [],
  usage: NO_USAGE,
});

const toRequest = (run: ScriptRun): RunScriptRequest => ({
  runId: run.runId,
  connectionId: run.connectionId,
  action: actionNumber(run.action),
  source: run.source ?? '',
  argsJson: Buffer.from(run.argsJson),
  env: { ...run.env },
  secretNames: [...run.secretNames],
  redactProfile: run.redactProfile,
  egress: run.egress.length === 0 ? undefined : { rules: run.egress.map((rule) => ({ ...rule })) },
  timeoutMs: BigInt(run.timeoutMs),
  memoryLimitBytes: 0n,
  isolation: toWireIsolation(run.isolation),
});

const fromResponse = (response: RunScriptResponse): RunResult => {
  const outcome = outcomeOfNumber(response.outcome);
  if (outcome === undefined)
    throw new ServiceError('INTERNAL', 'the script-runner said an outcome that is not known here');
  return {
    outcome,
    ...(response.resultJson.length > 0 && { resultJson: Buffer.from(response.resultJson).toString('utf8') }),
    ...(response.error && { error: fromWireError(response.error) }),
    logs: response.logs.map(({ level, text, atMs }) => ({ level: level as LogLevel, text, atMs })),
    usage: response.usage === undefined ? NO_USAGE : fromWireUsage(response.usage),
    ...(response.retryAfterMs > 0n && { retryAfterMs: Number(response.retryAfterMs) }),
  };
};

const fromWireUsage = ({ heapBytes, ...usage }: WireUsage): RunUsage => ({
  ...known(usage),
  heapBytes: Number(heapBytes),
});

/** Without what is not known. */
const known = <T extends object>(usage: T) =>
  Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };

const fromWireError = (error: {
  name: string;
  message: string;
  code: string;
  line: number;
  column: number;
}): ScriptError => ({
  name: error.name,
  message: error.message,
  ...(error.code !== '' && { code: error.code }),
  ...(error.line > 0 && { line: error.line }),
  ...(error.column > 0 && { column: error.column }),
});
