import type { UserStore } from '@userferry/user-store';
import { type LoginAttempt, subjectOf } from './login-attempt.ts';

/** How an attempt ended that `checkLogin` has counted and could not see the end of. */
export type AttemptEnd = Omit<LoginAttempt, 'password'> & {
  readonly end: 'proven' | 'undecided';
  /** Who proved it. */
  readonly byLegacyStore: boolean;
};

/**
 * Settles an attempt: an outage gives it back; a proof clears the count and is a login.
 * @throws ServiceError USER_POOL_NOT_FOUND, STORE_UNAVAILABLE
 */
export const settleAttempt = async (
  { end, byLegacyStore, ...attempt }: AttemptEnd,
  { pools, attempts }: Pick<UserStore, 'pools' | 'attempts'>,
): Promise<void> => {
  await pools.get(attempt.userPoolId);
  if (end === 'undecided') return attempts.undecided(subjectOf(attempt));
  await attempts.loggedIn(subjectOf(attempt), byLegacyStore);
};
