import type { Identifier, User } from '@userferry/user-model';
import type { LoginFacts, StoredUser, UserStore } from '@userferry/user-store';
import type { PasswordHasher } from '../passwords/password-hasher.ts';

export type LoginDeps = {
  readonly store: Pick<UserStore, 'pools' | 'users'>;
  readonly passwords: PasswordHasher;
};

export type LoginAttempt = {
  readonly userPoolId: string;
  readonly identifier: Identifier;
  readonly password: string;
};

/** What the store says of a user who is here. */
export type PasswordAnswer =
  | { readonly verdict: 'verified'; readonly user: User }
  | { readonly verdict: 'wrong_password' | 'locked' };

/** What our own store knows of a login. */
export type LocalAnswer = PasswordAnswer | { readonly verdict: 'unknown' | 'tombstoned' };

export type CheckedLogin = { readonly answer: LocalAnswer; readonly facts: LoginFacts };

/** In custom-user-store mode users live in the legacy user store alone: whatever is left here is not asked. */
const belongsToLegacyStore = ({ connection }: LoginFacts): boolean =>
  connection?.enabled === true && connection.mode === 'custom_user_store';

/**
 * Checks a password against our store. Whoever is rejected by us alone waits as long as for a real check, so that time
 * does not tell who exists; a user unknown here whom a script will be asked about is passed on at once.
 * @throws ServiceError USER_POOL_NOT_FOUND, STORE_UNAVAILABLE, SERVICE_UNAVAILABLE
 */
export const checkLogin = async (
  attempt: LoginAttempt,
  signal: AbortSignal,
  deps: LoginDeps,
): Promise<CheckedLogin> => {
  const { userPoolId, identifier } = attempt;
  const [facts, stored] = await Promise.all([
    deps.store.pools.loginFacts(userPoolId),
    deps.store.users.findByIdentifier(userPoolId, identifier),
  ]);
  if (belongsToLegacyStore(facts)) return { facts, answer: { verdict: 'unknown' } };
  if (stored !== undefined) return { facts, answer: await answerFor(stored, attempt.password, signal, deps.passwords) };
  if (await deps.store.users.isTombstoned(userPoolId, identifier)) {
    await deps.passwords.verifyNobody(attempt.password, signal);
    return { facts, answer: { verdict: 'tombstoned' } };
  }
  if (!facts.connection?.enabled) await deps.passwords.verifyNobody(attempt.password, signal);
  return { facts, answer: { verdict: 'unknown' } };
};

/** Checks the password of a user who is here; that a user is locked is told only to who knows the password. */
export const answerFor = async (
  { user, credential }: StoredUser,
  password: string,
  signal: AbortSignal,
  passwords: PasswordHasher,
): Promise<PasswordAnswer> => {
  const proven = await (credential === undefined
    ? passwords.verifyNobody(password, signal)
    : passwords.verify(password, credential, signal));
  if (!proven) return { verdict: 'wrong_password' };
  return user.profile.blocked ? { verdict: 'locked' } : { verdict: 'verified', user };
};
