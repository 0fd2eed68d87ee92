import type { SandboxLevel } from '../../../sandbox.ts';
import type { Controller } from '../cgroups/cgroup-places.ts';
import type { Cgroups } from '../cgroups/cgroups.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { NoAnswerError, probeWalls, standingWalls } from './probe.ts';
import { HOST_PIDS_MAX, type WallChain } from './wall-chain.ts';

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

type Try = { readonly chain: WallChain; readonly cgroups: Cgroups | undefined };
type Probing = {
  readonly uid: number;
  readonly log: SandboxLog;
  /** Milliseconds that a program behind the walls may take to answer. */
  readonly timeoutMs?: number;
};

/** Runs the probe in control groups as a host would be: what cannot go in does not start. */
const probeIn = async ({ chain, cgroups }: Try, { uid, timeoutMs }: Probing) => {
  const groups = cgroups?.add({ memoryBytes: PROBE_BYTES_MAX, pids: HOST_PIDS_MAX });
  try {
    const report = await probeWalls(chain, uid, { doors: groups?.doors ?? [], ...(timeoutMs && { timeoutMs }) });
    if (!report.connected) throw new Error('the socket channel does not come through');
    return standingWalls(report);
  } finally {
    await groups?.remove();
  }
};

/** A machine that has just started is busy for a while. */
const ASKED_TIMES = 3;

/**
 * `undefined`: the chain's programs say that it cannot be raised here. Throws where it has not answered, however often it was
 * asked: weaker walls that are taken for a moment's load would stay for as long as this process lives.
 */
const tryWalls = async (each: Try, probing: Probing, timesLeft = ASKED_TIMES): Promise<ChosenWalls | undefined> => {
  const { chain, cgroups } = each;
  try {
    return { chain, cgroups, level: levelOf(await probeIn(each, probing), cgroups) };
  } catch (error) {
    const facts = { chain: chain.name, groups: cgroups?.controllers ?? [], reason: (error as Error).message };
    if (!(error instanceof NoAnswerError)) {
      probing.log.debug(facts, 'sandbox walls that cannot be raised here');
      return undefined;
    }
    probing.log.warn(facts, 'sandbox walls that did not answer in time');
    if (timesLeft > 1) return tryWalls(each, probing, timesLeft - 1);
    const asked = `a program behind "${chain.name}" was started ${ASKED_TIMES} times: ${facts.reason}`;
    throw new Error(`it is not known which sandbox walls can be raised: the machine may be too busy; ${asked}`);
  }
};

/**
 * Tries the chains in their order by running a program behind each, and takes the first that works. `uid` is one of the
 * range for isolate hosts. Says in the log what stands, loudly when it is little. Throws where none works, and where one does
 * not answer.
 */
export const chooseWalls = async (
  chains: readonly WallChain[],
  { cgroups, ...probing }: Probing & { readonly cgroups: Cgroups | undefined },
): Promise<ChosenWalls> => {
  const { log } = probing;
  const tries = chains.flatMap((chain): Try[] => [
    ...(cgroups === undefined || !chain.entersGroups ? [] : [{ chain, cgroups }]),
    { chain, cgroups: undefined },
  ]);
  for (const each of tries) {
    const chosen = await tryWalls(each, probing);
    if (chosen === undefined) continue;
    const { level, walls, missing } = chosen.level;
    if (level === 'process')
      log.warn({ sandboxLevel: level, walls, missing }, 'scripts run with hardly a wall around them on this machine');
    else log.info({ sandboxLevel: level, walls, missing, chain: chosen.chain.name }, 'sandbox walls are up');
    return chosen;
  }
  throw new Error('no isolate host can be started on this machine');
};
