import type { KeyRing } from '../../secrets/sealing.ts';
import type { StatementCall } from '../../statements/statement.ts';
import { type AttemptLimits, type AttemptSubject, createKeysOf } from './attempt-keys.ts';
import { BEGIN, SETTLE_AND_COUNT, SETTLE_AND_COUNT_STORED, SETTLE_ATTEMPT } from './attempt-statements.ts';
import { loginCounts } from './count-login.ts';

/** What begins and ends an attempt, as statements that can be part of a login's. */
export const createAttemptCalls = (keyRing: KeyRing, limits: AttemptLimits) => {
  const keysOf = createKeysOf(keyRing, limits);
  const settled = (subject: AttemptSubject, cleared: boolean) => [
    ...keysOf(subject).map((each) => each?.key ?? null),
    cleared,
  ];
  return {
    /** `givenUpAt`: from when on it is not to be counted any more. */
    begin: (subject: AttemptSubject, now: Date, givenUpAt: Date | null): StatementCall => {
      const keys = keysOf(subject).flatMap((each) => [each?.key ?? null, each?.max ?? null]);
      const { windowMs, firstWaitMs, waitMsMax } = limits;
      return { statement: BEGIN, values: [...keys, now, windowMs, firstWaitMs, waitMsMax, givenUpAt] };
    },
    settle: (subject: AttemptSubject, cleared: boolean): StatementCall => ({
      statement: SETTLE_ATTEMPT,
      values: settled(subject, cleared),
    }),
    giveAddressBack: (subject: AttemptSubject): StatementCall => ({
      statement: SETTLE_ATTEMPT,
      values: [null, null, keysOf(subject)[2]?.key ?? null, false],
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
