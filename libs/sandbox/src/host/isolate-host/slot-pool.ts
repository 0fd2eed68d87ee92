/** The isolates of this host: one blank in reserve, warm ones by the source that they have run. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createBlankIsolates } from './blank-isolates.ts';
import { createIsolateDemand, type IsolateDemand } from './isolate-demand.ts';
import { LIMITS, RETIREMENT } from './limits.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import type { MemoryInUse, Slot } from './slot.ts';

/** A slot that a run has, and what decides whether another may follow: what it held after the last one is asked for once. */
export type Lease = {
  readonly slot: Slot;
  readonly key: string;
  runs: number;
  takenAtMs: number;
  /** After the last run, where it is being asked for. */
  memory: Promise<MemoryInUse | undefined> | undefined;
};

export type SlotPool = {
  /** Makes the reserve ready. */
  prepare(): Promise<void>;
  /** A slot for a source, with the packages in it that the source seems to require. */
  take(source: string, memoryLimitBytes: number): Promise<Lease>;
  /** Ends a lease; `clean` tells, when it is known, whether the run ended well and left nothing open. */
  giveBack(lease: Lease, clean: Promise<boolean>): Promise<void>;
};

/** Isolates that may compute at once, and one that waits for its database meanwhile. */
const AT_ONCE = availableParallelism() + 1;

const keyOf = (source: string, memoryLimitBytes: number): string =>
  `${memoryLimitBytes}:${createHash('sha256').update(source).digest('base64')}`;

async function isSpent({ slot, runs, memory }: Lease): Promise<boolean> {
  if (runs >= RETIREMENT.runs || Date.now() - slot.createdAtMs > RETIREMENT.ageMs) return true;
  const { heapBytes, heldBytes } = (await memory) ?? (await slot.memoryInUse());
  const limitBytes = slot.memoryLimitBytes;
  return heapBytes > limitBytes * RETIREMENT.heapShare || heldBytes > limitBytes * RETIREMENT.heldShare;
}

/** Makes a slot ready for its next run; false when it is given up instead. */
async function renew(lease: Lease): Promise<boolean> {
  try {
    if (lease.slot.isDisposed) return false;
    // Asked at once, the isolate is woken once.
    const [isReset, isOld] = await Promise.all([lease.slot.reset(), isSpent(lease)]);
    return isReset && !isOld;
  } catch {
    // An isolate that cannot even be reset is given up.
    return false;
  }
}

export function createSlotPool(
  files: RuntimeFiles,
  onCatastrophe: (slot: Slot | undefined, message: string) => void,
  onStuck: () => void,
): SlotPool {
  const blanks = createBlankIsolates(files, onCatastrophe);
  const idle: Lease[] = [];
  const demands = new Map<string, IsolateDemand>();

  const discard = async (slot: Slot): Promise<void> => {
    if (!(await slot.dispose(LIMITS.disposeMs))) onStuck();
  };
  /** The one that ran last, so that those that are not needed grow old. */
  const takeIdle = (key: string): Lease | undefined => {
    const at = idle.findLastIndex((lease) => lease.key === key);
    return at < 0 ? undefined : idle.splice(at, 1)[0];
  };
  const isSurplus = ({ takenAtMs }: Lease): boolean =>
    idle.length > RETIREMENT.idle || performance.now() - takenAtMs > RETIREMENT.idleMs;
  const keep = (lease: Lease): void => {
    const [oldest] = idle;
    idle.push(lease);
    if (oldest === undefined || !isSurplus(oldest)) return;
    idle.shift();
    void discard(oldest.slot);
  };
  const createDemand = (key: string, source: string, memoryLimitBytes: number): IsolateDemand => {
    const makeOne = async (): Promise<void> => {
      const slot = await blanks.take(source, memoryLimitBytes);
      const lease = { slot, key, runs: 0, takenAtMs: 0, memory: undefined };
      if (!demand.offer(lease, 'made')) keep(lease);
    };
    const make = (): void => void makeOne().catch(demand.failed);
    const demand = createIsolateDemand(AT_ONCE, make, () => blanks.makingMs);
    demands.set(key, demand);
    return demand;
  };

  return {
    async prepare() {
      await blanks.refill();
    },
    async take(source, memoryLimitBytes) {
      const key = keyOf(source, memoryLimitBytes);
      const demand = demands.get(key) ?? createDemand(key, source, memoryLimitBytes);
      const warm = takeIdle(key);
      if (warm !== undefined) demand.begun();
      const lease = warm ?? (await demand.wait());
      lease.takenAtMs = performance.now();
      return lease;
    },
    async giveBack(lease, clean) {
      lease.runs += 1;
      const demand = demands.get(lease.key) as IsolateDemand;
      demand.ended(performance.now() - lease.takenAtMs);
      const isFit = await clean.then((isClean) => isClean && renew(lease));
      if (!isFit) demand.lost();
      else if (!demand.offer(lease, 'renewed')) keep(lease);
      if (demand.isIdle && !idle.some(({ key }) => key === lease.key)) demands.delete(lease.key);
      void blanks.refill();
      if (!isFit) await discard(lease.slot);
    },
  };
}
