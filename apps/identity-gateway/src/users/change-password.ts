import { rejected, WRONG_OLD_PASSWORD } from '../outcome/rejected.ts';
import { changeBeforeMigration } from './change-before-migration.ts';
import { changeHere, type PasswordChange, refuseNobody } from './change-here.ts';
import { changeThere } from './change-there.ts';
import type { KnownUser } from './known-user.ts';
import { refuseWeak } from './new-password.ts';
import { type FoundHere, findHere } from './resolve-user.ts';
import type { Ended, UserEnd } from './user-end.ts';
import { ended } from './user-end.ts';
import type { UserScope } from './user-scope.ts';
import type { UserSelector } from './user-selector.ts';

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
  if (standing === 'stored' && stored !== undefined) return changeHere(stored.userId, { user, change }, asked);
  return standing === 'maybe_legacy' ? changeBeforeMigration(user, change, asked) : refuseNobody(user, change, asked);
};
