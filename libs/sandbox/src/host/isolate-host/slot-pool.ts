/** The isolates of this host: some prepared ones, and warm ones by the source that they have run. */
import { hash } from 'node:crypto';
import type { Isolation } from '@userferry/script-contract';
import { createKnownPackages } from './known-packages.ts';
import { PREPARED } from './limits.ts';
import { createPreparedSlots } from './prepared-slots.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import type { MemoryInUse, Slot } from './slot.ts';
import { BLANK, type SlotMaker } from './slot-maker.ts';
import { createWarmIsolates } from './warm-isolates.ts';

/** A slot that a run has, and what decides whether another may follow: what it held after the last one is asked for once. */
export type Lease = {
  readonly slot: Slot;
  readonly key: string;
  readonly isolation: Isolation;
  runs: number;
  takenAtMs: number;
  /** After the last run, where it is being asked for. */
  memory: Promise<MemoryInUse | undefined> | undefined;
  /** What the heap held after a run when that was last asked for. */
  heapBytes?: number | undefined;
};

/** What a slot is wanted for. */
export type Want = {
  readonly source: string;
  readonly memoryLimitBytes: number;
  readonly isolation: Isolation;
};

export type SlotPool = {
  /** Resolves when the first one is ready, rejects when it cannot be made. */
  prepare(first: Promise<Slot>): Promise<void>;
  /** A slot for a run, with the packages in it that the source seems to require; for `per_run` one that has run nothing. */
  take(want: Want): Promise<Lease>;
  /** Notes that the script of this lease has required a package that nobody foresaw. */
  required(lease: Lease, packageName: string): void;
  /** Ends a lease; `clean` tells, when it is known, whether the run ended well and left nothing open. */
  giveBack(lease: Lease, clean: Promise<boolean>): Promise<void>;
};

const FADING = 0.95;

const keyOf = ({ source, memoryLimitBytes }: Want): string => `${memoryLimitBytes}:${hash('sha256', source, 'base64')}`;

export function createSlotPool(files: RuntimeFiles, maker: SlotMaker): SlotPool {
  const { create, make, discard } = maker;
  const packages = createKnownPackages(files.packages);
  let lastPackages: readonly string[] = [];
  /** Runs with an isolate of their own: now, and the most at a time, which fades with each run. */
  const single = { now: 0, most: 0 };

  const prepared = createPreparedSlots({ limits: PREPARED, make, discard });
  /** One connection's scripts use one driver, so the next isolates get what the last script required. */
  const refill = ({ isolation, slot: { memoryLimitBytes } }: Lease): void =>
    isolation === 'per_run'
      ? prepared.refill({
          ...{ memoryLimitBytes, packages: lastPackages, isolation },
          count: Math.min(Math.ceil(single.most), PREPARED.count),
        })
      : prepared.refill({ ...BLANK, packages: lastPackages });

  const takeNew = async (want: Want, key: string): Promise<Lease> => {
    const slot = (await prepared.take(want)) ?? (await create(want));
    for (const name of packages.of(key)) await slot.loadPackage(name);
    return { slot, key, isolation: want.isolation, runs: 0, takenAtMs: performance.now(), memory: undefined };
  };
  const takeSingle = (want: Want, key: string): Promise<Lease> => {
    single.now += 1;
    single.most = Math.max(single.most * FADING, single.now);
    return takeNew(want, key);
  };
  const warm = createWarmIsolates({ maker, makeNew: takeNew });
  const giveSingleBack = async (lease: Lease, clean: Promise<boolean>): Promise<void> => {
    single.now -= 1;
    refill(lease);
    await clean;
    await discard(lease.slot);
  };
  const giveWarmBack = async (lease: Lease, clean: Promise<boolean>): Promise<void> => {
    await warm.giveBack(lease, clean);
    if (warm.mayRunShort(lease.key)) refill(lease);
  };
  return {
    prepare: (first) => prepared.first(BLANK, first),
    async take(want) {
      const key = keyOf(want);
      lastPackages = packages.seenIn(want.source, key);
      return want.isolation === 'per_run' ? takeSingle(want, key) : warm.take(want, key);
    },
    required: ({ key }, name) => packages.add(key, name),
    giveBack: (lease, clean) =>
      lease.isolation === 'per_run' ? giveSingleBack(lease, clean) : giveWarmBack(lease, clean),
  };
}
