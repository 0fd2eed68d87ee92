/** A run that has no isolate yet: its time runs, and its caller may hang up. */
import type { HostFrame, RunFrame } from '../../bridge/frames.ts';

export type WaitingRun = {
  cancel(): void;
  /** Whether it is still wanted now that there is an isolate for it: else it has been answered. */
  begin(): boolean;
};

const NOT_BEGUN = 'it waited for an isolate, and other runs of this connection had all of them';

/** Answers by itself, through `send`, when it is cancelled or its time is over before it begins. */
export function createWaitingRun(
  { runId, timeoutMs }: Pick<RunFrame, 'runId' | 'timeoutMs'>,
  send: (frame: HostFrame) => void,
): WaitingRun {
  const startedAtMs = performance.now();
  let isWaiting = true;
  const answer = (outcome: 'killed' | 'timed_out', message: string): void => {
    if (!isWaiting) return;
    isWaiting = false;
    clearTimeout(timer);
    const usage = { wallMs: performance.now() - startedAtMs, cpuMs: 0, heapBytes: 0 };
    send({ kind: 'result', runId, outcome, error: { name: 'Error', message }, logs: [], usage, busy: false });
  };
  const timer = setTimeout(
    () => answer('timed_out', `The script was not begun within ${timeoutMs} ms: ${NOT_BEGUN}`),
    timeoutMs,
  );
  return {
    cancel: () => answer('killed', `The run was cancelled while ${NOT_BEGUN}`),
    begin() {
      clearTimeout(timer);
      return isWaiting;
    },
  };
}
