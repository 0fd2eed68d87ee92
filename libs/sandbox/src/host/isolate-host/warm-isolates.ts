/** Isolates that serve run after run of the source that they have run first. */
import { availableParallelism } from 'node:os';
import { createIsolateDemand, type IsolateDemand } from './isolate-demand.ts';
import { createIsolatesAtRest } from './isolates-at-rest.ts';
import { RETIREMENT } from './limits.ts';
import type { SlotMaker } from './slot-maker.ts';
import type { Lease, Want } from './slot-pool.ts';

export type WarmIsolates = {
  take(want: Want, key: string): Promise<Lease>;
  /**
   * Whether its next run may find none: the last one is lost, or runs have come together, and there are not yet as many as may
   * compute at once. Most sources are run one at a time, and rarely: another would cost more than a run, for nobody.
   */
  mayRunShort(key: string): boolean;
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
  if (runs >= RETIREMENT.runs || performance.now() - slot.createdAtMs > RETIREMENT.ageMs) return true;
  const { heapBytes, heldBytes } = (await memory) ?? (await slot.memoryInUse());
  const limitBytes = slot.memoryLimitBytes;
  return heapBytes > limitBytes * RETIREMENT.heapShare || heldBytes > limitBytes * RETIREMENT.heldShare;
};

/** Makes a slot ready for its next run; false when it is given up instead. */
const renew = async (lease: Lease): Promise<boolean> => {
  try {
    if (lease.slot.isDisposed()) return false;
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
  const atRest = createIsolatesAtRest((lease) => idle.includes(lease));
  let isThinning = false;

  /** The one that ran last, so that those that are not needed grow old; one that gives memory back where there is no other. */
  const takeIdle = (key: string): Lease | undefined => {
    const free = idle.findLastIndex((lease) => lease.key === key && !lease.slot.isBusy());
    const at = free < 0 ? idle.findLastIndex((lease) => lease.key === key) : free;
    return at < 0 ? undefined : idle.splice(at, 1)[0];
  };
  /** Nobody is left who would ask for it by this key. */
  const forgetDemand = (key: string): void => {
    if (demands.get(key)?.isIdle() && !idle.some((lease) => lease.key === key)) demands.delete(key);
  };
  const giveUpOldest = (): void => {
    const { slot, key } = idle.shift() as Lease;
    forgetDemand(key);
    void maker.discard(slot);
  };
  const restMs = (): number => (idle[0] as Lease).takenAtMs + RETIREMENT.idleMs - performance.now();
  /** One timer for all of them, which looks at the clock when it is due: a run neither sets nor clears any. */
  const thinOut = (): void => {
    while (idle.length > 1 && restMs() <= 0) giveUpOldest();
    isThinning = idle.length > 1;
    if (isThinning) setTimeout(thinOut, restMs()).unref();
  };
  const keep = (lease: Lease): void => {
    idle.push(lease);
    atRest.watch(lease);
    if (idle.length > RETIREMENT.idle) giveUpOldest();
    if (idle.length > 1 && !isThinning) thinOut();
  };
  const demandFor = (want: Want, key: string): IsolateDemand => {
    const known = demands.get(key);
    if (known !== undefined) return known;
    const makeOne = async (): Promise<void> => {
      const lease = await makeNew(want, key);
      if (!demand.offer(lease, 'made')) keep(lease);
    };
    const make = (): void => void makeOne().catch(demand.failed);
    const demand: IsolateDemand = createIsolateDemand(AT_ONCE, make, () => maker.makingMs());
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
    mayRunShort(key) {
      const count = (demands.get(key)?.busy() ?? 0) + idle.filter((lease) => lease.key === key).length;
      return count !== 1 && count < AT_ONCE;
    },
    async giveBack(lease, clean) {
      lease.runs += 1;
      const demand = demands.get(lease.key) as IsolateDemand;
      demand.ended(performance.now() - lease.takenAtMs);
      const isFit = await clean.then((isClean) => isClean && renew(lease));
      if (!isFit) demand.lost();
      else if (!demand.offer(lease, 'renewed')) keep(lease);
      forgetDemand(lease.key);
      if (!isFit) await maker.discard(lease.slot);
    },
  };
}
