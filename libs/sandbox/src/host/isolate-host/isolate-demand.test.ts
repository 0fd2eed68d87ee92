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

it('of a script that nobody knows yet, an isolate is made for each run, up to as many as may compute at once', () => {
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

/** One isolate, whose runs usually take so long. */
const known = (usualMs: number, makingMs: number) => {
  const { demand, asked } = scene(3, makingMs);
  void demand.wait();
  demand.offer(lease(), 'made');
  demand.ended(usualMs);
  demand.offer(lease(), 'renewed');
  asked.for = 0;
  return { demand, asked };
};

it('a run that comes while another is at it waits for that one, if it is usually done before another isolate is made', () => {
  const short = known(6, 40);
  short.demand.begun();
  void short.demand.wait();
  expect(short.asked.for).toBe(0);
  void Array.from({ length: 6 }, () => short.demand.wait());
  expect(short.asked.for).toBe(1);
  const long = known(60, 40);
  long.demand.begun();
  void long.demand.wait();
  expect(long.asked.for).toBe(1);
});

it('runs that have waited for each other as long as making another takes get another; those that do not let it be forgotten', async () => {
  const wait = async ({ demand }: ReturnType<typeof known>, ms: number): Promise<void> => {
    demand.begun();
    const second = demand.wait();
    await new Promise((resolve) => setTimeout(resolve, ms));
    demand.ended(1);
    demand.offer(lease(), 'renewed');
    await second;
    demand.ended(1);
    demand.offer(lease(), 'renewed');
  };
  const often = known(1, 80);
  for (let time = 0; time < 4; time++) await wait(often, 30);
  often.demand.begun();
  void often.demand.wait();
  expect(often.asked.for).toBe(1);
  const seldom = known(1, 80);
  for (let time = 0; time < 3; time++) await wait(seldom, 30);
  for (let run = 0; run < 60; run++) {
    seldom.demand.begun();
    seldom.demand.ended(1);
    seldom.demand.offer(lease(), 'renewed');
  }
  seldom.demand.begun();
  void seldom.demand.wait();
  expect(seldom.asked.for).toBe(0);
});

it('a run that waits for one that takes longer than usual has another after as long as making takes', async () => {
  const { demand, asked } = known(1, 20);
  demand.begun();
  void demand.wait();
  expect(asked.for).toBe(0);
  await expect.poll(() => asked.for).toBe(1);
});

it('where many wait for one that takes longer than usual, no more are made than may compute at once', async () => {
  const { demand, asked } = known(1, 20);
  demand.begun();
  for (let run = 0; run < 16; run++) void demand.wait();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked.for).toBe(2);
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
