import type { Logger } from '@userferry/process';
import { expect, it } from 'vitest';
import { onceStoreServes } from './once-store-serves.ts';

/** A log that keeps what it is told. */
const keeping = () => {
  const lines: { readonly problem?: unknown; readonly msg: string }[] = [];
  const error = (facts: object, msg: string) => void lines.push({ ...facts, msg });
  return { lines, log: { error } as Pick<Logger, 'error'> };
};

it('is told once, when our store has served for the first time, however often it did not before', async () => {
  const answers = ['away', 'away', undefined, 'away'];
  let [asked, told] = [0, 0];
  const problem = async () => answers[asked++];
  const { lines, log } = keeping();
  const ready = () => {
    told += 1;
  };
  using _ = onceStoreServes({ problem }, ready, { log });
  await expect.poll(() => told, { timeout: 10_000 }).toBe(1);
  expect(asked).toBe(3);
  // Who waits for a moment only is silent about it.
  expect(lines).toEqual([]);
});

it('is not told after it was stopped', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let told = false;
  const ready = () => {
    told = true;
  };
  const waiting = onceStoreServes({ problem: () => promise }, ready, keeping());
  waiting[Symbol.dispose]();
  resolve(undefined);
  await promise;
  await new Promise((done) => setImmediate(done));
  expect(told).toBe(false);
});

it('says what it waits for after five seconds, and every half minute', async () => {
  const { lines, log } = keeping();
  let [nowMs, asked] = [0, 0];
  const problem = async () => {
    nowMs = [1_000, 5_000, 6_000, 34_000, 35_000, 36_000][asked++] ?? nowMs;
    return `asked at ${nowMs}`;
  };
  using _ = onceStoreServes({ problem }, () => undefined, { log, clock: () => nowMs });
  await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(6);
  expect(lines.map((line) => line.problem)).toEqual(['asked at 5000', 'asked at 35000']);
});
