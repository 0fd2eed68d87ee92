import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@userferry/user-model';
import type { DataSource } from 'typeorm';
import { type UserPoolRow, userPoolEntity } from '../entities/pool-entities.ts';
import { isUuid, poolNotFound } from '../require-pool.ts';
import type { ConnectionMode } from './connection-types.ts';

/** A company's users and their connection. */
export type UserPool = Readonly<Omit<UserPoolRow, 'metadata'>> & { readonly metadata: JsonObject };

/** What a login has to know beside the user. `connection` is absent when the pool has none. */
export type LoginFacts = {
  readonly pool: UserPool;
  readonly connection?: {
    readonly connectionId: string;
    readonly version: number;
    readonly enabled: boolean;
    readonly mode: ConnectionMode;
  };
};

export type NewUserPool = {
  readonly name: string;
  readonly metadata: JsonObject;
  readonly revealRejectionDetails: boolean;
};

/** User pools. */
export const createPoolRepository = (dataSource: DataSource) => ({
  create: async (pool: NewUserPool): Promise<UserPool> => {
    const row = { id: randomUUID(), ...pool, createdAt: new Date() };
    await dataSource.manager.insert(userPoolEntity, row);
    return row;
  },

  /** @throws ServiceError USER_POOL_NOT_FOUND */
  loginFacts: async (userPoolId: string): Promise<LoginFacts> => {
    if (!isUuid(userPoolId)) throw poolNotFound();
    const { entities, raw } = await dataSource.manager
      .createQueryBuilder(userPoolEntity, 'pool')
      .leftJoin('connection', 'c', 'c.userPoolId = pool.id')
      .leftJoin('connection_version', 'v', 'v.connectionId = c.id AND v.version = c.version')
      .addSelect(['c.id AS c_id', 'c.version AS c_version', 'c.enabled AS c_enabled', 'v.mode AS c_mode'])
      .where('pool.id = :userPoolId', { userPoolId })
      .getRawAndEntities<FactsRow>();
    const [pool] = entities;
    if (pool === undefined) throw poolNotFound();
    return { pool: { ...pool, metadata: pool.metadata as JsonObject }, ...connectionOf(raw[0]) };
  },
});

type FactsRow = { c_id: string | null; c_version: number; c_enabled: boolean; c_mode: ConnectionMode };

const connectionOf = (row: FactsRow | undefined): Pick<LoginFacts, 'connection'> => {
  if (row === undefined || row.c_id === null) return {};
  const { c_id: connectionId, c_version: version, c_enabled: enabled, c_mode: mode } = row;
  return { connection: { connectionId, version, enabled, mode } };
};
