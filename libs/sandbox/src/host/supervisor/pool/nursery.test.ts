import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { IsolateHost } from '../hosts/isolate-host.ts';
import { createNursery } from './nursery.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A nursery whose hosts are born when the test says so, and somebody who wants so many of them. */
const nurseryFor = (wanted: number) => {
  const births: PromiseWithResolvers<void>[] = [];
  const start = () => {
    const birth = Promise.withResolvers<void>();
    births.push(birth);
    return {
      ready: birth.promise,
      exited: new Promise(() => {}),
      alive: true,
      kill: () => {},
    } as unknown as IsolateHost;
  };
  const ask = (): void => nursery.ensure(wanted);
  const nursery = createNursery({ start, log, birthTimeoutMs: 60_000, onChange: ask });
  return { nursery, births, ask };
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
