import type { RunResult } from '@userferry/script-contract';
import type { RunRequest } from '../../../sandbox.ts';
import { compileRule, type DestinationRule } from '../egress/destination-rule.ts';
import { createToldNames, type ToldNames } from '../egress/told-names.ts';
import { endedResult } from '../results/finish-result.ts';
import { createDenialLog, type DenialLog } from './denial-log.ts';

/** How long past its deadline a host may take to end a run itself. */
export const GRACE_MS = 250;

/** One run inside a host, with the supervisor's own clock. */
export type ActiveRun = {
  readonly request: RunRequest;
  readonly egress: readonly DestinationRule[] | undefined;
  readonly told: ToldNames;
  readonly denials: DenialLog;
  readonly done: Promise<RunResult>;
  settle(result: RunResult): void;
  /** Ends it without the host's word. */
  end(outcome: 'timed_out' | 'out_of_memory' | 'killed', message: string): void;
  cancel(): void;
};

/** `onOverdue` is called when the run is not over `GRACE_MS` after its deadline, or after it was cancelled. */
export const createActiveRun = (request: RunRequest, onOverdue: () => void): ActiveRun => {
  const startedAt = performance.now();
  const { promise: done, resolve } = Promise.withResolvers<RunResult>();
  const overdueIn = (delayMs: number) => setTimeout(onOverdue, delayMs);
  let timer = overdueIn(request.timeoutMs + GRACE_MS);
  let cancelled = false;
  const settle = (result: RunResult): void => {
    clearTimeout(timer);
    resolve(cancelled ? endedResult('killed', 'the run was ended by its caller', result.usage.wallMs) : result);
  };
  return {
    request,
    egress: request.egress?.map(compileRule),
    told: createToldNames(),
    denials: createDenialLog(request),
    done,
    settle,
    end: (outcome, message) => settle(endedResult(outcome, message, performance.now() - startedAt)),
    cancel() {
      cancelled = true;
      clearTimeout(timer);
      timer = overdueIn(GRACE_MS);
    },
  };
};
