import { ServiceError } from '@userferry/errors';
import type { RunRequest, Sandbox } from '@userferry/sandbox';
import { isScriptAction, type RunResult } from '@userferry/script-contract';
import { count, observe, startSpan } from '@userferry/telemetry';

const MS = 1_000;

type Place = { readonly atMs: number; readonly isNew: boolean };

/** Three spans, made when it is over: the wait for a host, what the host did around the run, and the run itself. */
const traceRun = (
  request: RunRequest,
  { outcome, usage }: RunResult,
  beganMs: number,
  place: Place | undefined,
): void => {
  const endMs = Date.now();
  const placedMs = place?.atMs ?? endMs;
  startSpan('script: wait for a host', { startMs: beganMs }).end({ endMs: placedMs });
  if (place === undefined) return;
  const runMs = Math.max(placedMs, endMs - usage.wallMs);
  startSpan('script: host', { startMs: placedMs, facts: { 'userferry.host_is_new': place.isNew } }).end({
    endMs: runMs,
  });
  const facts = {
    'userferry.action': request.functionName,
    'userferry.outcome': outcome,
    'userferry.cpu_ms': Math.round(usage.cpuMs),
    'userferry.heap_bytes': usage.heapBytes,
  };
  startSpan('script: run', { startMs: runMs, facts }).end({ endMs });
};

const countRun = ({ functionName: action }: RunRequest, { outcome, usage }: RunResult, isPlaced: boolean): void => {
  if (!isScriptAction(action)) return;
  count('userferry_script_runs_total', { action, outcome });
  if (outcome === 'overloaded') count('userferry_runner_refusals_total', { reason: 'overloaded' });
  if (!isPlaced) return;
  observe('userferry_script_run_seconds', usage.wallMs / MS, { action });
  count('userferry_script_cpu_seconds_total', { action }, usage.cpuMs / MS);
};

const countRefusal = (error: unknown): void => {
  if (error instanceof ServiceError && error.reason === 'RUNNER_OVERLOADED')
    count('userferry_runner_refusals_total', { reason: 'runner_full' });
};

/** Runs as the sandbox does, and tells metrics and traces where the time went. */
export const watchedRun =
  (sandbox: Pick<Sandbox, 'run'>): ((request: RunRequest, signal: AbortSignal) => Promise<RunResult>) =>
  async (request, signal) => {
    const beganMs = Date.now();
    let place: Place | undefined;
    const onHost = ({ isNew }: { readonly isNew: boolean }) => {
      place = { atMs: Date.now(), isNew };
      observe('userferry_run_queue_seconds', (place.atMs - beganMs) / MS, {});
    };
    try {
      const result = await sandbox.run(request, signal, onHost);
      countRun(request, result, place !== undefined);
      traceRun(request, result, beganMs, place);
      return result;
    } catch (error) {
      countRefusal(error);
      throw error;
    }
  };
