import type { SandboxLevel } from '../../sandbox.ts';
import type { HostRequests } from './hosts/host-requests.ts';
import { type IsolateHost, startIsolateHost } from './hosts/isolate-host.ts';
import type { RssWatchdog } from './memory/rss-watchdog.ts';
import { prepareRuntimeFolder, type RuntimeFolder } from './runtime/runtime-folder.ts';
import type { SandboxOptions, SandboxTuning } from './sandbox-options.ts';
import { chooseWalls } from './walls/choose-walls.ts';
import { claimUserIds, type UserIds } from './walls/user-ids.ts';

/** Starts isolate hosts behind the walls that stand on this machine. */
export type Launcher = {
  readonly level: SandboxLevel;
  start(deps: { readonly requests: HostRequests; readonly watchdog: RssWatchdog | undefined }): IsolateHost;
  /** Resolves when every host has ended, which is for others to see to. */
  close(): Promise<void>;
};

const TOUCH_MS = 30 * 60_000;
/** An id is taken until its host is surely gone, so there are more ids than hosts. */
const IDS_PER_HOST = 2;

/**
 * The permission model is no wall, it catches mistakes: nothing beside the runtime is read, nothing written, no process
 * started. isolated-vm looks at /etc/alpine-release when it loads.
 */
const nodeArgs = (runtimePath: string): string[] => [
  '--no-node-snapshot',
  '--no-warnings',
  // Old password stores use what OpenSSL has put aside: MD4, DES, RC4, Blowfish.
  '--openssl-legacy-provider',
  '--permission',
  '--allow-addons',
  `--allow-fs-read=${runtimePath}/*`,
  '--allow-fs-read=/etc/alpine-release',
  `${runtimePath}/isolate-host.mjs`,
];

const claimIds = async (maxHosts: number, options: SandboxOptions): Promise<UserIds | undefined> =>
  process.platform === 'linux' && process.getuid?.() === 0
    ? claimUserIds(maxHosts * IDS_PER_HOST, options.uidRange)
    : undefined;

const keepTouched = (runtime: RuntimeFolder): NodeJS.Timeout =>
  setInterval(() => void runtime.touch().catch(() => {}), TOUCH_MS).unref();

/** Copies and verifies the runtime, claims user ids, tries the walls. Throws when the runtime is not built. */
export const createLauncher = async (options: SandboxOptions, tuning: SandboxTuning): Promise<Launcher> => {
  const runtime = await prepareRuntimeFolder({ ...options, nodeBinary: process.execPath });
  const ids = await claimIds(tuning.maxHosts, options);
  const probeUid = ids?.take() ?? 0;
  const { chain, level } = await chooseWalls(runtime, probeUid, options.log);
  ids?.give(probeUid);
  const timer = keepTouched(runtime);
  const alive = new Set<IsolateHost>();
  return {
    level,
    start({ requests, watchdog }) {
      const uid = chain.needsUid ? ids?.take() : undefined;
      const host = startIsolateHost({
        command: chain.command(uid ?? 0, nodeArgs(chain.runtimePath)),
        requests,
        watchdog,
        overheadBytes: tuning.hostOverheadBytes,
        onViolation: (rule) =>
          options.log.error({ rule, pid: host.pid }, 'an isolate host broke the rules of its channel'),
      });
      alive.add(host);
      void host.exited.then(() => {
        alive.delete(host);
        if (uid !== undefined) ids?.give(uid);
      });
      return host;
    },
    async close() {
      clearInterval(timer);
      await Promise.all([...alive].map(({ exited }) => exited));
      await ids?.close();
    },
  };
};
