/** The isolates of this host: one blank in reserve, warm ones by the source that they have run. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS, RETIREMENT } from './limits.ts';
import { requiredPackages } from './required-packages.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import { createSlot, type MemoryInUse, type Slot } from './slot.ts';

/** A slot that a run has, and what decides whether another may follow: what it held after the last one is asked for once. */
export type Lease = { readonly slot: Slot; readonly key: string; runs: number; memory?: MemoryInUse };

export type SlotPool = {
  /** Makes the reserve ready. */
  prepare(): Promise<void>;
  /** A slot for a source, with the packages in it that the source seems to require. */
  take(source: string, memoryLimitBytes: number): Promise<Lease>;
  /** Ends a lease; `clean` tells, when it is known, whether the run ended well and left nothing open. */
  giveBack(lease: Lease, clean: Promise<boolean>): Promise<void>;
};

const DEFAULT_MEMORY_BYTES = 128 * 1024 * 1024;

const keyOf = (source: string, memoryLimitBytes: number): string =>
  `${memoryLimitBytes}:${createHash('sha256').update(source).digest('base64')}`;

export function createSlotPool(
  files: RuntimeFiles,
  onCatastrophe: (slot: Slot | undefined, message: string) => void,
  onStuck: () => void,
): SlotPool {
  const idle: Lease[] = [];
  const renewing = new Map<string, Promise<boolean>>();
  let reserve: Promise<Slot> | undefined;
  let lastPackages: readonly string[] = [];

  const create = async (memoryLimitBytes: number): Promise<Slot> => {
    let made: Slot | undefined;
    const slot = await createSlot(files, {
      memoryLimitBytes,
      onCatastrophe: (message) => onCatastrophe(made, message),
    });
    made = slot;
    return slot;
  };
  /** One connection's scripts use one driver, so the next blank isolate gets what the last script required. */
  const createReserve = async (): Promise<Slot> => {
    const slot = await create(DEFAULT_MEMORY_BYTES);
    for (const name of lastPackages) await slot.loadPackage(name);
    return slot;
  };
  const refill = (): void => {
    reserve ??= createReserve();
    reserve.catch(() => {
      reserve = undefined;
    });
  };
  const discard = async (slot: Slot): Promise<void> => {
    if (!(await slot.dispose(LIMITS.disposeMs))) onStuck();
  };
  const isSpent = async ({ slot, runs, memory }: Lease): Promise<boolean> => {
    if (runs >= RETIREMENT.runs || Date.now() - slot.createdAtMs > RETIREMENT.ageMs) return true;
    const { heapBytes, heldBytes } = memory ?? (await slot.memoryInUse());
    const limitBytes = slot.memoryLimitBytes;
    return heapBytes > limitBytes * RETIREMENT.heapShare || heldBytes > limitBytes * RETIREMENT.heldShare;
  };

  /** Makes a slot ready for its next run; false when it is given up instead. */
  const renew = async (lease: Lease): Promise<boolean> => {
    try {
      if (!lease.slot.isDisposed && !(await isSpent(lease)) && (await lease.slot.reset())) return true;
    } catch {
      // An isolate that cannot even be reset is given up.
    }
    return false;
  };
  const takeIdle = (key: string): Lease | undefined => {
    const at = idle.findIndex((lease) => lease.key === key);
    return at < 0 ? undefined : idle.splice(at, 1)[0];
  };
  const takeBlank = async (key: string, memoryLimitBytes: number): Promise<Lease> => {
    if (memoryLimitBytes !== DEFAULT_MEMORY_BYTES || reserve === undefined) {
      return { slot: await create(memoryLimitBytes), key, runs: 0 };
    }
    const blank = reserve;
    reserve = undefined;
    return { slot: await blank, key, runs: 0 };
  };

  return {
    async prepare() {
      refill();
      await reserve;
    },
    async take(source, memoryLimitBytes) {
      const key = keyOf(source, memoryLimitBytes);
      const warm = takeIdle(key);
      if (warm !== undefined) return warm;
      // One that is just being made ready again is there sooner than a new one.
      const renewed = renewing.get(key);
      if (renewed !== undefined) await Promise.race([renewed, sleep(RETIREMENT.waitMs)]);
      lastPackages = requiredPackages(source, files.packages);
      const lease = takeIdle(key) ?? (await takeBlank(key, memoryLimitBytes));
      for (const name of lastPackages) await lease.slot.loadPackage(name);
      return lease;
    },
    async giveBack(lease, clean) {
      lease.runs += 1;
      const renewed = clean.then((isClean) => isClean && renew(lease));
      renewing.set(lease.key, renewed);
      const kept = await renewed;
      if (renewing.get(lease.key) === renewed) renewing.delete(lease.key);
      if (kept) idle.push(lease);
      const surplus = kept && idle.length > RETIREMENT.idle ? idle.shift() : undefined;
      refill();
      if (!kept) await discard(lease.slot);
      if (surplus !== undefined) await discard(surplus.slot);
    },
  };
}
