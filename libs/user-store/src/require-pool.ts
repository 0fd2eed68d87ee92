import { ServiceError } from '@userferry/errors';
import type { EntityManager } from 'typeorm';
import { type UserPoolRow, userPoolEntity } from './entities/pool-entities.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the database would take a text as a uuid; any other text names nothing. */
export const isUuid = (text: string): boolean => UUID.test(text);

export const poolNotFound = (): ServiceError =>
  new ServiceError('USER_POOL_NOT_FOUND', 'there is no user pool with this id');

/** @throws ServiceError USER_POOL_NOT_FOUND */
export const requirePool = async (manager: EntityManager, userPoolId: string): Promise<UserPoolRow> => {
  const pool = isUuid(userPoolId) ? await manager.findOneBy(userPoolEntity, { id: userPoolId }) : null;
  if (pool === null) throw poolNotFound();
  return pool;
};
