import { USER_NOT_FOUND, USER_TOMBSTONED } from '../outcome/rejected.ts';
import type { Asked } from './ask-script.ts';
import { forgetGuesses } from './forget-guesses.ts';
import { type KnownUser, storedUser } from './known-user.ts';
import { refuseWeak } from './new-password.ts';
import { resolveCustomOwner, resolveOwner } from './resolve-owner.ts';
import { type FoundHere, findHere } from './resolve-user.ts';
import { migrateWithPassword, setPassword } from './set-password.ts';
import { updateById } from './update-user.ts';
import { done, type Ended, ended, type UserEnd } from './user-end.ts';
import type { UserScope } from './user-scope.ts';
import type { UserSelector } from './user-selector.ts';

/** Sets a password without the old one: before migration the user is stored with it and counts as migrated. */
export const resetPassword = async (
  user: UserSelector,
  newPassword: string,
  scope: UserScope,
): Promise<Ended<KnownUser>> => {
  const found = await findHere(user, scope);
  const end =
    found.standing === 'custom'
      ? await resetThere(user, newPassword, found.asked)
      : await refuseWeak(resetHere(user, newPassword, found));
  return ended(found.facts, forgetGuesses(end, user, scope));
};

const resetHere = async (user: UserSelector, newPassword: string, found: FoundHere): Promise<UserEnd<KnownUser>> => {
  const passwords = { oldPassword: undefined, newPassword };
  const resolved = await resolveOwner(user, found);
  switch (resolved.step) {
    case 'stored':
      return asKnown(await setPassword(resolved.stored.userId, passwords, found.asked.scope));
    case 'legacy':
      return asKnown(await migrateWithPassword(resolved.user, user, passwords, found.asked));
    case 'tombstoned':
      return USER_TOMBSTONED;
    case 'unknown':
      return USER_NOT_FOUND;
    default:
      return resolved;
  }
};

export const asKnown = (end: UserEnd<Parameters<typeof storedUser>[0]>): UserEnd<KnownUser> =>
  end.step === 'done' ? done(storedUser(end.value)) : end;

const resetThere = async (user: UserSelector, newPassword: string, asked: Asked): Promise<UserEnd<KnownUser>> => {
  const resolved = await resolveCustomOwner(user, asked);
  if (resolved.step === 'unknown') return USER_NOT_FOUND;
  if (resolved.step !== 'custom') return resolved;
  return updateById(resolved.user.externalId, { password: newPassword }, asked);
};
