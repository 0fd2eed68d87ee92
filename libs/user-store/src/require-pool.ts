import { ServiceError } from '@userferry/errors';
import type { EntityManager } from 'typeorm';
import { type UserPoolRow, userPoolEntity } from './entities/pool-entities.ts';

/** How an id of ours reads. */
export const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the database would take a text as a uuid; any other text names nothing. */
export const isUuid = (text: string): boolean => UUID_FORM.test(text);

export const poolNotFound = (): ServiceError =>
  new ServiceError('USER_POOL_NOT_FOUND', 'there is no user pool with this id');

/** @throws ServiceError USER_POOL_NOT_FOUND */
export const requirePool = async (manager: EntityManager, userPoolId: string): Promise<UserPoolRow> => {
  const pool = isUuid(userPoolId) ? await manager.findOneBy(userPoolEntity, { id: userPoolId }) : null;
  if (pool === null) throw poolNotFound();
  return pool;
};

const LOCKS = { shared: 'for_key_share', changing: 'for_no_key_update', alone: 'pessimistic_write' } as const;

/**
 * Takes the pool's row for the rest of the transaction, before any other row: `shared` for who adds to users, `alone` for who
 * deletes one or decides a conflict, `changing` for who changes no more than what the row says. Whoever has it shared or alone
 * sees every tombstone that there will be before its end, in a transaction that is READ COMMITTED, as each states that takes
 * it: with a snapshot of before it waited, nothing of those it waited for is seen.
 * @throws ServiceError USER_POOL_NOT_FOUND
 */
export const lockPool = async (
  manager: EntityManager,
  userPoolId: string,
  how: keyof typeof LOCKS,
): Promise<UserPoolRow> => {
  if (!isUuid(userPoolId)) throw poolNotFound();
  const mode = LOCKS[how];
  const pool = await manager.findOne(userPoolEntity, { where: { id: userPoolId }, lock: { mode } });
  if (pool === null) throw poolNotFound();
  return pool;
};
