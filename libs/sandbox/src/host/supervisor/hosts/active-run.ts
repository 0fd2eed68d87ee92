import type { RunResult } from '@userferry/script-contract';
import type { RunRequest } from '../../../sandbox.ts';
import { compileRule, type DestinationRule } from '../egress/destination-rule.ts';
import { createToldNames, type ToldNames } from '../egress/told-names.ts';
import { endedResult } from '../results/finish-result.ts';
import { createDenialLog, type DenialLog } from './denial-log.ts';

/** How long past its deadline a host may take to end a run itself. */
const GRACE_MS = 250;

/**
 * How long a host may be silent after that where others are served in it, too: a hash that one of them makes on the host's
 * own thread holds up the word of all, and is over by then.
 */
const STUCK_MS = 5_000;

/** One run inside a host, with the supervisor's own clock. */
export type ActiveRun = {
  readonly request: RunRequest;
  readonly egress: readonly DestinationRule[] | undefined;
  readonly told: ToldNames;
  readonly denials: DenialLog;
  readonly done: Promise<RunResult>;
  /** Has its caller been answered although the host has not said that it is over? */
  readonly isOverdue: boolean;
  /** Resolves, with what the caller is told, when the host has nothing of it left: it has said so, or has ended. */
  readonly gone: Promise<RunResult>;
  /** By the host's word. */
  settle(result: RunResult): void;
  /** Ends it without the host's word: the host has ended. */
  end(outcome: 'out_of_memory' | 'killed', message: string): void;
  cancel(): void;
};

/** By the host's word it has used what it likes, and that is added up with what others have: it is no more than there was. */
const withinTime = (result: RunResult, hadMs: number): RunResult => {
  const { wallMs, cpuMs } = result.usage;
  return { ...result, usage: { ...result.usage, wallMs: Math.min(wallMs, hadMs), cpuMs: Math.min(cpuMs, hadMs) } };
};

/** What a run is beside in its host, and what happens to that when the run is not ended there in time. */
export type HostOfRun = { readonly isAlone: () => boolean; readonly onStuck: () => void };

/**
 * The host has until `GRACE_MS` after the run's deadline, or after it was cancelled; then the caller is answered. The host is
 * called stuck at once where nobody else is served in it, else after `STUCK_MS`.
 */
export const createActiveRun = (request: RunRequest, { isAlone, onStuck }: HostOfRun): ActiveRun => {
  const startedAt = performance.now();
  const { promise: done, resolve } = Promise.withResolvers<RunResult>();
  const { promise: gone, resolve: leave } = Promise.withResolvers<RunResult>();
  let [cancelled, isOverdue] = [false, false];
  let told: RunResult | undefined;
  const tell = (result: RunResult): RunResult => {
    told ??= cancelled ? endedResult('killed', 'the run was ended by its caller', result.usage.wallMs) : result;
    return told;
  };
  const ended = (outcome: 'timed_out' | 'out_of_memory' | 'killed', message: string): RunResult =>
    endedResult(outcome, message, performance.now() - startedAt);
  const overdue = (): void => {
    isOverdue = true;
    resolve(tell(ended('timed_out', `the run was stopped after ${request.timeoutMs} ms`)));
    if (isAlone()) onStuck();
    else timer = setTimeout(onStuck, STUCK_MS);
  };
  let timer = setTimeout(overdue, request.timeoutMs + GRACE_MS);
  const settle = (result: RunResult): void => {
    clearTimeout(timer);
    // First: whoever hears of the result may look at what the host has left.
    leave(tell(result));
    resolve(tell(result));
  };
  return {
    request,
    egress: request.egress?.map(compileRule),
    told: createToldNames(),
    denials: createDenialLog(request),
    done,
    gone,
    get isOverdue() {
      return isOverdue;
    },
    settle: (result) => settle(withinTime(result, performance.now() - startedAt)),
    end: (outcome, message) => settle(ended(outcome, message)),
    cancel() {
      if (cancelled) return;
      cancelled = true;
      clearTimeout(timer);
      timer = setTimeout(overdue, GRACE_MS);
    },
  };
};
