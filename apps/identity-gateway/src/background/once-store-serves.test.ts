import { expect, it } from 'vitest';
import { onceStoreServes } from './once-store-serves.ts';

it('is told once, when our store has served for the first time, however often it did not before', async () => {
  const answers = [false, false, true, false];
  let [asked, told] = [0, 0];
  const serves = async () => answers[asked++] ?? false;
  using _ = onceStoreServes({ serves }, () => {
    told += 1;
  });
  await expect.poll(() => told, { timeout: 10_000 }).toBe(1);
  expect(asked).toBe(3);
});

it('is not told after it was stopped', async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let told = false;
  const waiting = onceStoreServes({ serves: () => promise }, () => {
    told = true;
  });
  waiting[Symbol.dispose]();
  resolve(true);
  await promise;
  await new Promise((done) => setImmediate(done));
  expect(told).toBe(false);
});
