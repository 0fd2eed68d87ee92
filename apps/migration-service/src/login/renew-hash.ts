import type { StoredUser, UserStore } from '@userferry/user-store';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { LoginAttempt } from './login-attempt.ts';

export type RenewHashDeps = {
  readonly store: Pick<UserStore, 'users'>;
  readonly passwords: Pick<PasswordHasher, 'renew'>;
};

/**
 * Stores the password that was just proven under today's cost and pepper, unless it is already, or another one was set
 * meanwhile. What fails of it is no failure of the login: the next one tries again.
 */
export const renewHash = async (
  { userPoolId, password }: Pick<LoginAttempt, 'userPoolId' | 'password'>,
  { user: { userId }, credential: replaced }: StoredUser,
  { store, passwords }: RenewHashDeps,
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
