import type { RunResult } from '@userferry/script-contract';
import type { RunRequest } from '../../../sandbox.ts';
import type { HostMemory } from '../memory/host-memory.ts';
import type { ActiveRun } from './active-run.ts';
import { DOUBT_MS, isDoubtful } from './doubt.ts';
import { DEATHS } from './host-death.ts';
import type { HostProcess } from './host-process.ts';
import type { ReusableDestinations } from './reusable-destinations.ts';
import type { RunTable } from './run-table.ts';

const TOO_LARGE = 'source, arguments and env are too large to be sent to an isolate host';

const cancelOn = (run: ActiveRun, signal: AbortSignal | undefined, host: HostProcess): void => {
  if (signal === undefined) return;
  const cancel = (): void => {
    run.cancel();
    host.send({ kind: 'cancel', runId: run.request.runId });
  };
  signal.addEventListener('abort', cancel, { once: true });
  void run.done.then(() => signal.removeEventListener('abort', cancel));
  if (signal.aborted) cancel();
};

type RunnerDeps = {
  readonly memory: HostMemory;
  readonly overheadBytes: number;
  readonly runs: RunTable;
  /** Undefined where no connection is kept. */
  readonly destinations: ReusableDestinations | undefined;
};
/** Sends runs to a host, and holds it to the memory of those that are there. */
export const createRunner = (host: HostProcess, { memory, overheadBytes, runs, destinations }: RunnerDeps) => {
  const hold = (): void => memory.hold(overheadBytes + runs.memoryLimitBytes);
  const release = (): void => {
    if (runs.size === 0) memory.release();
  };
  const left = (runId: string, { outcome }: RunResult): void => {
    runs.forget(runId, outcome);
    if (runs.size > 0) hold();
    else if (isDoubtful(outcome)) setTimeout(release, DOUBT_MS).unref();
    else release();
  };
  return async (request: RunRequest, signal?: AbortSignal): Promise<RunResult> => {
    const run = runs.begin(request, () => host.kill(DEATHS.stuck));
    hold();
    const { runId, source, functionName, argsJson, env, timeoutMs, memoryLimitBytes, isolation } = request;
    const reuse = destinations && { destinations: destinations.reachable(run.egress) };
    void run.gone.then((result) => left(runId, result));
    try {
      host.send({
        ...{ kind: 'run', runId, source, functionName, argsJson, env, timeoutMs, memoryLimitBytes },
        ...(isolation === 'per_run' && { isolation }),
        ...(reuse && { reuse }),
      });
    } catch {
      run.end('killed', TOO_LARGE);
    }
    cancelOn(run, signal, host);
    return run.done;
  };
};
