import type { DataSource } from 'typeorm';
import { connectDataSource } from './data-source.ts';
import { ensureOperatorKey } from './repositories/api-keys.ts';
import { toStoreFailure } from './store-failures.ts';

// Any number that no one else uses; the same for every version, so that versions exclude each other too.
const MIGRATION_LOCK = 7_215_309_442;
// One for the lock, one for the work.
const POOL_SIZE = 2;

export type MigrateStoreOptions = {
  /** A PostgreSQL connection string: a secret. */
  readonly databaseUrl: string;
  readonly connectTimeoutMs: number;
  /** The operator key that the environment sets, if it does. */
  readonly operatorKey?: string | undefined;
};

export type MigratedStore = {
  /** Names of the migrations that this call ran. */
  readonly ran: readonly string[];
  /** A first operator key that this call made: show it once, it is stored nowhere. */
  readonly newOperatorKey?: string;
};

/**
 * Brings the database to this version's schema and sees to it that an operator key exists. Safe for several replicas
 * that start at once: one works, the others wait for it.
 * @throws ServiceError STORE_UNAVAILABLE
 */
export const migrateStore = async (options: MigrateStoreOptions): Promise<MigratedStore> => {
  try {
    const limits = { ...options, poolSize: POOL_SIZE, statementTimeoutMs: 0 };
    const dataSource = await connectDataSource(limits);
    try {
      return await underLock(dataSource, () => migrate(dataSource, options.operatorKey));
    } finally {
      await dataSource.destroy();
    }
  } catch (error) {
    throw toStoreFailure(error);
  }
};

const underLock = async <T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> => {
  const holder = dataSource.createQueryRunner();
  try {
    // A session's lock: should this process die, the server releases it.
    await holder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const result = await work();
    await holder.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    return result;
  } finally {
    await holder.release();
  }
};

const migrate = async (dataSource: DataSource, operatorKey: string | undefined): Promise<MigratedStore> => {
  const ran = await dataSource.runMigrations({ transaction: 'each' });
  const newOperatorKey = await ensureOperatorKey(dataSource.manager, operatorKey);
  return { ran: ran.map(({ name }) => name), ...(newOperatorKey === undefined ? {} : { newOperatorKey }) };
};
