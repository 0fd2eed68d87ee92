import type { SandboxLevel } from '../../../sandbox.ts';
import type { RuntimeFolder } from '../runtime/runtime-folder.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { probeWalls, standingWalls } from './probe.ts';
import { type WallChain, wallChains } from './wall-chain.ts';

export type ChosenWalls = { readonly chain: WallChain; readonly level: SandboxLevel };

/** Walls that are not part of any chain. Memory is held by a watchdog so far, which is no measure of the kernel's. */
const NOT_BUILT = ['memory'];

const asLevel = (walls: readonly string[], missing: readonly string[]): SandboxLevel => {
  if (missing.length === 0) return { level: 'full', walls, missing };
  return { level: walls.includes('network') ? 'reduced' : 'process', walls, missing };
};

const tryChain = async (chain: WallChain, uid: number, log: SandboxLog): Promise<ChosenWalls | undefined> => {
  try {
    const report = await probeWalls(chain, uid);
    if (!report.connected) throw new Error('the socket channel does not come through');
    const { walls, missing } = standingWalls(report);
    return { chain, level: asLevel(walls, [...missing, ...NOT_BUILT]) };
  } catch (error) {
    log.debug({ chain: chain.name, reason: (error as Error).message }, 'sandbox walls that cannot be raised here');
    return undefined;
  }
};

/**
 * Tries the chains in their order by running a program behind each, and takes the first that works. `uid` is one of the
 * range for isolate hosts. Says in the log what stands, loudly when it is little.
 */
export const chooseWalls = async (runtime: RuntimeFolder, uid: number, log: SandboxLog): Promise<ChosenWalls> => {
  for (const chain of wallChains(runtime)) {
    const chosen = await tryChain(chain, uid, log);
    if (chosen === undefined) continue;
    const { level, walls, missing } = chosen.level;
    if (level === 'process')
      log.warn({ level, walls, missing }, 'scripts run with hardly a wall around them on this machine');
    else log.info({ level, walls, missing, chain: chain.name }, 'sandbox walls are up');
    return chosen;
  }
  throw new Error('no isolate host can be started on this machine');
};
