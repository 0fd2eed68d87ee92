import type { UserStore } from '@userferry/user-store';
import { type LoginAttempt, subjectOf } from './login-attempt.ts';

/** How an attempt ended that `checkLogin` has counted and could not see the end of. */
export type AttemptEnd = Omit<LoginAttempt, 'password'> & {
  readonly end: 'proven' | 'proven_without_login' | 'undecided' | 'script_failed';
  /** Who proved it. */
  readonly byLegacyStore: boolean;
};

/**
 * Settles an attempt: an outage gives it back; a proof clears the count and, unless it let nobody in, is a login. Of a script
 * that failed the address alone gets it back: on wrong passwords it may fail every time.
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
      return attempts.undecidedFromAddress(subject);
    case 'proven_without_login':
      return attempts.proven(subject);
    case 'proven':
      return attempts.loggedIn(subject, byLegacyStore);
  }
};
