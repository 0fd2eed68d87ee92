import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { REST, RETIREMENT } from './limits.ts';
import type { Slot } from './slot.ts';
import type { Lease, Want } from './slot-pool.ts';
import { createWarmIsolates } from './warm-isolates.ts';

const WANT: Want = { source: '', memoryLimitBytes: 128 * 1024 * 1024, isolation: 'warm' };

const MAKING_MS = 10;

/** An isolate that is fit for any number of runs. */
const slotOf = (): Slot =>
  ({
    freeMemory: vi.fn(async () => undefined),
    memoryLimitBytes: WANT.memoryLimitBytes,
    createdAtMs: performance.now(),
    isDisposed: () => false,
    isBusy: () => false,
    reset: async () => true,
    memoryInUse: async () => ({ heapBytes: 0, heldBytes: 0 }),
  }) as unknown as Slot;

const leaseOf = (key: string): Lease => ({
  ...{ slot: slotOf(), key, isolation: 'warm', runs: 0, takenAtMs: performance.now(), memory: undefined },
});

const isolates = () => {
  const discarded: Slot[] = [];
  const warm = createWarmIsolates({
    maker: { makingMs: () => MAKING_MS, discard: async (slot) => void discarded.push(slot) },
    makeNew: async (_, key) => leaseOf(key),
  });
  const takeAll = (...keys: string[]) => Promise.all(keys.map((key) => warm.take(WANT, key)));
  const giveBack = async (leases: readonly Lease[]): Promise<void> => {
    for (const lease of leases) await warm.giveBack(lease, Promise.resolve(true));
  };
  return { warm, discarded, takeAll, giveBack };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('warm isolates that nobody asks for', () => {
  it('are given back without another run, but for the one that ran last', async () => {
    const { discarded, takeAll, giveBack } = isolates();
    const leases = await takeAll('one', 'one', 'one');
    await giveBack(leases);
    expect(discarded).toEqual([]);
    await vi.advanceTimersByTimeAsync(RETIREMENT.idleMs);
    expect(discarded).toEqual(leases.slice(0, 2).map(({ slot }) => slot));
    await vi.advanceTimersByTimeAsync(10 * RETIREMENT.idleMs);
    expect(discarded).toHaveLength(2);
  });

  it('are taken for a run the last one first, and one that gives its memory back only where there is no other', async () => {
    const { warm, takeAll, giveBack } = isolates();
    const [first, last] = (await takeAll('one', 'one')) as [Lease, Lease];
    await giveBack([first, last]);
    last.slot.isBusy = () => true;
    expect(await warm.take(WANT, 'one')).toBe(first);
    expect(await warm.take(WANT, 'one')).toBe(last);
  });

  it('are given back although the isolate of another script goes on serving', async () => {
    const { warm, discarded, takeAll, giveBack } = isolates();
    const [rare, busy] = (await takeAll('rare', 'busy')) as [Lease, Lease];
    await giveBack([rare, busy]);
    for (let run = 0; run < 12; run += 1) {
      await vi.advanceTimersByTimeAsync(RETIREMENT.idleMs / 10);
      await giveBack([await warm.take(WANT, 'busy')]);
    }
    expect(discarded).toEqual([rare.slot]);
    expect((await warm.take(WANT, 'busy')).slot).toBe(busy.slot);
  });

  it('leave when their own time is over, not when that of an older one is', async () => {
    const { discarded, takeAll, giveBack } = isolates();
    const old = await takeAll('one', 'two');
    await giveBack(old);
    await vi.advanceTimersByTimeAsync(RETIREMENT.idleMs / 2);
    await giveBack(await takeAll('three', 'four'));
    await vi.advanceTimersByTimeAsync(RETIREMENT.idleMs / 2);
    expect(discarded).toEqual(old.map(({ slot }) => slot));
    await vi.advanceTimersByTimeAsync(RETIREMENT.idleMs / 2);
    expect(discarded).toHaveLength(3);
  });

  it('keep no timer where one is alone', async () => {
    const { takeAll, giveBack } = isolates();
    await giveBack(await takeAll('one'));
    await vi.advanceTimersByTimeAsync(REST.ms);
    expect(vi.getTimerCount()).toBe(0);
    const both = takeAll('one', 'one');
    // The second has waited for as long as making another takes.
    await vi.advanceTimersByTimeAsync(MAKING_MS);
    await giveBack(await both);
    await vi.advanceTimersByTimeAsync(REST.ms);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(RETIREMENT.idleMs);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('give memory back after a while, once', async () => {
    const { warm, takeAll, giveBack } = isolates();
    const [lease] = (await takeAll('one')) as [Lease];
    await giveBack([lease]);
    for (let run = 1; run < REST.firstRuns; run += 1) await giveBack([await warm.take(WANT, 'one')]);
    await vi.advanceTimersByTimeAsync(REST.ms - 1);
    expect(lease.slot.freeMemory).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(lease.slot.freeMemory).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(10 * REST.ms);
    expect(lease.slot.freeMemory).toHaveBeenCalledOnce();
  });

  it('give none back while they go on serving, nor while a run has them', async () => {
    const { warm, takeAll, giveBack } = isolates();
    const [lease] = (await takeAll('one')) as [Lease];
    for (let run = 0; run < 2 * REST.firstRuns; run += 1) {
      await giveBack([lease]);
      await vi.advanceTimersByTimeAsync(REST.ms / 2);
      await warm.take(WANT, 'one');
    }
    await vi.advanceTimersByTimeAsync(10 * REST.ms);
    expect(lease.slot.freeMemory).not.toHaveBeenCalled();
    await giveBack([lease]);
    await vi.advanceTimersByTimeAsync(REST.ms);
    expect(lease.slot.freeMemory).toHaveBeenCalledOnce();
  });

  it('give none back after few runs, and again after many', async () => {
    const { warm, takeAll, giveBack } = isolates();
    const [lease] = (await takeAll('one')) as [Lease];
    await giveBack([lease]);
    const freedAfter = async (runs: number): Promise<number> => {
      for (let run = 0; run < runs; run += 1) await giveBack([await warm.take(WANT, 'one')]);
      await vi.advanceTimersByTimeAsync(REST.ms);
      return vi.mocked(lease.slot.freeMemory).mock.calls.length;
    };
    expect(await freedAfter(REST.firstRuns - 2)).toBe(0);
    expect(await freedAfter(1)).toBe(1);
    expect(await freedAfter(REST.runs - 1)).toBe(1);
    expect(await freedAfter(1)).toBe(2);
  });
});
