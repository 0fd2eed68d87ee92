import type { StoredUser } from '@userferry/user-store';
import type { LoginDeps } from './check-login.ts';
import type { LoginAttempt } from './login-attempt.ts';

/**
 * Stores the password that was just proven under today's cost and pepper, unless it is already, or another one was set
 * meanwhile. What fails of it is no failure of the login: the next one tries again.
 */
export const renewHash = async (
  { userPoolId, password }: Pick<LoginAttempt, 'userPoolId' | 'password'>,
  { user: { userId }, credential: replaced }: StoredUser,
  { store, passwords }: Pick<LoginDeps, 'store' | 'passwords'>,
): Promise<void> => {
  if (replaced === undefined) return;
  try {
    const credential = await passwords.renew(password, replaced);
    if (credential !== undefined)
      await store.users.renewHash({ userPoolId, userId, credential, replaces: replaced.hash });
  } catch {
    // Metrics of hashes and of the store's calls have it.
  }
};
