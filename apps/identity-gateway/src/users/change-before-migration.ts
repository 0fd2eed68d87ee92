import { type Identifier, identifiersOf, withoutPassword } from '@userferry/user-model';
import { askLogin } from '../login/ask-login.ts';
import { attemptOf, settledLogin } from '../login/settle-attempt.ts';
import { type Rejected, WRONG_OLD_PASSWORD } from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';
import { type Asked, askGetUser, modeChanged } from './ask-script.ts';
import { type PasswordChange, refuseNobody } from './change-here.ts';
import type { KnownUser } from './known-user.ts';
import { asKnown } from './reset-password.ts';
import { findHere } from './resolve-user.ts';
import { migrateWithPassword, setPassword } from './set-password.ts';
import type { UserEnd } from './user-end.ts';
import { isIdentifier, queryOfSelector, type UserSelector } from './user-selector.ts';

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
export const changeBeforeMigration = async (
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
      const { externalId, profileJson: json } = step;
      const profile = withoutPassword(step.profile, oldPassword);
      if (!isNamed(user, externalId)) return WRONG_OLD_PASSWORD;
      // Here under other identifiers, what counts is the password here, and the limit of guesses at it.
      const { stored } = await findHere({ kind: 'external_id', value: externalId }, scope);
      if (stored !== undefined) return asKnown(await setPassword(stored.userId, change, scope));
      return asKnown(
        await migrateWithPassword({ kind: 'legacy', externalId, profile, json }, identifier, change, asked),
      );
    }
    default: {
      const settled = settledLogin(attempt, step, proven);
      if (settled !== undefined) scope.deps.settle(settled);
      return step;
    }
  }
};

/** Whoever is named by a legacy id logs in by an identifier of the profile, which may be somebody else's here. */
const isNamed = (user: UserSelector, id: string | number | bigint | undefined): boolean =>
  isIdentifier(user) || String(user.value) === String(id);
