import { expect, it } from 'vitest';
import { createBirthPause } from './birth-pause.ts';
import { createWorkQueue, type Waiting } from './work-queue.ts';

const limits = { perConnection: 2, total: 3, waitMs: 60_000 };

const workOf = (connectionKey: string, told: string[] = []): Waiting<string> => ({
  connectionKey,
  start: (host) => told.push(`started on ${host}`),
  giveUp: (why) => told.push(why),
});

it('a connection waits in its own order, and only so many of it', () => {
  const queue = createWorkQueue<string>(limits);
  const told: string[] = [];
  const [first, second] = [workOf('a'), workOf('a')];
  for (const work of [first, second, workOf('a', told)]) queue.add(work);
  expect(told).toEqual(['queue_full']);
  expect([queue.take('a'), queue.take('a'), queue.take('a')]).toEqual([first, second, undefined]);
});

it('all connections together are bounded too', () => {
  const queue = createWorkQueue<string>(limits);
  const told: string[] = [];
  for (const key of ['a', 'b', 'c', 'd']) queue.add(workOf(key, told));
  expect(told).toEqual(['runner_full']);
  queue.close();
  expect(told).toEqual(['runner_full', 'closed', 'closed', 'closed']);
});

it('the more wait, the shorter each queue may be: there is room for whoever has nothing waiting', () => {
  const queue = createWorkQueue<string>({ perConnection: 64, total: 64, waitMs: 60_000 });
  const greedy: string[] = [];
  for (const key of ['a', 'b', 'c', 'd']) for (let n = 0; n < 200; n += 1) queue.add(workOf(key, greedy));
  expect(new Set(greedy)).toEqual(new Set(['queue_full']));
  const told: string[] = [];
  queue.add(workOf('modest', told));
  expect(told).toEqual([]);
  queue.close();
});

it('what is refused is told when to come back: after as long as the first in line has waited', async () => {
  const queue = createWorkQueue<string>({ perConnection: 1, total: 3, waitMs: 60_000 });
  queue.add(workOf('a'));
  const ask = (): Promise<number> =>
    new Promise((resolve) => queue.add({ ...workOf('a'), giveUp: (_why, retryAfterMs) => resolve(retryAfterMs) }));
  expect(await ask()).toBe(500);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await ask()).toBeGreaterThanOrEqual(590);
  queue.close();
});

it('a connection that was served goes to the end of the line', () => {
  const queue = createWorkQueue<string>(limits);
  for (const key of ['a', 'a', 'b']) queue.add(workOf(key));
  queue.take('a');
  expect(queue.waitingKeys).toEqual(['b', 'a']);
  queue.close();
});

it('what waited too long is told, once', async () => {
  const queue = createWorkQueue<string>({ ...limits, waitMs: 5 });
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = { ...workOf('a'), giveUp: resolve };
  queue.add(work);
  expect(await promise).toBe('waited_too_long');
  expect(queue.remove(work)).toBe(false);
  expect(queue.waitingKeys).toEqual([]);
});

it('the pause between births doubles with each failure, has an end, and is over after a success', () => {
  let now = 0;
  const pause = createBirthPause(() => now);
  expect(pause.delayMs).toBe(0);
  pause.failed();
  pause.failed();
  expect(pause.delayMs).toBe(200);
  now = 150;
  expect(pause.delayMs).toBe(50);
  for (let count = 0; count < 20; count += 1) pause.failed();
  expect(pause.delayMs).toBe(30_000);
  pause.succeeded();
  expect(pause.delayMs).toBe(0);
});

it('what cannot be begun in time any more is given up then, not when it has waited for as long as anybody may', async () => {
  const queue = createWorkQueue<string>(limits);
  const told = await new Promise((resolve) =>
    queue.add({ ...workOf('a'), latestStartMs: Date.now() + 5, giveUp: resolve }),
  );
  expect([told, queue.waitingOf('a')]).toEqual(['too_late', 0]);
});
