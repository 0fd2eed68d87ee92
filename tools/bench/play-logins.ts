import { setTimeout as sleep } from 'node:timers/promises';
import { MEMBERS } from '@userferry/local-services';
import type { RunnerLogins } from './runner-process.ts';
import type { Arrival } from './zipf.ts';

/** `ms` is undefined for one that was refused. */
export type PlayedLogin = { readonly rank: number; readonly ms: number | undefined };

/** Each login at its time, of the connection of its rank, whatever becomes of those before it. */
export const playLogins = (
  logins: RunnerLogins,
  ids: readonly string[],
  plan: readonly Arrival[],
): Promise<PlayedLogin[]> => {
  const begun = performance.now();
  return Promise.all(
    plan.map(async ({ atMs, rank }, n): Promise<PlayedLogin> => {
      await sleep(begun + atMs - performance.now());
      const started = performance.now();
      const served = await logins.login(ids[rank] as string, (n % MEMBERS) + 1);
      return { rank, ms: served === 'completed' ? performance.now() - started : undefined };
    }),
  );
};

/** Milliseconds of those that were served, from one rank to before another. */
export const timesOf = (logins: readonly PlayedLogin[], to: number, from = 0): number[] =>
  logins.flatMap(({ rank, ms }) => (rank >= from && rank < to && ms !== undefined ? [ms] : []));
