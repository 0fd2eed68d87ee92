import { connectionsIncluded, type JsonObject, type Plan, type Trial, trialOf } from '@userferry/user-model';
import type { EntityManager } from 'typeorm';
import { type UserPoolRow, userPoolEntity } from '../../entities/pool-entities.ts';
import { isUuid, poolNotFound } from '../../require-pool.ts';
import type { ConnectionMode } from '../connections/connection-types.ts';

/** A company's users and their connection, as of a moment. */
export type UserPool = {
  readonly id: string;
  readonly name: string;
  readonly metadata: JsonObject;
  readonly revealRejectionDetails: boolean;
  readonly createdAt: Date;
  readonly plan: Plan;
  /** Absent: the pool never had one. */
  readonly trial?: Trial;
  /** Connections work now, by plan or by trial. */
  readonly connectionsIncluded: boolean;
};

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

/** A pool as it stands at that moment. */
export const poolView = ({ trialStartedAt, metadata, ...row }: UserPoolRow, now: Date): UserPool => {
  const facts = { plan: row.plan, ...(trialStartedAt !== null && { trialStartedAt }) };
  const trial = trialOf(facts, now);
  const included = { connectionsIncluded: connectionsIncluded(facts, now) };
  return { ...row, metadata: metadata as JsonObject, ...included, ...(trial && { trial }) };
};

/** Pool and connection in one statement. Throws ServiceError USER_POOL_NOT_FOUND. */
export const readFacts = async (manager: EntityManager, userPoolId: string, now: Date): Promise<LoginFacts> => {
  if (!isUuid(userPoolId)) throw poolNotFound();
  const { entities, raw } = await manager
    .createQueryBuilder(userPoolEntity, 'pool')
    .leftJoin('connection', 'c', 'c.userPoolId = pool.id')
    .leftJoin('connection_version', 'v', 'v.connectionId = c.id AND v.version = c.version')
    .addSelect(['c.id AS c_id', 'c.version AS c_version', 'c.enabled AS c_enabled', 'v.mode AS c_mode'])
    .where('pool.id = :userPoolId', { userPoolId })
    .getRawAndEntities<FactsRow>();
  const [pool] = entities;
  if (pool === undefined) throw poolNotFound();
  return { pool: poolView(pool, now), ...connectionOf(raw[0]) };
};

type FactsRow = { c_id: string | null; c_version: number; c_enabled: boolean; c_mode: ConnectionMode };

const connectionOf = (row: FactsRow | undefined): Pick<LoginFacts, 'connection'> => {
  if (row === undefined || row.c_id === null) return {};
  const { c_id: connectionId, c_version: version, c_enabled: enabled, c_mode: mode } = row;
  return { connection: { connectionId, version, enabled, mode } };
};
