import { loginIdentifiersOf, type Profile } from '@userferry/user-model';
import type { KnownUser } from './known-user.ts';
import type { UserEnd } from './user-end.ts';
import type { UserScope } from './user-scope.ts';
import { isIdentifier, type UserSelector } from './user-selector.ts';

const profileOf = (user: KnownUser): Profile =>
  user.kind === 'stored' ? ((user.stored.profile ?? {}) as Profile) : user.profile;

/**
 * Whoever has a new password without the old one has shown otherwise who they are: what was guessed at the old one does not have
 * them wait. As far as their own spellings counted, as with a right password.
 */
export const forgetGuesses = (
  end: UserEnd<KnownUser>,
  user: UserSelector,
  { userPoolId, deps }: UserScope,
): UserEnd<KnownUser> => {
  if (end.step !== 'done') return end;
  const identifiers = loginIdentifiersOf(profileOf(end.value), isIdentifier(user) ? user : undefined);
  for (const { kind, value } of identifiers)
    deps.settle({
      ...{ userPoolId, identifier: { kind, value }, ip: '' },
      ...{ end: 'proven_without_login', byLegacyStore: false },
    });
  return end;
};
