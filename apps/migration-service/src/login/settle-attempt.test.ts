import type { UserStore } from '@userferry/user-store';
import { expect, it } from 'vitest';
import { type AttemptEnd, settleAttempt } from './settle-attempt.ts';

type Stores = Pick<UserStore, 'pools' | 'attempts'>;

/** How many of so many attempts that ended so an address gets back. */
const givenBack = async (end: AttemptEnd['end'], attempts: number): Promise<number> => {
  let count = 0;
  const back = async () => {
    count += 1;
  };
  const stores = { pools: { get: async () => ({}) }, attempts: { undecided: back, undecidedFromAddress: back } };
  const identifier = { kind: 'email', value: 'ada@example.com' } as const;
  const attempt = { userPoolId: 'p', identifier, address: '203.0.113.7', end, byLegacyStore: false };
  for (let turn = 0; turn < attempts; turn += 1) await settleAttempt(attempt, stores as unknown as Stores);
  return count;
};

it('an address keeps one in ten of the attempts at which a script failed, so that a spray of one password has an end', async () => {
  const kept = 10_000 - (await givenBack('script_failed', 10_000));
  // Beyond five standard deviations of what chance may do.
  expect(kept).toBeGreaterThan(850);
  expect(kept).toBeLessThan(1_150);
});

it('an address gets back all that an outage took', async () => {
  expect(await givenBack('undecided', 1_000)).toBe(1_000);
});
