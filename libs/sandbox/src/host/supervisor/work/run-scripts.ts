/** `Sandbox.run`: a run waits for its host, and ends with its result, or with what is said where there was no host in time. */
import { ServiceError } from '@userferry/errors';
import type { Isolation, RunResult } from '@userferry/script-contract';
import type { RunRequest, Sandbox } from '../../../sandbox.ts';
import { compileRule } from '../egress/destination-rule.ts';
import type { IsolateHost } from '../hosts/isolate-host.ts';
import { type Admission, NO_LINE } from '../pool/admission.ts';
import type { HostPool } from '../pool/host-pool.ts';
import type { Refusal, WorkQueue } from '../pool/work-queue.ts';
import { endedResult, finishResult } from '../results/finish-result.ts';
import { REFUSALS, runnersFault, type Work, workIn } from './queued-work.ts';

export type RunParts = {
  readonly queue: WorkQueue<IsolateHost>;
  readonly pool: HostPool;
  readonly admission: Admission;
};

const readableRules = (request: RunRequest): void => {
  try {
    request.egress?.map(compileRule);
  } catch (error) {
    throw new ServiceError('INVALID_ARGUMENT', (error as Error).message);
  }
};

/** Of a connection's own making where it has its share already, else the runner's. */
const OF_EITHER: ReadonlySet<Refusal> = new Set(['waited_too_long', 'too_late']);

/** A connection past its own share ends as `overloaded`; whatever else there is no host for is the runner's own fault. */
const overloaded = (pool: HostPool, connectionKey: string): Work<RunResult>['instead'] => {
  const isItsOwn = (why: Refusal): boolean =>
    why === 'queue_full' || (OF_EITHER.has(why) && pool.hasItsShare(connectionKey));
  return (why, retryAfterMs) =>
    isItsOwn(why)
      ? { ...endedResult('overloaded', REFUSALS[why]), retryAfterMs }
      : Promise.reject(runnersFault(why, retryAfterMs));
};

/** Nobody gets less than the deployment says. */
const atLeast = (floor: Isolation, request: RunRequest): RunRequest =>
  floor === 'per_run' ? { ...request, isolation: floor } : request;

/** The work of one run. What cannot end in time is not begun, when its host is there at last, either. */
const runWork = (
  { pool, admission }: RunParts,
  request: RunRequest,
  begin: Work<RunResult>['begin'],
): Work<RunResult> & { tooLate(): RunResult | Promise<RunResult> } => {
  const { connectionKey } = request;
  const instead = overloaded(pool, connectionKey);
  const tooLate = () => instead('too_late', admission.retryAfterMs(request));
  return {
    connectionKey,
    latestStartMs: admission.latestStartMs(request),
    begin: async (host) => (admission.isTooLate(request, NO_LINE) ? tooLate() : begin(host)),
    instead,
    tooLate,
  };
};

export const createRun = (parts: RunParts, floor: Isolation): Sandbox['run'] => {
  const { queue, pool, admission } = parts;
  const inFlight = new Set<string>();
  const place = (request: RunRequest, work: ReturnType<typeof runWork>, signal?: AbortSignal) => {
    const line = { ahead: queue.waitingOf(request.connectionKey), atOnce: pool.runsAtOnce(request.connectionKey) };
    return admission.isTooLate(request, line) ? work.tooLate() : workIn<RunResult>(queue, work, signal);
  };
  return async (asked, signal, onHost) => {
    const request = atLeast(floor, asked);
    const { runId, connectionKey } = request;
    if (inFlight.has(runId)) throw new ServiceError('RUN_ALREADY_STARTED', `run ${runId} is being run already`);
    readableRules(request);
    inFlight.add(runId);
    const work = runWork(parts, request, (host) => {
      onHost?.({ isNew: host.begun === 0 });
      return admission.run(request, (run) => host.run(run, signal));
    });
    const raw = place(request, work, signal);
    pool.serve();
    try {
      const result = (await raw) ?? endedResult('killed', 'the run was ended by its caller');
      pool.ended(connectionKey, result);
      return finishResult(request, result);
    } finally {
      inFlight.delete(runId);
      pool.serve();
    }
  };
};
