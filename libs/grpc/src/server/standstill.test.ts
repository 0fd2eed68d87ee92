import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { watchStandstill } from './standstill.ts';

const standStill = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

it('a process that stood still says so before its next beat and while it reads what has come in, and no longer', async () => {
  const stoodStill = watchStandstill(2_000);
  await setTimeout(700);
  expect(stoodStill()).toBe(false);
  standStill(2_700);
  expect(stoodStill()).toBe(true);
  await setTimeout(100);
  expect(stoodStill()).toBe(true);
  await expect.poll(stoodStill, { timeout: 10_000 }).toBe(false);
});

it('one that is held up for less does not', async () => {
  const stoodStill = watchStandstill(2_000);
  standStill(1_000);
  expect(stoodStill()).toBe(false);
});
