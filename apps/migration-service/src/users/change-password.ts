import type { AttemptSubject, AuditedCall } from '@userferry/user-store';
import { answerFor } from '../login/check-login.ts';
import { type LoginAttempt, subjectOf } from '../login/login-attempt.ts';
import { type OwnUserResult, ownResult } from './create-user.ts';
import { requireOwnUsers, type UserDeps } from './own-users.ts';

export type PasswordChange = {
  readonly userPoolId: string;
  readonly userId: string;
  /** Absent: not checked (forgot password, administrators). */
  readonly oldPassword: string | undefined;
  readonly newPassword: string;
  /** What a wrong old password is counted as; absent: one for the user's id. */
  readonly attempted: Omit<LoginAttempt, 'password' | 'userPoolId'> | undefined;
};

export type PasswordChangeResult =
  | OwnUserResult
  | { readonly verdict: 'wrong_password' | 'locked' }
  | { readonly verdict: 'too_many_attempts'; readonly retryAfterMs: number };

type CheckedOld =
  | { readonly verdict: 'proven'; readonly replaces: string | undefined }
  | Exclude<PasswordChangeResult, OwnUserResult>;

/**
 * As a login's where the user is named as in one, so that the limit does not tell who is here; else under the user's id, whatever
 * the address: the caller is logged in.
 */
const countedAs = ({ userPoolId, userId, attempted }: PasswordChange): AttemptSubject =>
  attempted === undefined ? { userPoolId, who: { userId }, address: '' } : subjectOf({ userPoolId, ...attempted });

const checkOld = async (
  change: PasswordChange,
  oldPassword: string,
  signal: AbortSignal,
  { store, passwords }: UserDeps,
): Promise<CheckedOld> => {
  const { userPoolId, userId } = change;
  const subject = countedAs(change);
  const begun = await store.attempts.begin(subject);
  if (!begun.allowed) return { verdict: 'too_many_attempts', retryAfterMs: begun.retryAfterMs };
  try {
    const found = await store.users.find(userPoolId, { userId });
    const stored = found.verdict === 'ok' ? found : undefined;
    const answer = stored && (await answerFor(stored, oldPassword, signal, passwords));
    if (answer === undefined) await passwords.verifyNobody(oldPassword, signal);
    if (answer === undefined || answer.verdict === 'wrong_password') return { verdict: 'wrong_password' };
    await store.attempts.proven(subject);
    return answer.verdict === 'locked' ? answer : { verdict: 'proven', replaces: stored?.credential?.hash };
  } catch (error) {
    await store.attempts.undecided(subject).catch(() => undefined);
    throw error;
  }
};

/**
 * Sets a new password; where the old one is given, it has to be right.
 * @throws ServiceError USER_POOL_NOT_FOUND, PASSWORD_TOO_WEAK, CONCURRENT_CHANGE (another change was faster, or a custom
 * user store by now), STORE_UNAVAILABLE, SERVICE_UNAVAILABLE
 */
export const changePassword = async (
  change: PasswordChange,
  { signal, ...by }: AuditedCall & { readonly signal: AbortSignal },
  deps: UserDeps,
): Promise<PasswordChangeResult> => {
  const { userPoolId, userId, oldPassword, newPassword } = change;
  await requireOwnUsers(userPoolId, deps);
  const checked = oldPassword === undefined ? undefined : await checkOld(change, oldPassword, signal, deps);
  if (checked !== undefined && checked.verdict !== 'proven') return checked;
  const credential = await deps.passwords.hashNew(newPassword, signal);
  const wanted = { userPoolId, userId, credential, replaces: checked?.replaces };
  const result = await deps.store.users.setPassword(wanted, by);
  return result.verdict === 'locked' ? result : ownResult(result);
};
