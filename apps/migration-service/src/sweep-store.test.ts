import { expect, it } from 'vitest';
import { type SweepDeps, sweepStore } from './sweep-store.ts';

it('what has outlived its time is swept away again and again, whatever fails, until the service stops', async () => {
  const warned: string[] = [];
  let [attempts, runs, others] = [0, 0, 0];
  const other = {
    sweep: async () => {
      others += 1;
    },
  };
  const store: SweepDeps['store'] = {
    attempts: {
      sweep: async () => {
        attempts += 1;
        throw new Error('no database');
      },
    },
    scriptRuns: {
      sweep: async () => {
        runs += 1;
      },
    },
    progress: other,
    audit: other,
  };
  const log = { warn: (_facts: object, message: string) => void warned.push(message) } as unknown as SweepDeps['log'];
  {
    using _sweep = sweepStore({ store, log }, 1);
    while (runs < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const before = [attempts, runs];
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([attempts, runs]).toEqual(before);
  expect(others).toBe(2 * runs);
  expect(attempts).toBeGreaterThanOrEqual(3);
  expect(warned[0]).toBe('nothing was swept away');
});
