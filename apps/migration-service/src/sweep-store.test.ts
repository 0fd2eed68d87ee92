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

it('what keeps all sweeps of a round from their work is said once, and what keeps one of them beside it', async () => {
  const warned: string[] = [];
  const fails = (message: string) => ({ sweep: () => Promise.reject(new Error(message)) });
  const ahead = fails('this clock is ahead');
  const store = { attempts: ahead, scriptRuns: fails('no table'), progress: ahead, audit: ahead };
  const log = { warn: ({ err }: { err: Error }) => void warned.push(err.message) } as unknown as SweepDeps['log'];
  using _sweep = sweepStore({ store, log }, 1);
  while (warned.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(warned.slice(0, 4)).toEqual(['this clock is ahead', 'no table', 'this clock is ahead', 'no table']);
});
