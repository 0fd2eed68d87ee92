import type { RunResult } from '@userferry/script-contract';
import type { HostFrame } from '../../../bridge/frames.ts';
import type { RunRequest } from '../../../sandbox.ts';
import { type ActiveRun, createActiveRun } from './active-run.ts';

/** The runs in flight in one host. */
export type RunTable = {
  readonly size: number;
  /** Is a run in it that the host should have ended by now? */
  readonly isLate: boolean;
  /** Sum of the memory limits of the runs in flight, in bytes. */
  readonly memoryLimitBytes: number;
  /**
   * The run in flight that had no other beside it since it began, nor one right before it that went wrong and whose remains
   * may still be at work: what the host holds beyond its due is that run's.
   */
  readonly alone: ActiveRun | undefined;
  /** `onStuck`: the host has not ended the run, and may be ended for it. */
  begin(request: RunRequest, onStuck: () => void): ActiveRun;
  get(runId: string): ActiveRun | undefined;
  finish(frame: Extract<HostFrame, { kind: 'result' }>): void;
  forget(runId: string, outcome: RunResult['outcome']): void;
  endAll(outcome: 'killed', message: string): void;
};

/** A run that went wrong may leave work behind for so long. */
const REMAINS_MS = 2_000;

export const createRunTable = (now: () => number = () => performance.now()): RunTable => {
  const active = new Map<string, ActiveRun>();
  const accompanied = new Set<ActiveRun>();
  let wentWrongAt = Number.NEGATIVE_INFINITY;
  const begin: RunTable['begin'] = (request, onStuck) => {
    const run = createActiveRun(request, { isAlone: () => active.size === 1, onStuck });
    active.set(request.runId, run);
    if (active.size > 1) for (const each of active.values()) accompanied.add(each);
    if (now() - wentWrongAt < REMAINS_MS) accompanied.add(run);
    return run;
  };
  return {
    get size() {
      return active.size;
    },
    get isLate() {
      return [...active.values()].some(({ isOverdue }) => isOverdue);
    },
    get memoryLimitBytes() {
      return [...active.values()].reduce((sum, { request }) => sum + request.memoryLimitBytes, 0);
    },
    get alone() {
      const [run, other] = active.values();
      return other === undefined && run !== undefined && !accompanied.has(run) ? run : undefined;
    },
    begin,
    get: (runId) => active.get(runId),
    finish({ kind: _, runId, ...facts }) {
      active.get(runId)?.settle(facts as RunResult);
    },
    forget(runId, outcome) {
      wentWrongAt = outcome === 'completed' ? Number.NEGATIVE_INFINITY : now();
      const run = active.get(runId);
      if (run !== undefined) accompanied.delete(run);
      active.delete(runId);
    },
    endAll(outcome, message) {
      for (const run of active.values()) run.end(outcome, message);
    },
  };
};
