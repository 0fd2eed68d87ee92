import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import type { RuntimeFiles } from './runtime-files.ts';
import type { Slot } from './slot.ts';
import { BLANK, type SlotMaker } from './slot-maker.ts';
import { createSlotPool, type SlotPool, type Want } from './slot-pool.ts';

const AT_ONCE = availableParallelism() + 1;
const WANT: Want = { source: 'function login() {}', memoryLimitBytes: BLANK.memoryLimitBytes, isolation: 'warm' };
const FILES = { packages: new Map() } as unknown as RuntimeFiles;

const poolOf = () => {
  const made: Slot[] = [];
  const make = async (): Promise<Slot> => {
    const slot = {
      memoryLimitBytes: WANT.memoryLimitBytes,
      createdAtMs: performance.now(),
      isDisposed: () => false,
      isBusy: () => false,
      reset: async () => true,
      memoryInUse: async () => ({ heapBytes: 0, heldBytes: 0 }),
    } as unknown as Slot;
    made.push(slot);
    return slot;
  };
  const maker: SlotMaker = { makingMs: () => 10, make, create: make, discard: async () => undefined };
  return { pool: createSlotPool(FILES, maker), made };
};

const clean = (): Promise<boolean> => Promise.resolve(true);

const takeTogether = (pool: SlotPool, count: number) =>
  Promise.all(Array.from({ length: count }, () => pool.take(WANT)));
/** Longer than it takes here to make one. */
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

it('no isolate is prepared for a script that is run one at a time', async () => {
  const { pool, made } = poolOf();
  for (let n = 0; n < 3; n += 1) await pool.giveBack(await pool.take(WANT), clean());
  await aWhile();
  expect(made).toHaveLength(1);
});

it('one is prepared where the only one is lost', async () => {
  const { pool, made } = poolOf();
  await pool.giveBack(await pool.take(WANT), Promise.resolve(false));
  await expect.poll(() => made.length).toBe(2);
});

it.runIf(AT_ONCE > 2)('one is prepared where runs have come together', async () => {
  const { pool, made } = poolOf();
  for (const lease of await takeTogether(pool, 2)) await pool.giveBack(lease, clean());
  await expect.poll(() => made.length).toBe(3);
});

it('no isolate is prepared beside a script that has as many as may compute at once', async () => {
  const { pool, made } = poolOf();
  for (const lease of await takeTogether(pool, AT_ONCE)) await pool.giveBack(lease, clean());
  await aWhile();
  expect(made).toHaveLength(AT_ONCE);
  // One that is lost is another's turn.
  await pool.giveBack(await pool.take(WANT), Promise.resolve(false));
  await expect.poll(() => made.length).toBe(AT_ONCE + 1);
});
