/** Isolates that serve run after run of the source that they have run first. */
import { availableParallelism } from 'node:os';
import { createIsolateDemand, type IsolateDemand } from './isolate-demand.ts';
import { RETIREMENT } from './limits.ts';
import type { SlotMaker } from './slot-maker.ts';
import type { Lease, Want } from './slot-pool.ts';

export type WarmIsolates = {
  take(want: Want, key: string): Promise<Lease>;
  /** Resolves when the isolate is fit for another run, or given up. */
  giveBack(lease: Lease, clean: Promise<boolean>): Promise<void>;
};

export type WarmIsolatesDeps = {
  readonly maker: Pick<SlotMaker, 'discard' | 'makingMs'>;
  makeNew(want: Want, key: string): Promise<Lease>;
};

/** Isolates that may compute at once, and one that waits for its database meanwhile. */
const AT_ONCE = availableParallelism() + 1;

/** Is it too old or too full to serve another run? */
const isSpent = async ({ slot, runs, memory }: Lease): Promise<boolean> => {
  if (runs >= RETIREMENT.runs || Date.now() - slot.createdAtMs > RETIREMENT.ageMs) return true;
  const { heapBytes, heldBytes } = (await memory) ?? (await slot.memoryInUse());
  const limitBytes = slot.memoryLimitBytes;
  return heapBytes > limitBytes * RETIREMENT.heapShare || heldBytes > limitBytes * RETIREMENT.heldShare;
};

/** Makes a slot ready for its next run; false when it is given up instead. */
const renew = async (lease: Lease): Promise<boolean> => {
  try {
    if (lease.slot.isDisposed) return false;
    // Asked at once, the isolate is woken once.
    const [isReset, isOld] = await Promise.all([lease.slot.reset(), isSpent(lease)]);
    return isReset && !isOld;
  } catch {
    // An isolate that cannot even be reset is given up.
    return false;
  }
};

export function createWarmIsolates({ maker, makeNew }: WarmIsolatesDeps): WarmIsolates {
  const idle: Lease[] = [];
  const demands = new Map<string, IsolateDemand>();

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
    void maker.discard(oldest.slot);
  };
  const demandFor = (want: Want, key: string): IsolateDemand => {
    const known = demands.get(key);
    if (known !== undefined) return known;
    const makeOne = async (): Promise<void> => {
      const lease = await makeNew(want, key);
      if (!demand.offer(lease, 'made')) keep(lease);
    };
    const make = (): void => void makeOne().catch(demand.failed);
    const demand: IsolateDemand = createIsolateDemand(AT_ONCE, make, () => maker.makingMs);
    demands.set(key, demand);
    return demand;
  };
  return {
    async take(want, key) {
      const demand = demandFor(want, key);
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
      if (!isFit) await maker.discard(lease.slot);
    },
  };
}
