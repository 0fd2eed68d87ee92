import { readFileSync } from 'node:fs';
import { LIMITS, type Outcome, type RunResult } from '@userferry/script-contract';
import type { HostFrame } from '../../../bridge/frames.ts';
import type { RunRequest, ScriptProblem } from '../../../sandbox.ts';
import type { RssWatchdog } from '../memory/rss-watchdog.ts';
import type { CommandLine } from '../walls/wall-chain.ts';
import type { ActiveRun } from './active-run.ts';
import { type HostProcess, startHostProcess } from './host-process.ts';
import type { HostRequests } from './host-requests.ts';
import { createRunTable, type RunTable } from './run-table.ts';

/** One child process that holds isolates, and what the supervisor knows of it. */
export type IsolateHost = Pick<HostProcess, 'ready' | 'exited' | 'alive' | 'pid' | 'kill'> & {
  /** Runs and checks in flight, and those ever begun. */
  readonly runs: number;
  readonly begun: number;
  readonly bornAt: number;
  readonly idleSince: number;
  /** Did a run just end so that the host may have to be killed for it? */
  readonly doubtful: boolean;
  /** Resident bytes now; 0 when not known. */
  readonly residentBytes: number;
  run(request: RunRequest, signal?: AbortSignal): Promise<RunResult>;
  check(source: string, functionName: string): Promise<readonly ScriptProblem[]>;
};

export type IsolateHostDeps = {
  readonly command: CommandLine;
  readonly requests: HostRequests;
  readonly watchdog: RssWatchdog | undefined;
  /** Resident memory that a host may have beyond the limits of the runs in it. */
  readonly overheadBytes: number;
  onViolation(rule: string): void;
};

/** After these an isolate may turn out to be unstoppable, and the host with it: nothing new is put there for a while. */
const DOUBTFUL = new Set<Outcome>(['timed_out', 'out_of_memory', 'killed']);
const DOUBT_MS = 500;
const PAGE_BYTES = 4096;
const ALONE = 'the script needed more memory than its limit allows';
const NOT_ALONE = 'the isolate host ran out of memory while it served several runs';
const STUCK = 'the isolate host was stuck in another run of this connection';

const residentBytes = (pid: number | undefined): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
};

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

type Checks = Map<number, (problems: readonly ScriptProblem[]) => void>;

const createRunner = (host: HostProcess, deps: IsolateHostDeps, runs: RunTable) => {
  let lastLimitBytes = 0;
  const outOfMemory = (): void => {
    if (runs.size === 1) runs.endAll('out_of_memory', ALONE);
    host.kill(NOT_ALONE);
  };
  const watch = (): void => {
    if (host.pid === undefined) return;
    if (runs.size > 0) lastLimitBytes = deps.overheadBytes + runs.memoryLimitBytes;
    deps.watchdog?.watch(host.pid, lastLimitBytes, outOfMemory);
  };
  const unwatch = (): void => {
    if (runs.size === 0 && host.pid !== undefined) deps.watchdog?.unwatch(host.pid);
  };
  return async (request: RunRequest, signal?: AbortSignal): Promise<RunResult> => {
    const run = runs.begin(request, () => host.kill(STUCK));
    watch();
    const { runId, source, functionName, argsJson, env, timeoutMs, memoryLimitBytes } = request;
    host.send({ kind: 'run', runId, source, functionName, argsJson, env, timeoutMs, memoryLimitBytes });
    cancelOn(run, signal, host);
    const result = await run.done;
    runs.forget(runId);
    if (runs.size > 0) watch();
    else if (DOUBTFUL.has(result.outcome)) setTimeout(unwatch, DOUBT_MS).unref();
    else unwatch();
    return result;
  };
};

const createChecker = (host: HostProcess, deps: IsolateHostDeps, checks: Checks): IsolateHost['check'] => {
  let lastId = 0;
  return (source, functionName) => {
    lastId += 1;
    const { promise, resolve } = Promise.withResolvers<readonly ScriptProblem[]>();
    checks.set(lastId, resolve);
    const limitBytes = deps.overheadBytes + LIMITS.memoryLimitBytesDefault;
    if (host.pid !== undefined) deps.watchdog?.watch(host.pid, limitBytes, () => host.kill(ALONE));
    host.send({ kind: 'check', id: lastId, source, functionName });
    return promise;
  };
};

/** Starts one. `run` and `check` may be called once it is ready and as long as it is alive. */
export const startIsolateHost = (deps: IsolateHostDeps): IsolateHost => {
  const runs = createRunTable();
  const checks: Checks = new Map();
  const use = { begun: 0, idleSince: Date.now(), doubtfulUntil: 0 };

  const finish = (frame: Extract<HostFrame, { kind: 'result' }>): void => {
    if (DOUBTFUL.has(frame.outcome)) use.doubtfulUntil = Date.now() + DOUBT_MS;
    runs.finish(frame);
  };

  const onFrame = (frame: Exclude<HostFrame, { kind: 'ready' }>): void => {
    if (frame.kind === 'result') finish(frame);
    else if (frame.kind === 'checked') {
      checks.get(frame.id)?.(frame.problems as readonly ScriptProblem[]);
      checks.delete(frame.id);
    } else {
      const run = runs.get(frame.runId);
      deps.requests(
        host.broker,
        run && {
          connectionKey: run.request.connectionKey,
          egress: run.egress,
          told: run.told,
          denials: run.denials,
        },
        frame,
      );
    }
  };
  const host = startHostProcess({ command: deps.command, onFrame, onViolation: deps.onViolation });
  void host.exited.then(async (why) => {
    // It may have been the watchdog, whose word is still under way.
    if (runs.size > 0) await deps.watchdog?.told();
    runs.endAll('killed', why);
    for (const answer of checks.values()) answer([{ name: 'Error', message: why }]);
  });
  const runOne = createRunner(host, deps, runs);
  const checkOne = createChecker(host, deps, checks);
  const counted = <T>(work: Promise<T>): Promise<T> => {
    use.begun += 1;
    return work.finally(() => {
      use.idleSince = Date.now();
    });
  };
  return {
    ready: host.ready,
    exited: host.exited,
    kill: host.kill,
    bornAt: Date.now(),
    get alive() {
      return host.alive;
    },
    get pid() {
      return host.pid;
    },
    get runs() {
      return runs.size + checks.size;
    },
    get begun() {
      return use.begun;
    },
    get idleSince() {
      return use.idleSince;
    },
    get doubtful() {
      return Date.now() < use.doubtfulUntil;
    },
    get residentBytes() {
      return residentBytes(host.pid);
    },
    run: (request, signal) => counted(runOne(request, signal)),
    check: (source, functionName) => counted(checkOne(source, functionName)),
  };
};
