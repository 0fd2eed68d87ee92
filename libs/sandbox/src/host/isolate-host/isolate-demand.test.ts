import { expect, it } from 'vitest';
import { createIsolateDemand } from './isolate-demand.ts';
import type { Lease } from './slot-pool.ts';

const lease = (): Lease => ({
  slot: {} as Lease['slot'],
  key: 'a script',
  isolation: 'warm',
  runs: 0,
  takenAtMs: 0,
  memory: undefined,
});

/** A demand whose isolates take `makingMs` to make, and which is told of each that is asked for. */
const scene = (atOnce: number, makingMs = 1_000_000) => {
  const asked = { for: 0 };
  const make = (): void => {
    asked.for += 1;
  };
  return { demand: createIsolateDemand(atOnce, make, () => makingMs), asked };
};

it('an isolate is made for the first run, and for as many as may compute at once', () => {
  const { demand, asked } = scene(3);
  for (let run = 0; run < 8; run++) void demand.wait();
  expect(asked.for).toBe(3);
});

it('a run that waits gets the isolate of the run that ends first, in the order of their coming', async () => {
  const { demand, asked } = scene(1);
  const [first, second] = [demand.wait(), demand.wait()];
  const made = lease();
  demand.offer(made, 'made');
  expect(await first).toBe(made);
  demand.ended(5);
  demand.offer(made, 'renewed');
  expect(await second).toBe(made);
  expect(asked.for).toBe(1);
});

it('where waiting would take longer than making another, another is made', () => {
  const { demand, asked } = scene(1, 10);
  void demand.wait();
  demand.offer(lease(), 'made');
  demand.ended(60_000);
  demand.offer(lease(), 'renewed');
  demand.begun();
  void demand.wait();
  expect(asked.for).toBe(2);
});

it('none is made for a run that one which is being made ready again will serve', () => {
  const { demand, asked } = scene(3);
  demand.begun();
  demand.ended(5);
  void demand.wait();
  expect(asked.for).toBe(0);
  demand.lost();
  expect(asked.for).toBe(1);
});

it('a run hears that its isolate could not be made', async () => {
  const { demand } = scene(1);
  const run = demand.wait();
  demand.failed(new Error('no memory'));
  await expect(run).rejects.toThrow('no memory');
  expect(demand.isIdle()).toBe(true);
});
