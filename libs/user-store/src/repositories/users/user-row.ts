import type { EntityManager } from 'typeorm';
import { credentialEntity, userEntity } from '../../entities/user-entities.ts';
import { isUuid } from '../../require-pool.ts';
import { type Credential, findById } from './stored-user.ts';
import { anyTombstoned, userTombstoneKey } from './tombstones.ts';
import type { UserResult } from './user-result.ts';

/** Takes the user's row for the rest of the transaction. */
export const lockUser = (manager: EntityManager, userPoolId: string, userId: string) =>
  isUuid(userId)
    ? manager.findOne(userEntity, { where: { id: userId, userPoolId }, lock: { mode: 'pessimistic_write' } })
    : null;

/** Gives a user this password, in place of any other; `isShown`: whoever sets it has shown the one before. */
export const setCredential = async (
  manager: EntityManager,
  userId: string,
  credential: Credential,
  { at, isShown = false }: { readonly at: Date; readonly isShown?: boolean },
): Promise<void> => {
  // Another password has let nobody in yet, from anywhere. Who changes theirs because others guess at it goes on to be known,
  // or would wait as long as those go on.
  const row = { ...credential, userId, createdAt: at, ...(isShown ? {} : { knownAddresses: null }) };
  await manager.upsert(credentialEntity, row, ['userId']);
};

/** What is said of a change of somebody who is not here, or no more. */
export const goneResult = async (
  manager: EntityManager,
  userPoolId: string,
  userId: string,
): Promise<{ readonly verdict: 'tombstoned' | 'not_found' }> => {
  const isDeleted = await anyTombstoned(manager, [userTombstoneKey(userPoolId, userId)]);
  return { verdict: isDeleted ? 'tombstoned' : 'not_found' };
};

/** The user as a change has left them. */
export const storedResult = async (manager: EntityManager, userPoolId: string, userId: string): Promise<UserResult> => {
  const stored = await findById(manager, userPoolId, userId);
  return stored === undefined ? { verdict: 'not_found' } : { verdict: 'ok', user: stored.user };
};
