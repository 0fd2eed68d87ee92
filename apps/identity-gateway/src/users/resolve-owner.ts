import { identifierKey } from '@userferry/user-model';
import type { Asked } from './ask-script.ts';
import { type FoundHere, type Resolved, resolveCustom, resolveUser } from './resolve-user.ts';
import type { UserSelector } from './user-selector.ts';

type Custom = Awaited<ReturnType<typeof resolveCustom>>;

/**
 * Whether what was typed is the found user's own e-mail or phone. What a legacy user store finds somebody by need not be: its
 * collation may ignore accents, and the mailbox of such a look-alike is somebody else's. Its profile may leave out what it
 * finds users by; of our users the profile shows what is theirs, and an alias is not.
 */
const isOwn = (user: UserSelector, resolved: Resolved | Custom): boolean => {
  if (user.kind !== 'email' && user.kind !== 'phone') return true;
  const { kind } = user;
  const isTyped = (value: string) => identifierKey({ kind, value }) === identifierKey(user);
  switch (resolved.step) {
    case 'stored':
      return isTyped(resolved.stored.profile?.[kind] ?? '');
    case 'legacy':
    case 'custom':
      return isTyped(resolved.user.profile[kind] ?? user.value);
    default:
      return true;
  }
};

/**
 * `resolveUser` for calls that set a password without the old one: who makes them has proven to read what is sent to the
 * address that was typed, so it has to be the user's. One that is not names nobody.
 */
export const resolveOwner = async (user: UserSelector, found: FoundHere): Promise<Resolved> => {
  const resolved = await resolveUser(user, found);
  return isOwn(user, resolved) ? resolved : { step: 'unknown' };
};

/** The same in a custom user store. */
export const resolveCustomOwner = async (user: UserSelector, asked: Asked): Promise<Custom> => {
  const resolved = await resolveCustom(user, asked);
  return isOwn(user, resolved) ? resolved : { step: 'unknown' };
};
