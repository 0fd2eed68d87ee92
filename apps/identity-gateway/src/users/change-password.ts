import { type Identifier, identifierKey, identifiersOf } from '@userferry/user-model';
import type { SettledAttempt } from '../clients/login-store.ts';
import { askLogin } from '../login/ask-login.ts';
import type { LoginStep } from '../login/login-step.ts';
import { stepAfterStore } from '../login/next-step.ts';
import { attemptOf, undecidedEnd } from '../login/settle-attempt.ts';
import { type Rejected, rejected, USER_LOCKED, WRONG_OLD_PASSWORD } from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';
import { type Asked, askGetUser, askValidatePassword, modeChanged } from './ask-script.ts';
import type { KnownUser } from './known-user.ts';
import { refuseWeak } from './new-password.ts';
import { asKnown } from './reset-password.ts';
import { type FoundHere, findHere, resolveCustom } from './resolve-user.ts';
import { migrateWithPassword, type Passwords, setPassword } from './set-password.ts';
import { updateById } from './update-user.ts';
import type { Ended, UserEnd } from './user-end.ts';
import { ended } from './user-end.ts';
import type { UserScope } from './user-scope.ts';
import { isIdentifier, queryOfSelector, type UserSelector } from './user-selector.ts';

export type PasswordChange = { readonly oldPassword: string; readonly newPassword: string };

/** Whoever does not know the old password learns nothing: an unknown user is answered like a wrong password. */
export const changePassword = async (
  user: UserSelector,
  change: PasswordChange,
  scope: UserScope,
): Promise<Ended<KnownUser>> => {
  const found = await findHere(user, scope);
  return ended(found.facts, withoutCredentialsReason(await refuseWeak(endOf(user, change, found))));
};

/** What a login calls wrong credentials, this call calls a wrong old password. */
const withoutCredentialsReason = (end: UserEnd<KnownUser>): UserEnd<KnownUser> =>
  end.step === 'reject' && end.reason === 'INVALID_CREDENTIALS' ? rejected(WRONG_OLD_PASSWORD, end.detail) : end;

const endOf = async (
  user: UserSelector,
  change: PasswordChange,
  { standing, stored, asked }: FoundHere,
): Promise<UserEnd<KnownUser>> => {
  if (standing === 'custom') return changeThere(user, change, asked);
  if (standing === 'stored' && stored !== undefined)
    return asKnown(await setPassword(stored.userId, countedAs(user, change), asked.scope));
  return standing === 'maybe_legacy' ? changeBeforeMigration(user, change, asked) : refuseNobody(user, change, asked);
};

/**
 * Whoever is not here, or was deleted here, is asked for as if what was typed were an id of ours: nobody has it, and our store
 * takes as long and counts as for a wrong old password, so that its limit does not tell who exists.
 */
const refuseNobody = async (
  user: UserSelector,
  change: PasswordChange,
  { scope }: Asked,
): Promise<UserEnd<KnownUser>> => {
  const value = isIdentifier(user) ? identifierKey(user) : user.value;
  const userId = user.kind === 'user_id' ? user.value : `${user.kind}:${value}`;
  return asKnown(await setPassword(userId, countedAs(user, change), scope));
};

const countedAs = (user: UserSelector, change: PasswordChange): Passwords =>
  isIdentifier(user) ? { ...change, typed: user } : change;

/** By which identifier a user of the legacy user store logs in, when an id names them. */
const loginIdentifier = async (
  user: UserSelector,
  asked: Asked,
): Promise<
  { readonly step: 'identifier'; readonly identifier: Identifier } | { readonly step: 'unknown' } | Rejected | Undecided
> => {
  if (isIdentifier(user)) return { step: 'identifier', identifier: user };
  const query = queryOfSelector(user);
  if (query === undefined) return { step: 'unknown' };
  const answer = await askGetUser(asked, query);
  if (answer.step !== 'answered') return answer;
  const identifier = answer.value === null ? undefined : identifiersOf(answer.value.profile)[0];
  return identifier === undefined ? { step: 'unknown' } : { step: 'identifier', identifier };
};

/** The legacy user store proves the old password as in a login, and is limited like one; the new one is stored. */
const changeBeforeMigration = async (
  user: UserSelector,
  change: PasswordChange,
  asked: Asked,
): Promise<UserEnd<KnownUser>> => {
  const { oldPassword } = change;
  const named = await loginIdentifier(user, asked);
  if (named.step === 'unknown') return refuseNobody(user, change, asked);
  if (named.step !== 'identifier') return named;
  const { scope } = asked;
  const { identifier } = named;
  const attempt = { userPoolId: scope.userPoolId, identifier, password: oldPassword, facts: scope.facts };
  const proven = await askLogin(attempt, scope.call, scope.deps);
  const { step } = proven;
  switch (step.step) {
    case 'authenticate': {
      // Somebody logged in since: the user is ours by now.
      const known = proven.checked.user;
      if (known === undefined) throw modeChanged();
      if (!isNamed(user, known.externalRef?.ref?.value)) return WRONG_OLD_PASSWORD;
      return asKnown(await setPassword(known.userId, change, scope));
    }
    case 'migrate': {
      // Proven, whatever becomes of the new one: the store counted the attempt and could not see this.
      scope.deps.settle({ ...attemptOf(attempt), end: 'proven_without_login', byLegacyStore: true });
      const { externalId, profile, profileJson: json } = step;
      if (!isNamed(user, externalId)) return WRONG_OLD_PASSWORD;
      // Here under other identifiers, what counts is the password here, and the limit of guesses at it.
      const { stored } = await findHere({ kind: 'external_id', value: externalId }, scope);
      if (stored !== undefined) return asKnown(await setPassword(stored.userId, change, scope));
      return asKnown(
        await migrateWithPassword({ kind: 'legacy', externalId, profile, json }, identifier, change, asked),
      );
    }
    case 'leave_undecided':
      scope.deps.settle({ ...attemptOf(attempt), end: undecidedEnd(step), byLegacyStore: false });
      return step;
    default:
      return step;
  }
};

/** Whoever is named by a legacy id logs in by an identifier of the profile, which may be somebody else's here. */
const isNamed = (user: UserSelector, id: string | number | bigint | undefined): boolean =>
  isIdentifier(user) || String(user.value) === String(id);

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
const changeThere = async (
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
