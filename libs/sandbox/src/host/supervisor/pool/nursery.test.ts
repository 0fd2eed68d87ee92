import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { DEATHS } from '../hosts/host-death.ts';
import type { IsolateHost } from '../hosts/isolate-host.ts';
import { createNursery } from './nursery.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A nursery whose hosts are born when the test says so, and somebody who wants so many of them. */
const nurseryFor = (wanted: number) => {
  const births: PromiseWithResolvers<void>[] = [];
  const deaths: PromiseWithResolvers<string>[] = [];
  const start = () => {
    const birth = Promise.withResolvers<void>();
    const death = Promise.withResolvers<string>();
    births.push(birth);
    deaths.push(death);
    return {
      ready: birth.promise,
      exited: death.promise,
      alive: true,
      kill: () => {},
    } as unknown as IsolateHost;
  };
  const ask = (): void => nursery.ensure(wanted);
  const nursery = createNursery({ start, log, birthTimeoutMs: 60_000, onChange: ask });
  return { nursery, births, deaths, ask };
};

it('a birth begins in a turn of its own, after whatever asked for it, and never two in one turn', async () => {
  const { nursery, births, ask } = nurseryFor(2);
  const begun: number[] = [];
  ask();
  ask();
  begun.push(births.length);
  for (let turns = 0; turns < 3; turns += 1) {
    await turn();
    begun.push(births.length);
  }
  expect(begun).toEqual([0, 1, 2, 2]);
  nursery.close();
});

it('two hosts are born at a time, the next one when one of them lives', async () => {
  const { nursery, births, ask } = nurseryFor(8);
  ask();
  for (let turns = 0; turns < 6; turns += 1) await turn();
  expect(births).toHaveLength(2);
  births[0]?.resolve();
  await expect.poll(() => births.length).toBe(3);
  expect(nursery.hosts.blank).toHaveLength(1);
  nursery.close();
});

it('nothing is born in a nursery that has closed meanwhile', async () => {
  const { nursery, births, ask } = nurseryFor(1);
  ask();
  nursery.close();
  await turn();
  expect(births).toEqual([]);
});

it('hosts that die by themselves as soon as they live are born ever more slowly, and say that none can be', async () => {
  vi.useFakeTimers();
  try {
    const { nursery, births, deaths, ask } = nurseryFor(1);
    ask();
    const settled = () => vi.advanceTimersByTimeAsync(1);
    await settled();
    for (const round of [1, 2, 3, 4]) {
      births.at(-1)?.resolve();
      await settled();
      expect(nursery.hosts.blank).toHaveLength(1);
      deaths.at(-1)?.resolve('the isolate host ended unexpectedly (SIGSEGV)');
      await settled();
      expect([nursery.size, nursery.failing]).toEqual([0, round >= 3]);
      await vi.advanceTimersByTimeAsync(100 * 2 ** (round - 1) - 20);
      expect(births).toHaveLength(round);
      await vi.advanceTimersByTimeAsync(20);
      await settled();
      expect(births).toHaveLength(round + 1);
    }
    births.at(-1)?.resolve();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(nursery.failing).toBe(false);
    nursery.close();
  } finally {
    vi.useRealTimers();
  }
});

it('a blank host that was ended on purpose holds up no birth', async () => {
  const { nursery, births, deaths, ask } = nurseryFor(1);
  ask();
  await expect.poll(() => births.length).toBe(1);
  births[0]?.resolve();
  await expect.poll(() => nursery.hosts.blank.length).toBe(1);
  deaths[0]?.resolve(DEATHS.tooMuchMemory);
  await expect.poll(() => births.length).toBe(2);
  nursery.close();
});
