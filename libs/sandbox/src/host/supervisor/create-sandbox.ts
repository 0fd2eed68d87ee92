import { randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import type { Isolation, RunResult } from '@userferry/script-contract';
import type { RunRequest, Sandbox, ScriptCheck } from '../../sandbox.ts';
import { noWatch, type SandboxStats } from '../../sandbox-watch.ts';
import { compileRule } from './egress/destination-rule.ts';
import { createEgressPolicy } from './egress/egress-policy.ts';
import { type NameSource, systemNames } from './egress/name-source.ts';
import { createOwnAddresses } from './egress/own-addresses.ts';
import { createOwnServices, type OwnServices } from './egress/own-services.ts';
import { createResolver } from './egress/resolver.ts';
import { DEATHS } from './hosts/host-death.ts';
import { createHostRequests } from './hosts/host-requests.ts';
import type { IsolateHost } from './hosts/isolate-host.ts';
import { createLauncher, type Launcher } from './launcher.ts';
import { type Admission, createAdmission, NO_LINE } from './pool/admission.ts';
import { createConduct } from './pool/conduct.ts';
import { createHealthNews } from './pool/health-news.ts';
import { createHostPool, type HostPool } from './pool/host-pool.ts';
import { createNursery, type Nursery } from './pool/nursery.ts';
import { createWorkQueue, type Refusal, type Waiting, type WorkQueue } from './pool/work-queue.ts';
import { endedResult, finishResult } from './results/finish-result.ts';
import { readOfferedModules } from './runtime/offered-modules.ts';
import { DEFAULT_TUNING, type SandboxOptions, type SandboxTuning } from './sandbox-options.ts';

const RETIRE_EVERY_MS = 250;
const CHECK_TIMEOUT_MS = 10_000;

const REFUSALS: Readonly<Record<Refusal, string>> = {
  queue_full: 'too many runs of this connection are waiting already',
  runner_full: 'too many runs are waiting already',
  waited_too_long: 'no isolate host was free in time',
  too_late: 'the run could not have ended in time',
  no_hosts: 'no isolate host can be started here now',
  closed: 'the sandbox is closed',
};

/** The runner's own fault; of one that is going away, or has no hosts, another may do the same call at once. */
const runnersFault = (why: Refusal, retryAfterMs: number): ServiceError =>
  why === 'closed' || why === 'no_hosts'
    ? new ServiceError('SERVICE_UNAVAILABLE', REFUSALS[why], { metadata: { begun: 'no' } })
    : new ServiceError('RUNNER_OVERLOADED', REFUSALS[why], { metadata: { retry_after_ms: String(retryAfterMs) } });

type Work<T> = {
  readonly connectionKey: string;
  readonly latestStartMs?: number | undefined;
  begin(host: IsolateHost): Promise<T>;
  /** Never throws: it is called by a timer, where nobody would catch it and the process would end. */
  instead(why: Refusal, retryAfterMs: number): T | Promise<T>;
};

/** Waits in the connection's queue for a host, then works there. `undefined` when `signal` came before a host did. */
const workIn = <T>(queue: WorkQueue<IsolateHost>, work: Work<T>, signal?: AbortSignal): Promise<T | undefined> => {
  if (signal?.aborted) return Promise.resolve(undefined);
  const { promise, resolve } = Promise.withResolvers<T | undefined>();
  const waiting: Waiting<IsolateHost> = {
    connectionKey: work.connectionKey,
    latestStartMs: work.latestStartMs,
    start: (host) => resolve(work.begin(host)),
    giveUp: (why, retryAfterMs) => resolve(work.instead(why, retryAfterMs)),
  };
  const cancel = (): void => {
    if (queue.remove(waiting)) resolve(undefined);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  queue.add(waiting);
  return promise.finally(() => signal?.removeEventListener('abort', cancel));
};

const readableRules = (request: RunRequest): void => {
  try {
    request.egress?.map(compileRule);
  } catch (error) {
    throw new ServiceError('INVALID_ARGUMENT', (error as Error).message);
  }
};

type Parts = { readonly queue: WorkQueue<IsolateHost>; readonly pool: HostPool; readonly admission: Admission };

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
  { pool, admission }: Parts,
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

const createRun = (parts: Parts, floor: Isolation): Sandbox['run'] => {
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

/** What stands at the source's top level is evaluated to see what it defines, so each source gets a host of its own. */
const createCheck =
  ({ queue, pool }: Pick<Parts, 'queue' | 'pool'>): Sandbox['check'] =>
  async (source, functionName, language = 'javascript', signal) => {
    const begin = (host: IsolateHost): Promise<ScriptCheck> => {
      const timer = setTimeout(() => host.kill(DEATHS.stuckInSource), CHECK_TIMEOUT_MS);
      const end = (): void => host.kill(DEATHS.servedItsPurpose);
      signal?.addEventListener('abort', end, { once: true });
      return host.check(source, functionName, language).finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        end();
      });
    };
    const instead: Work<ScriptCheck>['instead'] = (why, retryAfterMs) =>
      Promise.reject(runnersFault(why, retryAfterMs));
    const found = workIn(queue, { connectionKey: `check ${randomUUID()}`, begin, instead }, signal);
    pool.serve();
    const check = await found;
    // Nothing was found in a source that was not looked at to its end.
    if (check === undefined || signal?.aborted)
      throw new ServiceError('CANCELLED', 'the check was ended by its caller');
    return check;
  };

const statsOf = ({ queue, nursery, pool }: Omit<Parts, 'admission'> & { readonly nursery: Nursery }): SandboxStats => {
  const { starting, blank } = nursery.hosts;
  const busy = pool.hosts.filter(({ runs }) => runs > 0).length;
  const all = [...starting, ...blank, ...pool.hosts];
  return {
    waiting: queue.size,
    hosts: { starting: starting.length, blank: blank.length, warm: pool.hosts.length - busy, busy },
    residentBytes: all.reduce((sum, host) => sum + host.residentBytes, 0),
  };
};

type Outside = { readonly launcher: Launcher; readonly names: NameSource; readonly ownServices: OwnServices };

const assemble = (options: SandboxOptions, tuning: SandboxTuning, { launcher, names, ownServices }: Outside) => {
  const { log, watch = noWatch } = options;
  const policy = createEgressPolicy({
    isOwnAddress: createOwnAddresses(),
    ...options.egress,
    isOwnService: ownServices.covers,
  });
  const resolver = createResolver({ names, policy, timeoutMs: tuning.resolveTimeoutMs });
  const requests = createHostRequests({
    ...{ resolver, log, connectTimeoutMs: tuning.connectTimeoutMs, reuseConnections: tuning.reuseConnections },
    mayReach: (destination, own) => policy.deny(destination, own) === undefined,
    onDenied: watch.denied,
  });
  const queue = createWorkQueue<IsolateHost>({
    perConnection: tuning.queuePerConnection,
    total: tuning.queueTotal,
    waitMs: tuning.queueWaitMs,
  });
  const nursery = createNursery({
    start: () => launcher.start({ requests }),
    log,
    birthTimeoutMs: tuning.birthTimeoutMs,
    onChange: () => pool.serve(),
  });
  const limits = {
    ...tuning,
    idleMs: tuning.hostIdleMs,
    maxAgeMs: tuning.hostMaxAgeMs,
    idleBytesMax: tuning.hostIdleBytes,
  };
  const pool = createHostPool({ limits, nursery, queue, conduct: createConduct() });
  return { queue, nursery, pool };
};

/**
 * Prepares the runtime, raises what walls this machine allows and starts the first isolate host. Throws when the runtime
 * is not built, or no isolate host can be started here, with what it said.
 */
export const createSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const tuning = { ...DEFAULT_TUNING, ...options };
  const { names = systemNames(), never = [] } = options.egress;
  const lookup = (name: string) => names.lookup(name, 0);
  const ownServices = await createOwnServices(never, { lookup, log: options.log });
  const launcher = await createLauncher(options, tuning);
  const { queue, nursery, pool } = assemble(options, tuning, { launcher, names, ownServices });
  const health = createHealthNews(() => !nursery.failing);
  const close = async (): Promise<void> => {
    clearInterval(timer);
    ownServices.close();
    queue.close();
    nursery.close();
    pool.close();
    await launcher.close();
  };
  const timer = setInterval(() => {
    pool.retire();
    pool.serve();
    health.look();
  }, RETIRE_EVERY_MS).unref();
  try {
    await nursery.first();
  } catch (error) {
    await close();
    throw new Error(`no isolate host can be started: ${(error as Error).message}`);
  }
  const parts = { queue, pool, admission: createAdmission() };
  const { level } = launcher;
  const modules = readOfferedModules(options.runtimeFolder);
  const stats = () => statsOf({ ...parts, nursery });
  const { listen: onHealth } = health;
  return { level, modules, run: createRun(parts, tuning.isolation), check: createCheck(parts), stats, onHealth, close };
};
