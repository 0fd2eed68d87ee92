import { randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import type { EntityManager } from 'typeorm';
import { type ConnectionRow, connectionEntity, connectionVersionEntity } from '../../entities/connection-entities.ts';
import { isUuid, lockPool, requirePool } from '../../require-pool.ts';

const required = async (
  manager: EntityManager,
  userPoolId: string,
  row: ConnectionRow | null,
): Promise<ConnectionRow> => {
  if (row !== null) return row;
  await requirePool(manager, userPoolId);
  throw new ServiceError('CONNECTION_NOT_FOUND', 'this user pool has no connection yet');
};

/** The pool's connection. Throws ServiceError USER_POOL_NOT_FOUND, CONNECTION_NOT_FOUND. */
export const requireConnection = async (manager: EntityManager, userPoolId: string): Promise<ConnectionRow> =>
  required(manager, userPoolId, isUuid(userPoolId) ? await manager.findOneBy(connectionEntity, { userPoolId }) : null);

/** The pool's connection, if it has one, held alone until the transaction ends. */
export const findLocked = async (manager: EntityManager, userPoolId: string): Promise<ConnectionRow | null> =>
  isUuid(userPoolId)
    ? manager.findOne(connectionEntity, { where: { userPoolId }, lock: { mode: 'pessimistic_write' } })
    : null;

/** The same; throws ServiceError USER_POOL_NOT_FOUND, CONNECTION_NOT_FOUND. */
export const lockConnection = async (manager: EntityManager, userPoolId: string): Promise<ConnectionRow> =>
  required(manager, userPoolId, await findLocked(manager, userPoolId));

/**
 * A pool's new connection, without a version yet. Its versions go on from those of the one that was deleted: what somebody has
 * seen of that one is no version of this. Throws ServiceError USER_POOL_NOT_FOUND.
 */
export const newConnection = async (manager: EntityManager, userPoolId: string, at: Date): Promise<ConnectionRow> => {
  // No other comes and goes between the look and the insert.
  await lockPool(manager, userPoolId, 'changing');
  const [{ version }] = await manager.query<[{ version: number }]>(
    'SELECT deleted_versions AS version FROM user_pools WHERE id = $1',
    [userPoolId],
  );
  const row = { id: randomUUID(), userPoolId, enabled: false, version, updatedAt: at };
  await manager.insert(connectionEntity, row);
  return row;
};

/**
 * Whether users of this pool live in the legacy user store alone, for the rest of the transaction: the connection cannot
 * be switched before its end. Two statements, since a row that one has waited for is joined to what was there before.
 */
export const holdsCustomUserStore = async (manager: EntityManager, userPoolId: string): Promise<boolean> => {
  const row = await manager.findOne(connectionEntity, { where: { userPoolId }, lock: { mode: 'for_key_share' } });
  if (row === null || !row.enabled) return false;
  const { id: connectionId, version } = row;
  return manager.existsBy(connectionVersionEntity, { connectionId, version, mode: 'custom_user_store' });
};

/** Throws ServiceError CONCURRENT_CHANGE unless the connection migrates users, for the rest of the transaction. */
export const holdLazyMigration = async (manager: EntityManager, connectionId: string): Promise<void> => {
  const row = await manager.findOne(connectionEntity, { where: { id: connectionId }, lock: { mode: 'for_key_share' } });
  const { version = 0 } = row ?? {};
  const lazy = await manager.existsBy(connectionVersionEntity, { connectionId, version, mode: 'lazy_migration' });
  if (!lazy) throw new ServiceError('CONCURRENT_CHANGE', 'the connection no longer migrates users');
};
