import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createPreparedSlots, type PreparedLimits, type Recipe } from './prepared-slots.ts';
import type { Slot } from './slot.ts';

const MIB = 1024 * 1024;
const RECIPE: Recipe = { memoryLimitBytes: 128 * MIB, packages: [], isolation: 'per_run', count: 4 };

/** An isolate that holds so much and does nothing. */
const slotOf = (heldBytes: number) =>
  ({ memoryInUse: async () => ({ heapBytes: heldBytes, heldBytes }) }) as unknown as Slot;

const preparedOf = (heldBytes: number, limits: Partial<PreparedLimits> = {}) => {
  const made: Slot[] = [];
  const discarded: Slot[] = [];
  const prepared = createPreparedSlots({
    limits: { bytes: 64 * MIB, idleMs: 60_000, ...limits },
    make: async () => {
      const slot = slotOf(heldBytes);
      made.push(slot);
      return slot;
    },
    discard: async (slot) => void discarded.push(slot),
  });
  return { prepared, made, discarded };
};

describe('isolates that are made ready', () => {
  it('are as many as the recipe says, and made anew when they are taken', async () => {
    const { prepared, made } = preparedOf(5 * MIB);
    prepared.refill(RECIPE);
    await expect.poll(() => made.length).toBe(4);
    expect(await prepared.take(RECIPE)).toBe(made[0]);
    prepared.refill(RECIPE);
    await expect.poll(() => made.length).toBe(5);
  });

  it('are no more than fit into the memory for them', async () => {
    const { prepared, made } = preparedOf(25 * MIB);
    prepared.refill(RECIPE);
    await sleep(50);
    expect(made.length).toBe(2);
  });

  it('are one at the least, however much it takes', async () => {
    const { prepared, made } = preparedOf(500 * MIB);
    prepared.refill(RECIPE);
    await sleep(50);
    expect(made.length).toBe(1);
  });

  it('are given back when nobody has asked for a while, and taken by nobody then', async () => {
    const { prepared, made, discarded } = preparedOf(5 * MIB, { idleMs: 50 });
    prepared.refill(RECIPE);
    await expect.poll(() => discarded.length).toBe(4);
    expect(discarded).toEqual(made);
    expect(await prepared.take(RECIPE)).toBeUndefined();
  });

  it('serve no run with another limit, and make room for those that will', async () => {
    const { prepared, made, discarded } = preparedOf(5 * MIB);
    prepared.refill({ ...RECIPE, count: 1 });
    await expect.poll(() => made.length).toBe(1);
    expect(await prepared.take({ ...RECIPE, memoryLimitBytes: 64 * MIB })).toBeUndefined();
    prepared.refill({ ...RECIPE, count: 1, memoryLimitBytes: 64 * MIB });
    await expect.poll(() => discarded).toEqual([made[0]]);
    expect(await prepared.take({ ...RECIPE, memoryLimitBytes: 64 * MIB })).toBe(made[1]);
  });

  it('for a single run serve no warm one, while any serves a single run', async () => {
    const { prepared, made } = preparedOf(5 * MIB);
    prepared.refill({ ...RECIPE, count: 1 });
    await expect.poll(() => made.length).toBe(1);
    expect(await prepared.take({ ...RECIPE, isolation: 'warm' })).toBeUndefined();
    prepared.refill({ ...RECIPE, isolation: 'warm', count: 1 });
    await expect.poll(() => made.length).toBe(2);
    expect(await prepared.take(RECIPE)).toBe(made[1]);
  });

  it('that cannot be made are asked for in vain, and the first one says why', async () => {
    const make = () => Promise.reject(new Error('no room'));
    const prepared = createPreparedSlots({
      limits: { bytes: MIB, idleMs: 60_000 },
      make,
      discard: async () => undefined,
    });
    await expect(prepared.first(RECIPE, make())).rejects.toThrow('no room');
    prepared.refill(RECIPE);
    expect(await prepared.take(RECIPE)).toBeUndefined();
  });
});
