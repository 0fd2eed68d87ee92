import type { KeyRing } from '../../secrets/sealing.ts';
import type { StatementCall } from '../../statements/statement.ts';
import { type AttemptLimits, type AttemptSubject, createCountedOf } from './attempt-keys.ts';
import { BEGIN, SETTLE_AND_COUNT, SETTLE_AND_COUNT_STORED, SETTLE_ATTEMPT } from './attempt-statements.ts';
import { loginCounts } from './count-login.ts';
import { NOWHERE } from './known-addresses.ts';

/** What begins and ends an attempt, as statements that can be part of a login's. */
export const createAttemptCalls = (keyRing: KeyRing, limits: AttemptLimits) => {
  const countedOf = createCountedOf(keyRing, limits);
  const settled = (subject: AttemptSubject, cleared: boolean) => {
    const { keys, place } = countedOf(subject);
    return [...keys.map((each) => each?.key ?? null), cleared, ...place];
  };
  return {
    /** `givenUpAt`: from when on it is not to be counted any more. */
    begin: (subject: AttemptSubject, now: Date, givenUpAt: Date | null): StatementCall => {
      const { keys, place } = countedOf(subject);
      const counts = keys.flatMap((each) => [each?.key ?? null, each?.max ?? null]);
      const { windowMs, firstWaitMs, waitMsMax } = limits;
      return { statement: BEGIN, values: [...counts, now, windowMs, firstWaitMs, waitMsMax, givenUpAt, ...place] };
    },
    settle: (subject: AttemptSubject, cleared: boolean): StatementCall => ({
      statement: SETTLE_ATTEMPT,
      values: settled(subject, cleared),
    }),
    giveAddressBack: (subject: AttemptSubject): StatementCall => ({
      statement: SETTLE_ATTEMPT,
      values: [null, null, countedOf(subject).keys[2]?.key ?? null, false, ...NOWHERE],
    }),
    /** A proof that let somebody in: a login of the pool, counted by who answered it. */
    loggedIn: (subject: AttemptSubject, byLegacyStore: boolean, now: Date): StatementCall => ({
      statement: SETTLE_AND_COUNT,
      values: [...settled(subject, true), ...loginCounts(subject.userPoolId, byLegacyStore, now)],
    }),
    /** The same for a first login, if this user has been stored. */
    loggedInAs: (userId: string, subject: AttemptSubject, now: Date): StatementCall => ({
      statement: SETTLE_AND_COUNT_STORED,
      values: [...settled(subject, true), ...loginCounts(subject.userPoolId, true, now), userId],
    }),
  };
};

export type AttemptCalls = ReturnType<typeof createAttemptCalls>;
