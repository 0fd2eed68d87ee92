import type { SandboxLevel } from '../../../sandbox.ts';
import type { Controller } from '../cgroups/cgroup-places.ts';
import type { Cgroups } from '../cgroups/cgroups.ts';
import type { RuntimeFolder } from '../runtime/runtime-folder.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { probeWalls, standingWalls } from './probe.ts';
import { HOST_PIDS_MAX, type WallChain, wallChains } from './wall-chain.ts';

export type ChosenWalls = {
  readonly chain: WallChain;
  readonly level: SandboxLevel;
  /** `undefined` where the hosts cannot be put into control groups. */
  readonly cgroups: Cgroups | undefined;
};

/** Walls that control groups are, whatever the chain. */
const GROUP_WALLS: Readonly<Partial<Record<Controller, string>>> = { memory: 'memory', pids: 'process_count' };

const asLevel = (walls: readonly string[], missing: readonly string[]): SandboxLevel => {
  if (missing.length === 0) return { level: 'full', walls, missing };
  return { level: walls.includes('network') ? 'reduced' : 'process', walls, missing };
};

const levelOf = (probed: ReturnType<typeof standingWalls>, cgroups: Cgroups | undefined): SandboxLevel => {
  const grouped = Object.entries(GROUP_WALLS).flatMap(([controller, wall]) =>
    cgroups?.controllers.includes(controller as Controller) ? [wall] : [],
  );
  const walls = [...new Set([...probed.walls, ...grouped])];
  const missing = [...new Set([...probed.missing, 'memory'])].filter((name) => !walls.includes(name));
  return asLevel(walls, missing);
};

const PROBE_BYTES_MAX = 512 * 1024 * 1024;

/** Runs the probe in control groups as a host would be: what cannot go in does not start. */
const probeIn = async (chain: WallChain, uid: number, cgroups: Cgroups | undefined) => {
  const groups = cgroups?.add({ memoryBytes: PROBE_BYTES_MAX, pids: HOST_PIDS_MAX });
  try {
    const report = await probeWalls(chain, uid, groups?.doors ?? []);
    if (!report.connected) throw new Error('the socket channel does not come through');
    return standingWalls(report);
  } finally {
    await groups?.remove();
  }
};

type Try = { readonly chain: WallChain; readonly cgroups: Cgroups | undefined };

const tryWalls = async ({ chain, cgroups }: Try, uid: number, log: SandboxLog): Promise<ChosenWalls | undefined> => {
  try {
    return { chain, cgroups, level: levelOf(await probeIn(chain, uid, cgroups), cgroups) };
  } catch (error) {
    const reason = (error as Error).message;
    const groups = cgroups?.controllers ?? [];
    log.debug({ chain: chain.name, groups, reason }, 'sandbox walls that cannot be raised here');
    return undefined;
  }
};

/**
 * Tries the chains in their order by running a program behind each, and takes the first that works. `uid` is one of the
 * range for isolate hosts. Says in the log what stands, loudly when it is little.
 */
export const chooseWalls = async (
  runtime: RuntimeFolder,
  { uid, cgroups, log }: { readonly uid: number; readonly cgroups: Cgroups | undefined; readonly log: SandboxLog },
): Promise<ChosenWalls> => {
  const tries = wallChains(runtime).flatMap((chain): Try[] => [
    ...(cgroups === undefined || !chain.entersGroups ? [] : [{ chain, cgroups }]),
    { chain, cgroups: undefined },
  ]);
  for (const each of tries) {
    const chosen = await tryWalls(each, uid, log);
    if (chosen === undefined) continue;
    const { level, walls, missing } = chosen.level;
    if (level === 'process')
      log.warn({ level, walls, missing }, 'scripts run with hardly a wall around them on this machine');
    else log.info({ level, walls, missing, chain: chosen.chain.name }, 'sandbox walls are up');
    return chosen;
  }
  throw new Error('no isolate host can be started on this machine');
};
