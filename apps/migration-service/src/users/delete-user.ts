import { ServiceError } from '@userferry/errors';
import { parseProfileJson, problemsText } from '@userferry/user-model';
import type { Author, DeletionResult } from '@userferry/user-store';
import { modeChanged, requireOwnConnection, requireOwnUsers, type UserDeps } from './own-users.ts';

/** Who is to go: one of ours, or one whom only the legacy user store knows, as its `getUser` returned them. */
export type UserToDelete = { readonly userPoolId: string } & (
  | { readonly userId: string }
  | { readonly connectionId: string; readonly legacyProfileJson: string }
);

const deletion = async (user: UserToDelete, author: Author, deps: UserDeps): Promise<DeletionResult> => {
  const facts = await requireOwnUsers(user.userPoolId, deps);
  if ('userId' in user) return deps.store.users.delete(user, author);
  const { userPoolId, connectionId, legacyProfileJson } = user;
  requireOwnConnection(facts, connectionId);
  const parsed = parseProfileJson(legacyProfileJson);
  if (!parsed.ok) throw new ServiceError('INVALID_ARGUMENT', `legacy_profile_json: ${problemsText(parsed.problems)}`);
  const { externalId, profile } = parsed;
  return deps.store.users.deleteLegacy({ userPoolId, connectionId, externalId, profile }, author);
};

/**
 * Deletes for good: no login brings the user back until the tombstone is lifted.
 * @throws ServiceError USER_POOL_NOT_FOUND, INVALID_ARGUMENT, CONCURRENT_CHANGE
 */
export const deleteUser = async (
  user: UserToDelete,
  author: Author,
  deps: UserDeps,
): Promise<'ok' | 'not_found' | 'tombstoned'> => {
  const { verdict } = await deletion(user, author, deps);
  if (verdict === 'custom_user_store') throw modeChanged();
  return verdict;
};
