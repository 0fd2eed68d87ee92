import type { Sandbox } from '../../sandbox.ts';
import { noWatch, type SandboxStats } from '../../sandbox-watch.ts';
import { createEgressPolicy } from './egress/egress-policy.ts';
import { type NameSource, systemNames } from './egress/name-source.ts';
import { createOwnAddresses } from './egress/own-addresses.ts';
import { createOwnServices, type OwnServices } from './egress/own-services.ts';
import { createResolver } from './egress/resolver.ts';
import { createHostRequests } from './hosts/host-requests.ts';
import type { IsolateHost } from './hosts/isolate-host.ts';
import { createLauncher, type Launcher } from './launcher.ts';
import { createAdmission } from './pool/admission.ts';
import { createConduct } from './pool/conduct.ts';
import { createHealthNews } from './pool/health-news.ts';
import { createHostPool } from './pool/host-pool.ts';
import { createNursery, type Nursery } from './pool/nursery.ts';
import { createWorkQueue } from './pool/work-queue.ts';
import { readOfferedModules } from './runtime/offered-modules.ts';
import { DEFAULT_TUNING, type SandboxOptions, type SandboxTuning } from './sandbox-options.ts';
import { createCheck } from './work/check-scripts.ts';
import { createRun, type RunParts } from './work/run-scripts.ts';

const RETIRE_EVERY_MS = 250;

const statsOf = ({
  queue,
  nursery,
  pool,
}: Omit<RunParts, 'admission'> & { readonly nursery: Nursery }): SandboxStats => {
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
