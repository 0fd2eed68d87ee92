import type { RunResult } from '@userferry/script-contract';
import { expect, it } from 'vitest';
import { runOf } from '../testing/test-sandbox.ts';
import { createAdmission, NO_LINE } from './admission.ts';

const ended = (wallMs: number): RunResult => ({
  outcome: 'completed',
  logs: [],
  usage: { wallMs, cpuMs: 0, heapBytes: 0, queryMs: wallMs },
});

const NOW = 1_000_000;
/** Runs of the connection take so long, and one is in flight. */
const admissionAfter = async (tookMs: number) => {
  const admission = createAdmission(() => NOW);
  void admission.run(runOf(''), () => new Promise(() => {}));
  await admission.run(runOf(''), async () => ended(tookMs));
  return admission;
};
const runWithin = (leftMs: number) => runOf('', { deadlineMs: NOW + leftMs });

it('a run that takes longer than its caller will wait is not begun', async () => {
  const admission = await admissionAfter(2_000);
  expect(admission.isTooLate(runWithin(1_900), NO_LINE)).toBe(true);
  expect(admission.isTooLate(runWithin(2_100), NO_LINE)).toBe(false);
  expect(admission.isTooLate(runWithin(0), NO_LINE)).toBe(true);
});

it('those before it in line count', async () => {
  const admission = await admissionAfter(1_000);
  expect(admission.isTooLate(runWithin(4_500), { ahead: 24, atOnce: 8 })).toBe(false);
  expect(admission.isTooLate(runWithin(4_500), { ahead: 40, atOnce: 8 })).toBe(true);
});

it('another connection, or another function, is judged by its own runs', async () => {
  const admission = await admissionAfter(9_000);
  const within = { deadlineMs: NOW + 1_000 };
  expect(admission.isTooLate(runOf('', { ...within, connectionKey: 'other' }), NO_LINE)).toBe(false);
  expect(admission.isTooLate(runOf('', { ...within, functionName: 'other' }), NO_LINE)).toBe(false);
});

it('it is to begin while there is time for it, and has no more time than is left', async () => {
  const admission = await admissionAfter(1_000);
  expect(admission.latestStartMs(runWithin(3_000))).toBe(NOW + 2_000);
  const given = await new Promise<number>((resolve) => {
    void admission.run(runWithin(3_000), async ({ timeoutMs }) => {
      resolve(timeoutMs);
      return ended(1);
    });
  });
  expect(given).toBe(3_000);
});

it('whoever is refused is told to come back later, within reason', async () => {
  expect((await admissionAfter(3_000)).retryAfterMs(runOf(''))).toBe(1_500);
  expect((await admissionAfter(100)).retryAfterMs(runOf(''))).toBe(500);
});
