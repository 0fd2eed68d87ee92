import { identifierKey } from '@userferry/user-model';
import type { Asked } from './ask-script.ts';
import type { KnownUser } from './known-user.ts';
import { asKnown } from './reset-password.ts';
import { type Passwords, setPassword } from './set-password.ts';
import type { UserEnd } from './user-end.ts';
import { isIdentifier, type UserSelector } from './user-selector.ts';

export type PasswordChange = { readonly oldPassword: string; readonly newPassword: string };

const countedAs = (user: UserSelector, change: PasswordChange): Passwords =>
  isIdentifier(user) ? { ...change, typed: user } : change;

/** The old password of one of our users is checked by our store, and counted under how they were named. */
export const changeHere = async (
  userId: string,
  { user, change }: { readonly user: UserSelector; readonly change: PasswordChange },
  { scope }: Asked,
): Promise<UserEnd<KnownUser>> => asKnown(await setPassword(userId, countedAs(user, change), scope));

/**
 * Whoever is not here, or was deleted here, is asked for as if what was typed were an id of ours: nobody has it, and our store
 * takes as long and counts as for a wrong old password, so that its limit does not tell who exists.
 */
export const refuseNobody = async (
  user: UserSelector,
  change: PasswordChange,
  asked: Asked,
): Promise<UserEnd<KnownUser>> => {
  const value = isIdentifier(user) ? identifierKey(user) : user.value;
  const userId = user.kind === 'user_id' ? user.value : `${user.kind}:${value}`;
  return changeHere(userId, { user, change }, asked);
};
