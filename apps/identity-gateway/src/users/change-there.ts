import { type Identifier, identifiersOf } from '@userferry/user-model';
import type { SettledAttempt } from '../clients/login-store.ts';
import type { LoginStep } from '../login/login-step.ts';
import { stepAfterStore } from '../login/next-step.ts';
import { attemptOf, undecidedEnd } from '../login/settle-attempt.ts';
import { type Rejected, USER_LOCKED, WRONG_OLD_PASSWORD } from '../outcome/rejected.ts';
import { type Asked, askValidatePassword } from './ask-script.ts';
import type { PasswordChange } from './change-here.ts';
import type { KnownUser } from './known-user.ts';
import { resolveCustom } from './resolve-user.ts';
import { updateById } from './update-user.ts';
import type { UserEnd } from './user-end.ts';
import { isIdentifier, type UserSelector } from './user-selector.ts';

/** Counts an attempt in a custom user store as a login of that identifier: what stands against it, if anything. */
const countThere = async (
  identifier: Identifier,
  password: string,
  { scope: { userPoolId, facts, call, deps } }: Asked,
): Promise<Extract<LoginStep, Rejected> | undefined> => {
  const allowed = stepAfterStore(await deps.logins.checkLogin({ userPoolId, identifier, password, facts }, call), 'on');
  return allowed.step === 'reject' && allowed.reason === 'TOO_MANY_ATTEMPTS' ? allowed : undefined;
};

const byId = (id: string | number): Identifier => ({ kind: 'username', value: String(id) });

/**
 * Wrong old passwords count here as they do in a login, under the identifier or else under the legacy id, whether anybody has
 * it or not.
 */
export const changeThere = async (
  user: UserSelector,
  { oldPassword, newPassword }: PasswordChange,
  asked: Asked,
): Promise<UserEnd<KnownUser>> => {
  const resolved = await resolveCustom(user, asked);
  if (resolved.step === 'unknown')
    return (await countThere(isIdentifier(user) ? user : byId(user.value), oldPassword, asked)) ?? WRONG_OLD_PASSWORD;
  if (resolved.step !== 'custom') return resolved;
  const { externalId, profile } = resolved.user;
  if (profile.blocked) return USER_LOCKED;
  const { userPoolId, facts, deps } = asked.scope;
  const identifier = isIdentifier(user) ? user : (identifiersOf(profile)[0] ?? byId(externalId));
  const refusal = await countThere(identifier, oldPassword, asked);
  if (refusal !== undefined) return refusal;
  const settle = (end: SettledAttempt['end']) =>
    deps.settle({
      ...attemptOf({ userPoolId, identifier, facts }),
      end,
      byLegacyStore: end === 'proven_without_login',
    });
  const valid = await askValidatePassword(asked, externalId, oldPassword).catch((error: unknown) => {
    settle('undecided');
    throw error;
  });
  if (valid.step === 'leave_undecided') settle(undecidedEnd(valid));
  if (valid.step !== 'answered') return valid;
  if (!valid.value) return WRONG_OLD_PASSWORD;
  settle('proven_without_login');
  return updateById(externalId, { password: newPassword }, asked);
};
