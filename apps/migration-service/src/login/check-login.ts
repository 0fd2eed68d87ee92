import type { User } from '@userferry/user-model';
import type { FoundUser, LoginFacts, LoginSubject, StoredUser, UserStore } from '@userferry/user-store';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { type LoginAttempt, subjectOf } from './login-attempt.ts';
import { renewHash } from './renew-hash.ts';

export type LoginDeps = {
  readonly store: Pick<UserStore, 'pools' | 'users' | 'attempts'>;
  readonly passwords: PasswordHasher;
};

/** What the store says of a user who is here. */
export type PasswordAnswer =
  | { readonly verdict: 'verified'; readonly user: User }
  | { readonly verdict: 'wrong_password' | 'locked' };

/** What our own store knows of a login. */
export type LocalAnswer =
  | PasswordAnswer
  | { readonly verdict: 'unknown' | 'tombstoned' }
  | { readonly verdict: 'too_many_attempts'; readonly retryAfterMs: number };

export type CheckedLogin = { readonly answer: LocalAnswer; readonly facts: LoginFacts };

/**
 * Checks a password against our store, unless there were too many wrong ones. Whoever is rejected by us alone waits as
 * long as for a real check, so that time does not tell who exists; a user unknown here whom a script will be asked about
 * is passed on at once, and how that ends is told later (`settleAttempt`, `migrateProvenUser`).
 * @throws ServiceError USER_POOL_NOT_FOUND, STORE_UNAVAILABLE, SERVICE_UNAVAILABLE; then the attempt does not count
 */
export const checkLogin = async (
  attempt: LoginAttempt,
  signal: AbortSignal,
  deps: LoginDeps,
): Promise<CheckedLogin> => {
  const { users, attempts } = deps.store;
  const subject = subjectOf(attempt);
  const { facts, found, attempt: begun } = await users.beginLogin(subject);
  if (!begun.allowed) return { facts, answer: { verdict: 'too_many_attempts', retryAfterMs: begun.retryAfterMs } };
  try {
    // Who has stopped waiting has not heard that the user is unknown here, and asks no script.
    signal.throwIfAborted();
    if (found === undefined) return { facts, answer: { verdict: 'unknown' } };
    const answer = await settled(subject, await localAnswer(attempt, { facts, found }, signal, deps), deps);
    // Behind the answer, which does not wait for it.
    if (answer.verdict === 'verified' && found.verdict === 'ok') void renewHash(attempt, found, deps);
    return { facts, answer };
  } catch (error) {
    // What we could not check was no wrong password; should this fail too, it counts until it is forgotten.
    await attempts.undecided(subject).catch(() => undefined);
    throw error;
  }
};

const localAnswer = async (
  { password }: LoginAttempt,
  { facts, found }: { readonly facts: LoginFacts; readonly found: FoundUser },
  signal: AbortSignal,
  { passwords }: LoginDeps,
): Promise<LocalAnswer> => {
  if (found.verdict === 'ok') return answerFor(found, password, signal, passwords);
  if (found.verdict === 'tombstoned' || !facts.connection?.enabled) await passwords.verifyNobody(password, signal);
  return { verdict: found.verdict === 'tombstoned' ? 'tombstoned' : 'unknown' };
};

/** A password that was right is no guess, whether it lets its owner in or not. */
const settled = async (subject: LoginSubject, answer: LocalAnswer, { store }: LoginDeps): Promise<LocalAnswer> => {
  const { verdict } = answer;
  if (verdict === 'verified') await store.attempts.loggedIn(subject, false);
  else if (verdict === 'locked') await store.attempts.proven(subject);
  return answer;
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
