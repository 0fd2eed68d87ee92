import type { UserStore } from '@userferry/user-store';
import { type LoginAttempt, subjectOf } from './login-attempt.ts';

/** How an attempt ended that `checkLogin` has counted and could not see the end of. */
export type AttemptEnd = Omit<LoginAttempt, 'password'> & {
  readonly end: 'proven' | 'proven_without_login' | 'undecided' | 'script_failed';
  /** Who proved it. */
  readonly byLegacyStore: boolean;
};

/**
 * Of so many attempts at which a script failed the address keeps one, by chance. Each would lock out all who share an address
 * with a script that is broken; none would let one address try a password on everybody where a script fails on wrong ones.
 */
const ADDRESS_KEEPS_ONE_IN = 10;

/**
 * Settles an attempt: an outage gives it back; a proof clears the count and, unless it let nobody in, is a login. Of a script
 * that failed the identifier keeps it, as it may fail on wrong passwords alone, and the address gets nearly all back.
 * @throws ServiceError USER_POOL_NOT_FOUND, STORE_UNAVAILABLE
 */
export const settleAttempt = async (
  { end, byLegacyStore, ...attempt }: AttemptEnd,
  { pools, attempts }: Pick<UserStore, 'pools' | 'attempts'>,
): Promise<void> => {
  await pools.get(attempt.userPoolId);
  const subject = subjectOf(attempt);
  switch (end) {
    case 'undecided':
      return attempts.undecided(subject);
    case 'script_failed':
      if (Math.random() * ADDRESS_KEEPS_ONE_IN >= 1) await attempts.undecidedFromAddress(subject);
      return;
    case 'proven_without_login':
      return attempts.proven(subject);
    case 'proven':
      return attempts.loggedIn(subject, byLegacyStore);
  }
};
