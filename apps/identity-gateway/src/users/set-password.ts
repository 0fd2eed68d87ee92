import { ServiceError } from '@userferry/errors';
import { type Identifier, identifiersOf } from '@userferry/user-model';
import type { StoredUser } from '../clients/migration.ts';
import {
  tooManyAttempts,
  USER_LOCKED,
  USER_NOT_FOUND,
  USER_TOMBSTONED,
  VALIDATION_FAILED,
  WRONG_OLD_PASSWORD,
} from '../outcome/rejected.ts';
import { IDENTIFIER_CONFLICT } from '../outcome/undecided.ts';
import { type Asked, connectionOf } from './ask-script.ts';
import { findHere } from './resolve-user.ts';
import type { ScriptUser } from './script-answer.ts';
import { done, type UserEnd } from './user-end.ts';
import type { UserScope } from './user-scope.ts';
import { isIdentifier, type UserSelector } from './user-selector.ts';

/** A new password; the old one is checked where it is given. */
export type Passwords = {
  readonly oldPassword: string | undefined;
  readonly newPassword: string;
  /**
   * What was typed, if an identifier was: a wrong old password counts under it as for whoever has not migrated yet, so that the
   * limit tells nobody who has.
   */
  readonly typed?: Identifier;
};

/** Sets the password of one of our users. */
export const setPassword = async (
  userId: string,
  passwords: Passwords,
  { userPoolId, facts, call, deps }: UserScope,
): Promise<UserEnd<StoredUser>> => {
  const change = { userPoolId, userId, ip: facts.ip, ...passwords };
  const { verdict, user, retryAfterMs } = await deps.users.changePassword(change, call);
  switch (verdict) {
    case 'ok':
      if (user === undefined) break;
      return done(user);
    case 'wrong_password':
      return WRONG_OLD_PASSWORD;
    case 'locked':
      return USER_LOCKED;
    case 'too_many_attempts':
      return tooManyAttempts(retryAfterMs);
    case 'tombstoned':
      return passwords.oldPassword === undefined ? USER_TOMBSTONED : WRONG_OLD_PASSWORD;
    case 'not_found':
      return passwords.oldPassword === undefined ? USER_NOT_FOUND : WRONG_OLD_PASSWORD;
    default:
  }
  throw new Error(`our store cannot say ${verdict} of a change of password`);
};

/**
 * Under which identifier a user of the legacy user store is stored: with their old password the one that was typed, as by a
 * login. Without it nothing has proven that it is theirs, and they are known by what the profile has alone.
 */
const identifierOf = (user: ScriptUser, named: UserSelector, { oldPassword }: Passwords) =>
  oldPassword !== undefined && isIdentifier(named) ? named : identifiersOf(user.profile)[0];

/**
 * Stores a user of the legacy user store with a new password: from then on they have migrated. Repeated, it ends as the
 * first time; a login that was faster and stored the old password makes it a change of password.
 */
export const migrateWithPassword = async (
  user: ScriptUser,
  named: UserSelector,
  passwords: Passwords,
  asked: Asked,
): Promise<UserEnd<StoredUser>> => {
  const { userPoolId, facts, call, deps } = asked.scope;
  if (user.profile.blocked) return USER_LOCKED;
  const identifier = identifierOf(user, named, passwords);
  if (identifier === undefined) return { ...VALIDATION_FAILED, message: NO_IDENTIFIER };
  const attempt = { userPoolId, identifier, password: passwords.newPassword, facts };
  const { connectionId } = connectionOf(asked);
  // As it was read: without the old password, which the row may have.
  const profileJson = JSON.stringify({ ...user.profile, id: user.externalId });
  const request = { attempt, connectionId, profileJson, passwordIsNew: true };
  const migration = await deps.logins.migrateUser(request, call);
  switch (migration.verdict) {
    case 'tombstoned':
      return passwords.oldPassword === undefined ? USER_TOMBSTONED : WRONG_OLD_PASSWORD;
    case 'conflict':
      return IDENTIFIER_CONFLICT;
    case 'locked':
      return USER_LOCKED;
    case 'wrong_password':
      return changeStored(user, passwords, asked);
    default:
      return done(migration.user);
  }
};

const NO_IDENTIFIER = 'the user has no e-mail, phone or username to log in with here';

const changeStored = async (user: ScriptUser, passwords: Passwords, asked: Asked): Promise<UserEnd<StoredUser>> => {
  const { stored } = await findHere({ kind: 'external_id', value: user.externalId }, asked.scope);
  // Our store knew them a moment ago.
  if (stored === undefined)
    throw new ServiceError('CONCURRENT_CHANGE', 'the user was deleted at this moment; try again');
  return setPassword(stored.userId, passwords, asked.scope);
};
