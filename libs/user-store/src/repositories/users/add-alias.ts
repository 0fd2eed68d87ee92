import type { Identifier } from '@userferry/user-model';
import type { EntityManager } from 'typeorm';
import { userIdentifierEntity } from '../../entities/user-entities.ts';
import { lockPool } from '../../require-pool.ts';
import { holdLazyMigration } from '../connections/connection-row.ts';
import { giveIdentifiers, identifierRows, takenOf, tombstoneKeys } from './identifier-rows.ts';
import { anyTombstoned } from './tombstones.ts';
import { lockUser } from './user-row.ts';

// A legacy user store that ignores case knows a user by more spellings than are worth a row.
const ALIASES_MAX = 20;

export type Alias = {
  readonly userPoolId: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly typed: Identifier;
};

/** Lets a user log in here by what they typed; nothing happens where that is somebody's, or a deleted user's. */
export const addAlias = async (
  manager: EntityManager,
  { userPoolId, connectionId, userId, typed }: Alias,
): Promise<void> => {
  await holdLazyMigration(manager, connectionId);
  await lockPool(manager, userPoolId, 'shared');
  const row = await lockUser(manager, userPoolId, userId);
  if (row === null || (await anyTombstoned(manager, tombstoneKeys(userPoolId, [typed])))) return;
  const count = await manager.countBy(userIdentifierEntity, { userId });
  // Not for the profile to show: it may lack one of this kind because that was cleared here.
  const rows = identifierRows(userPoolId, [{ ...typed, inProfile: false }]);
  if (count >= ALIASES_MAX || (await takenOf(manager, rows)).length > 0) return;
  await giveIdentifiers(manager, userId, rows);
};
