import type { RunResult } from '@userferry/script-contract';
import type { HostFrame } from '../../../bridge/frames.ts';
import type { RunRequest } from '../../../sandbox.ts';
import { type ActiveRun, createActiveRun } from './active-run.ts';

/** The runs in flight in one host. */
export type RunTable = {
  readonly size: number;
  /** Sum of the memory limits of the runs in flight, in bytes. */
  readonly memoryLimitBytes: number;
  /** `onOverdue`: the run was not ended by the host in time, and has been ended here. */
  begin(request: RunRequest, onOverdue: () => void): ActiveRun;
  get(runId: string): ActiveRun | undefined;
  finish(frame: Extract<HostFrame, { kind: 'result' }>): void;
  forget(runId: string): void;
  endAll(outcome: 'out_of_memory' | 'killed', message: string): void;
};

export const createRunTable = (): RunTable => {
  const active = new Map<string, ActiveRun>();
  const begin: RunTable['begin'] = (request, onOverdue) => {
    const run: ActiveRun = createActiveRun(request, () => {
      run.end('timed_out', `the run was stopped after ${request.timeoutMs} ms`);
      onOverdue();
    });
    active.set(request.runId, run);
    return run;
  };
  return {
    get size() {
      return active.size;
    },
    get memoryLimitBytes() {
      return [...active.values()].reduce((sum, { request }) => sum + request.memoryLimitBytes, 0);
    },
    begin,
    get: (runId) => active.get(runId),
    finish({ kind: _, runId, ...facts }) {
      active.get(runId)?.settle(facts as RunResult);
    },
    forget: (runId) => void active.delete(runId),
    endAll(outcome, message) {
      for (const run of active.values()) run.end(outcome, message);
    },
  };
};
