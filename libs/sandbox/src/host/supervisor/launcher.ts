import { LIMITS } from '@userferry/script-contract';
import { NODE_FLAGS } from '../../bridge/node-flags.ts';
import type { SandboxLevel } from '../../sandbox.ts';
import { noWatch } from '../../sandbox-watch.ts';
import { ownCgroupPlaces } from './cgroups/cgroup-places.ts';
import { type Cgroups, openCgroups } from './cgroups/cgroups.ts';
import type { HostCgroup } from './cgroups/host-cgroup.ts';
import type { HostRequests } from './hosts/host-requests.ts';
import { type IsolateHost, startIsolateHost } from './hosts/isolate-host.ts';
import { chargeOf, type HostMemory, memoryOfCgroup, memoryOfWatchdog, memoryUnheld } from './memory/host-memory.ts';
import { createRssWatchdog, type RssWatchdog } from './memory/rss-watchdog.ts';
import { prepareRuntimeFolder, type RuntimeFolder } from './runtime/runtime-folder.ts';
import type { SandboxLog } from './sandbox-log.ts';
import type { SandboxOptions, SandboxTuning } from './sandbox-options.ts';
import { createSpawner } from './spawner/spawner.ts';
import { type ChosenWalls, chooseWalls } from './walls/choose-walls.ts';
import { requireLevel, requireWalls } from './walls/require-level.ts';
import { claimUserIds, type UserIds } from './walls/user-ids.ts';
import { HOST_PIDS_MAX, type WallChain, wallChains } from './walls/wall-chain.ts';

/** Starts isolate hosts behind the walls that stand on this machine. */
export type Launcher = {
  readonly level: SandboxLevel;
  start(deps: { readonly requests: HostRequests }): IsolateHost;
  /** Resolves when every host has ended, which is for others to see to. */
  close(): Promise<void>;
};

const TOUCH_MS = 30 * 60_000;
/**
 * Until it is somebody's, a host takes of the processors what runs of warm connections leave: its birth is a tenth of a
 * second of one, and those of rare connections follow each other closely. Whoever gets it gives it its own share.
 */
const BLANK_CPU_SHARE = 0;
/** Warm ones may leave nothing. A birth that is not over by then goes on beside them, with so much. */
const BIRTH_PATIENCE_MS = 200;
const LATE_BIRTH_CPU_SHARE = 0.3;
/** An id is taken until its host is surely gone, so there are more ids than hosts. */
const IDS_PER_HOST = 2;

/**
 * The permission model is no wall, it catches mistakes: nothing beside the runtime is read, nothing written, no process
 * started. isolated-vm looks at /etc/alpine-release when it loads.
 */
const nodeArgs = (runtimePath: string): string[] => [
  ...NODE_FLAGS,
  '--no-warnings',
  // Old password stores use what OpenSSL has put aside: MD4, DES, RC4, Blowfish.
  '--openssl-legacy-provider',
  '--permission',
  '--allow-addons',
  `--allow-fs-read=${runtimePath}/*`,
  '--allow-fs-read=/etc/alpine-release',
  `${runtimePath}/isolate-host.cjs`,
];

const claimIds = async (maxHosts: number, options: SandboxOptions): Promise<UserIds | undefined> => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  try {
    return await claimUserIds(maxHosts * IDS_PER_HOST, options.uidRange);
  } catch (error) {
    const hosts = `${maxHosts} isolate hosts, each of which takes ${IDS_PER_HOST} user ids`;
    throw new Error(`there cannot be ${hosts}: ${(error as Error).message}`);
  }
};

const startWatchdog = (log: SandboxLog): RssWatchdog | undefined => {
  const watchdog = createRssWatchdog();
  if (watchdog === undefined) log.warn({}, 'the memory of isolate hosts cannot be watched on this machine');
  return watchdog;
};

const keepTouched = (runtime: RuntimeFolder): NodeJS.Timeout =>
  setInterval(() => void runtime.touch().catch(() => {}), TOUCH_MS).unref();

const openGroups = ({ log }: SandboxOptions, { useCgroups }: SandboxTuning): Cgroups | undefined =>
  useCgroups
    ? openCgroups(ownCgroupPlaces(), (controller, reason) =>
        log.debug({ controller, reason }, 'a control group that may not be used here'),
      )
    : undefined;

/** Memory is held by the host's control group, else by the watchdog, else by nothing. */
const memoryOf =
  (cgroup: HostCgroup | undefined, watchdog: RssWatchdog | undefined) =>
  (pid: () => number | undefined): HostMemory => {
    if (cgroup?.holdsMemory) return memoryOfCgroup(cgroup);
    return watchdog === undefined ? memoryUnheld : memoryOfWatchdog(watchdog, pid);
  };

/** Warm connections that never rest do not keep a host from being born. */
const hasten = ({ ready }: IsolateHost, cgroup: HostCgroup | undefined): void => {
  const late = setTimeout(() => cgroup?.setCpuShare(LATE_BIRTH_CPU_SHARE), BIRTH_PATIENCE_MS).unref();
  const inTime = (): void => clearTimeout(late);
  ready.then(inTime, inTime);
};

/** The walls that stand here, if they are what is required. */
const raiseWalls = async (
  chains: readonly WallChain[],
  probing: Parameters<typeof chooseWalls>[1],
  { requiredLevel, requiredWalls }: SandboxTuning,
): Promise<ChosenWalls> => {
  const chosen = await chooseWalls(chains, probing);
  requireLevel(chosen.level, requiredLevel);
  requireWalls(chosen.level, requiredWalls);
  return chosen;
};

/** Copies and verifies the runtime, claims user ids, tries the walls. Throws when the runtime is not built. */
export const createLauncher = async (options: SandboxOptions, tuning: SandboxTuning): Promise<Launcher> => {
  const { log, watch = noWatch } = options;
  const runtime = await prepareRuntimeFolder({ ...options, nodeBinary: process.execPath });
  const ids = await claimIds(tuning.maxHosts, options);
  const opened = openGroups(options, tuning);
  const probeUid = ids?.take() ?? 0;
  const probing = { uid: probeUid, cgroups: opened, log };
  const raised = raiseWalls(wallChains(runtime), probing, tuning);
  const { chain, level, cgroups } = await raised.catch(async (error: unknown) => {
    await Promise.all([opened?.close(), ids?.close()]);
    throw error;
  });
  ids?.give(probeUid);
  const timer = keepTouched(runtime);
  const watchdog = level.walls.includes('memory') ? undefined : startWatchdog(log);
  const spawner = createSpawner(log);
  const alive = new Set<IsolateHost>();
  const leaving = new Set<Promise<void>>();
  const memoryBytes = chargeOf(tuning.hostOverheadBytes + LIMITS.memoryLimitBytesDefault);
  return {
    level,
    start({ requests }) {
      const cgroup = cgroups?.add({ memoryBytes, pids: HOST_PIDS_MAX });
      cgroup?.setCpuShare(BLANK_CPU_SHARE);
      const uid = chain.needsUid ? ids?.take() : undefined;
      const command = chain.command(uid ?? 0, nodeArgs(chain.runtimePath), cgroup?.doors ?? []);
      const host = startIsolateHost({
        spawn: (listener) => spawner.start(command, listener),
        requests,
        memory: memoryOf(cgroup, watchdog),
        setCpuShare: (share) => cgroup?.setCpuShare(share),
        overheadBytes: tuning.hostOverheadBytes,
        onEnded(death, why) {
          watch.hostEnded(death);
          // Why others ended is known, or told where it came from.
          if (death === 'crashed') log.warn({ why }, 'an isolate host crashed');
        },
        onViolation: (rule) => log.error({ rule, pid: host.pid }, 'an isolate host broke the rules of its channel'),
      });
      hasten(host, cgroup);
      alive.add(host);
      watch.hostStarted();
      void host.exited.then(() => {
        alive.delete(host);
        if (uid !== undefined) ids?.give(uid);
        const left = cgroup?.remove().finally(() => leaving.delete(left as Promise<void>));
        if (left !== undefined) leaving.add(left);
      });
      return host;
    },
    async close() {
      clearInterval(timer);
      await Promise.all([...alive].map(({ exited }) => exited));
      await Promise.all([...leaving, spawner.close()]);
      await Promise.all([opened?.close(), ids?.close(), watchdog?.close()]);
    },
  };
};
