import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import type { RuntimeFiles } from './runtime-files.ts';
import type { Slot } from './slot.ts';
import { BLANK, type SlotMaker } from './slot-maker.ts';
import { createSlotPool, type Want } from './slot-pool.ts';

const AT_ONCE = availableParallelism() + 1;
const WANT: Want = { source: 'function login() {}', memoryLimitBytes: BLANK.memoryLimitBytes, isolation: 'warm' };
const FILES = { packages: new Map() } as unknown as RuntimeFiles;

const poolOf = () => {
  const made: Slot[] = [];
  const make = async (): Promise<Slot> => {
    const slot = {
      memoryLimitBytes: WANT.memoryLimitBytes,
      createdAtMs: Date.now(),
      isDisposed: () => false,
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

it('an isolate is prepared for whoever comes next', async () => {
  const { pool, made } = poolOf();
  await pool.giveBack(await pool.take(WANT), clean());
  await expect.poll(() => made.length).toBe(2);
});

it('no isolate is prepared beside a script that has as many as may compute at once', async () => {
  const { pool, made } = poolOf();
  const leases = await Promise.all(Array.from({ length: AT_ONCE }, () => pool.take(WANT)));
  for (const lease of leases) await pool.giveBack(lease, clean());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(made).toHaveLength(AT_ONCE);
  // One that is lost is another's turn.
  await pool.giveBack(await pool.take(WANT), Promise.resolve(false));
  await expect.poll(() => made.length).toBe(AT_ONCE + 1);
});
