import type { RunResult, ScriptLanguage } from '@userferry/script-contract';
import type { HostFrame } from '../../../bridge/frames.ts';
import type { RunRequest, ScriptCheck } from '../../../sandbox.ts';
import type { HostMemory } from '../memory/host-memory.ts';
import type { HostListener, SpawnedHost } from '../spawner/spawner.ts';
import type { ActiveRun } from './active-run.ts';
import { type Checks, createChecker } from './checks-in-host.ts';
import { createDoubt } from './doubt.ts';
import { createMemoryLook, heldBy } from './held-memory.ts';
import { deathOf, type HostDeath } from './host-death.ts';
import { type HostProcess, type RequestFrame, startHostProcess } from './host-process.ts';
import type { HostRequests, Questioner } from './host-requests.ts';
import { createReusableDestinations, type ReusableDestinations } from './reusable-destinations.ts';
import { createRunTable } from './run-table.ts';
import { createRunner } from './runs-in-host.ts';

/** One child process that holds isolates, and what the supervisor knows of it. */
export type IsolateHost = Pick<HostProcess, 'ready' | 'exited' | 'alive' | 'pid' | 'kill'> & {
  /** Runs and checks in flight, and those ever begun. */
  readonly runs: number;
  readonly begun: number;
  /** By `performance.now`, which nobody sets. */
  readonly bornAt: number;
  readonly idleSince: number;
  /** Did a run just end so that the host may have to be killed for it? */
  readonly doubtful: boolean;
  /** Did it end by what its runs did? Known when it has `exited`. */
  readonly lost: boolean;
  /** Resident bytes now; 0 when not known. */
  readonly residentBytes: number;
  /** Of these, what it shares with no other process: all but files, of which the Node binary is most. */
  readonly ownBytes: number;
  /** Its share of the processors against other hosts, where that can be held: 1 is the ordinary one, 0 is what they leave. */
  setCpuShare(share: number): void;
  run(request: RunRequest, signal?: AbortSignal): Promise<RunResult>;
  check(source: string, functionName: string, language: ScriptLanguage): Promise<ScriptCheck>;
};

export type IsolateHostDeps = {
  spawn(listener: HostListener): SpawnedHost;
  readonly requests: HostRequests;
  /** `pid`: of the host, known once it is ready. */
  memory(pid: () => number | undefined): HostMemory;
  /** Resident memory that a host may have beyond the limits of the runs in it. */
  readonly overheadBytes: number;
  onViolation(rule: string): void;
  /** `why`: the same in more words. */
  onEnded(death: HostDeath, why: string): void;
  setCpuShare(share: number): void;
};

const ALONE = 'the script needed more memory than its limit allows';
const NOT_ALONE = 'the isolate host ran out of memory, and other runs were served there at the same time';

const questionerOf = (
  { request, egress, told, denials }: ActiveRun,
  destinations: ReusableDestinations,
): Questioner => ({
  connectionKey: request.connectionKey,
  ...{ egress, told, denials, destinations },
});

/** Starts one. `run` and `check` may be called once it is ready and as long as it is alive. */
export const startIsolateHost = (deps: IsolateHostDeps): IsolateHost => {
  const runs = createRunTable();
  const checks: Checks = new Map();
  const destinations = createReusableDestinations(deps.requests.mayReach);
  const use = { begun: 0, idleSince: performance.now(), lost: false, ready: false };
  const doubt = createDoubt();
  const mayBeLost = (): boolean => runs.isLate || doubt.outcome !== undefined;

  const finish = (frame: Extract<HostFrame, { kind: 'result' }>): void => {
    const { busy = true, ...told } = frame;
    if (busy) doubt.note(told.outcome);
    runs.finish(told);
  };

  const onFrame = (frame: RequestFrame): void => {
    if (frame.kind === 'result') finish(frame);
    else if (frame.kind === 'checked') {
      const { problems, javascript } = frame;
      checks.get(frame.id)?.({ problems, ...(javascript !== undefined && { javascript }) } as ScriptCheck);
      checks.delete(frame.id);
    } else {
      const run = runs.get(frame.runId);
      deps.requests.answer(host.channel, run && questionerOf(run, destinations), frame);
    }
  };
  const host = startHostProcess({ spawn: deps.spawn, onFrame, onViolation: deps.onViolation });
  const told = () => ({ wasReady: use.ready, lastWords: host.lastWords, doubt: doubt.outcome });
  const memory = deps.memory(() => host.pid);
  const noteReady = (): void => void Object.assign(use, { ready: true });
  host.ready.then(noteReady, () => undefined);
  void host.exited.then(async (why) => {
    use.lost = runs.size > 0 || mayBeLost();
    const exceeded = runs.size + checks.size > 0 && (await memory.exceeded());
    deps.onEnded(exceeded ? 'out_of_memory' : deathOf({ ...told(), why }), why);
    if (exceeded) runs.alone?.end('out_of_memory', ALONE);
    runs.endAll('killed', exceeded ? NOT_ALONE : why);
    for (const answer of checks.values()) answer({ problems: [{ name: 'Error', message: exceeded ? ALONE : why }] });
  });
  const { overheadBytes } = deps;
  const kept = deps.requests.reuseConnections ? destinations : undefined;
  const runOne = createRunner(host, { memory, overheadBytes, runs, destinations: kept });
  const checkOne = createChecker(host, { memory, overheadBytes, checks });
  const counted = <T>(work: Promise<T>): Promise<T> => {
    use.begun += 1;
    return work.finally(() => {
      use.idleSince = performance.now();
    });
  };
  const underWay = (): number => runs.size + checks.size;
  const held = createMemoryLook(() => heldBy(host.pid), use, underWay);
  return {
    ready: host.ready,
    exited: host.exited,
    kill: host.kill,
    bornAt: performance.now(),
    get alive() {
      return host.alive;
    },
    get pid() {
      return host.pid;
    },
    get runs() {
      return underWay();
    },
    get begun() {
      return use.begun;
    },
    get idleSince() {
      return use.idleSince;
    },
    get doubtful() {
      return mayBeLost();
    },
    get lost() {
      return use.lost;
    },
    setCpuShare: deps.setCpuShare,
    get residentBytes() {
      return held().residentBytes;
    },
    get ownBytes() {
      return held().ownBytes;
    },
    run: (request, signal) => counted(runOne(request, signal)),
    check: (source, functionName, language) => counted(checkOne(source, functionName, language)),
  };
};
