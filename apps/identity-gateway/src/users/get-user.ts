import { USER_NOT_FOUND, USER_TOMBSTONED } from '../outcome/rejected.ts';
import { type KnownUser, storedUser } from './known-user.ts';
import { findHere, resolveCustom, resolveUser } from './resolve-user.ts';
import { done, type Ended, ended, type UserEnd } from './user-end.ts';
import type { UserScope } from './user-scope.ts';
import type { UserSelector } from './user-selector.ts';

/** One user: ours, else whom `getUser` finds. Writes nothing. */
export const getUser = async (user: UserSelector, scope: UserScope): Promise<Ended<KnownUser>> => {
  const found = await findHere(user, scope);
  const resolved =
    found.standing === 'custom' ? await resolveCustom(user, found.asked) : await resolveUser(user, found);
  return ended(found.facts, endOf(resolved));
};

type Resolution = Awaited<ReturnType<typeof resolveCustom>> | Awaited<ReturnType<typeof resolveUser>>;

const endOf = (resolved: Resolution): UserEnd<KnownUser> => {
  switch (resolved.step) {
    case 'stored':
      return done(storedUser(resolved.stored));
    case 'legacy':
    case 'custom':
      return done(resolved.user);
    case 'tombstoned':
      return USER_TOMBSTONED;
    case 'unknown':
      return USER_NOT_FOUND;
    default:
      return resolved;
  }
};
