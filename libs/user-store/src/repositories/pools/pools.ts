import { randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import type { JsonObject, Plan } from '@userferry/user-model';
import type { DataSource } from 'typeorm';
import { userPoolEntity } from '../../entities/pool-entities.ts';
import type { Page, Paged } from '../../paging.ts';
import { lockPool, requirePool } from '../../require-pool.ts';
import type { Clock } from '../../time/clock.ts';
import { type Author, writeAudit } from '../history/audit.ts';
import { listPools, type PoolQuery } from './list-pools.ts';
import { type LoginFacts, poolView, readFacts, type UserPool } from './pool-facts.ts';

export type NewUserPool = {
  readonly name: string;
  readonly metadata: JsonObject;
  readonly revealRejectionDetails: boolean;
  /** Absent: enterprise. */
  readonly plan?: Plan | undefined;
};

/** User pools, their plans and trials. */
export const createPoolRepository = (dataSource: DataSource, clock: Clock) => ({
  /** Without an author it leaves no audit entry: whoever asks writes that. */
  create: ({ plan = 'enterprise', ...pool }: NewUserPool, author?: Author): Promise<UserPool> =>
    dataSource.transaction('READ COMMITTED', async (manager) => {
      const at = clock();
      const row = { id: randomUUID(), ...pool, plan, createdAt: at, trialStartedAt: null };
      await manager.insert(userPoolEntity, row);
      const entry = { userPoolId: row.id, at, action: 'UserPoolService/CreateUserPool', target: 'user pool' };
      if (author !== undefined) await writeAudit(manager, entry, author);
      return poolView(row, at);
    }),

  /** @throws ServiceError USER_POOL_NOT_FOUND */
  get: async (userPoolId: string): Promise<UserPool> =>
    poolView(await requirePool(dataSource.manager, userPoolId), clock()),

  /** By name. Throws ServiceError INVALID_ARGUMENT for a foreign page token. */
  list: async (wanted: PoolQuery, page: Page): Promise<Paged<UserPool>> => {
    const paged = await listPools(dataSource.manager, wanted, page);
    return { ...paged, items: paged.items.map((row) => poolView(row, clock())) };
  },

  /** @throws ServiceError USER_POOL_NOT_FOUND */
  loginFacts: (userPoolId: string): Promise<LoginFacts> => readFacts(dataSource.manager, userPoolId, clock()),

  /** @throws ServiceError USER_POOL_NOT_FOUND, TRIAL_ALREADY_USED, TRIAL_NOT_NEEDED */
  startTrial: (userPoolId: string, author: Author): Promise<UserPool> =>
    dataSource.transaction('READ COMMITTED', async (manager) => {
      const pool = await lockPool(manager, userPoolId, 'alone');
      if (pool.trialStartedAt !== null)
        throw new ServiceError('TRIAL_ALREADY_USED', 'this user pool has had its trial');
      if (pool.plan === 'enterprise')
        throw new ServiceError('TRIAL_NOT_NEEDED', 'the plan of this user pool includes connections');
      const at = clock();
      await manager.update(userPoolEntity, { id: userPoolId }, { trialStartedAt: at });
      await writeAudit(manager, { userPoolId, at, action: 'UserPoolService/StartTrial', target: 'trial' }, author);
      return poolView({ ...pool, trialStartedAt: at }, at);
    }),

  /** Nothing but the plan changes: what the old one stopped works again as it was. Throws USER_POOL_NOT_FOUND. */
  setPlan: (userPoolId: string, plan: Plan, author: Author): Promise<UserPool> =>
    dataSource.transaction('READ COMMITTED', async (manager) => {
      const pool = await lockPool(manager, userPoolId, 'alone');
      const at = clock();
      await manager.update(userPoolEntity, { id: userPoolId }, { plan });
      await writeAudit(manager, { userPoolId, at, action: 'UserPoolService/SetPlan', target: `plan ${plan}` }, author);
      return poolView({ ...pool, plan }, at);
    }),
});
