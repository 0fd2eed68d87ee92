import { type ExternalId, externalIdKey, loginIdentifiersOf, type Profile } from '@userferry/user-model';
import type { EntityManager } from 'typeorm';
import { conflictEntity } from '../../entities/history-entities.ts';
import { externalIdEntity, userEntity, userIdentifierEntity } from '../../entities/user-entities.ts';
import { isUuid, lockPool } from '../../require-pool.ts';
import { holdsCustomUserStore } from '../connections/connection-row.ts';
import { type Author, writeAudit, writeUserAudit } from '../history/audit.ts';
import { type ExternalKey, forgetConflicts } from '../proven-users/conflict-rows.ts';
import { identifierRows, takenOf } from './identifier-rows.ts';
import { findByExternalId } from './stored-user.ts';
import { anyTombstoned, bury, externalTombstoneKey, type TombstoneKey, userTombstoneKey } from './tombstones.ts';
import { goneResult } from './user-row.ts';

export type Deletion = { readonly userPoolId: string; readonly userId: string };

/** A user who lives in the legacy user store only. */
export type LegacyDeletion = {
  readonly userPoolId: string;
  readonly connectionId: string;
  readonly externalId: ExternalId;
  readonly profile: Profile;
};

export type DeletionResult = { readonly verdict: 'ok' | 'not_found' | 'tombstoned' | 'custom_user_store' };

const action = 'IdentityService/DeleteUser';

/** Removes a stored user and leaves every key by which they could come back. The pool is held alone. */
const removeStored = async (
  manager: EntityManager,
  { userPoolId, userId, more = [] }: Deletion & { more?: readonly TombstoneKey[] },
  { at, actor }: { at: Date; actor: string },
): Promise<void> => {
  const externals = await manager.findBy(externalIdEntity, { userPoolId, userId });
  const identifiers = await manager.findBy(userIdentifierEntity, { userPoolId, userId });
  const keys = [
    userTombstoneKey(userPoolId, userId),
    ...externals.map(externalTombstoneKey),
    ...identifiers.map(({ kind, normalised }) => ({ userPoolId, kind, value: normalised })),
    ...more,
  ];
  // Two connections may have given the same id, and the legacy profile names what is stored, too.
  const distinct = new Map(keys.map((key) => [JSON.stringify([key.kind, key.value]), key]));
  await bury(manager, [...distinct.values()], { at, actor });
  for (const { connectionId, idType, idText } of externals)
    await forgetConflicts(manager, { userPoolId, connectionId, idType, idText });
  // Open ones and decided ones have an index each.
  for (const keptLocal of [false, true]) await manager.delete(conflictEntity, { userPoolId, userId, keptLocal });
  await manager.delete(userEntity, { id: userId });
};

/** Deletes one of our users for good. One attempt, in one transaction. */
export const deleteUser = async (
  manager: EntityManager,
  { userPoolId, userId }: Deletion,
  author: Author & { readonly at: Date },
): Promise<DeletionResult> => {
  await lockPool(manager, userPoolId, 'alone');
  if (await holdsCustomUserStore(manager, userPoolId)) return { verdict: 'custom_user_store' };
  const known = isUuid(userId) && (await manager.existsBy(userEntity, { id: userId, userPoolId }));
  if (!known) return goneResult(manager, userPoolId, userId);
  await removeStored(manager, { userPoolId, userId }, author);
  await writeUserAudit(manager, { userPoolId, userId }, { ...author, action });
  return { verdict: 'ok' };
};

/** The keys of a legacy profile, without identifiers that one of our users has: that user is somebody else. */
const keysOfLegacy = async (manager: EntityManager, external: ExternalKey, profile: Profile, userId?: string) => {
  const rows = identifierRows(external.userPoolId, loginIdentifiersOf(profile));
  const others = (await takenOf(manager, rows)).filter((row) => row.userId !== userId);
  const isFree = ({ kind, normalised }: { kind: string; normalised: string }): boolean =>
    !others.some((row) => row.kind === kind && row.normalised === normalised);
  const keys = rows.filter(isFree).map(({ userPoolId, kind, normalised }) => ({ userPoolId, kind, value: normalised }));
  return [externalTombstoneKey(external), ...keys];
};

/** Deletes a user whom only the legacy user store knows, or who has migrated meanwhile. */
export const deleteLegacyUser = async (
  manager: EntityManager,
  { userPoolId, connectionId, externalId, profile }: LegacyDeletion,
  author: Author & { readonly at: Date },
): Promise<DeletionResult> => {
  await lockPool(manager, userPoolId, 'alone');
  if (await holdsCustomUserStore(manager, userPoolId)) return { verdict: 'custom_user_store' };
  const { type: idType, text: idText } = externalIdKey(externalId);
  const external = { userPoolId, connectionId, idType, idText };
  if (await anyTombstoned(manager, [externalTombstoneKey(external)])) return { verdict: 'tombstoned' };
  const userId = (await findByExternalId(manager, external))?.user.userId;
  const keys = await keysOfLegacy(manager, external, profile, userId);
  if (userId === undefined) await bury(manager, keys, { at: author.at, actor: author.actor });
  else await removeStored(manager, { userPoolId, userId, more: keys }, author);
  await forgetConflicts(manager, external);
  if (userId !== undefined) await writeUserAudit(manager, { userPoolId, userId }, { ...author, action });
  else await writeAudit(manager, { userPoolId, at: author.at, action, target: 'legacy user' }, author);
  return { verdict: 'ok' };
};
