import { ServiceError } from '@userferry/errors';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { connectDataSource } from './data-source.ts';
import { requireUtf8 } from './database-dangers.ts';
import { LOCK_NOT_AVAILABLE, limitLockWaits, withLimitedLockWaits } from './migrations/lock-timeout.ts';
import { ensureOperatorKey } from './repositories/pools/api-keys.ts';
import { codeOf, toStoreFailure } from './store-failures.ts';

// Any number that no one else uses, the versions before included: they wait for theirs inside a statement, for which an
// index that is built concurrently would wait in turn, and they have nothing to migrate where this one does.
const MIGRATION_LOCK = 7_215_309_443;
// One for the lock, one for the work.
const POOL_SIZE = 2;
const WAIT_MS = 200;
const OTHERS_MS_MAX = 15_000;

export type MigrateStoreOptions = {
  /** A PostgreSQL connection string: a secret. */
  readonly databaseUrl: string;
  readonly connectTimeoutMs: number;
  /** See `DatabaseLimits`. */
  readonly throughPooler?: boolean | undefined;
  /** The operator key that the environment sets, if it does. */
  readonly operatorKey?: string | undefined;
  /** How long replicas that are at it are waited for. Absent: 15 s. */
  readonly othersMsMax?: number | undefined;
};

export type MigratedStore = {
  /** Names of the migrations that this call ran. */
  readonly ran: readonly string[];
  /** A first operator key that this call made: show it once, it is stored nowhere. */
  readonly newOperatorKey?: string;
};

/**
 * Brings the database to this version's schema and sees to it that an operator key exists. Safe for several replicas
 * that start at once: one works, the others wait for it. Where that takes long, or another session holds a table of ours, it
 * fails with what it waits for, with what it has done until then kept, and may be called again: to wait at a table would keep
 * everybody from it. A store that is read-only for now will do where there is nothing to write.
 * @throws ServiceError STORE_UNAVAILABLE, Error where the database cannot hold all texts and is still empty
 */
export const migrateStore = async (options: MigrateStoreOptions): Promise<MigratedStore> => {
  try {
    const limits = { ...options, poolSize: POOL_SIZE, statementTimeoutMs: 0 };
    const dataSource = await connectDataSource(limits);
    try {
      return await underLock(dataSource, options, () => migrate(dataSource, options.operatorKey));
    } finally {
      await dataSource.destroy();
    }
  } catch (error) {
    throw codeOf(error) === LOCK_NOT_AVAILABLE ? tableIsHeld(error) : toStoreFailure(error);
  }
};

const tableIsHeld = (error: unknown): ServiceError =>
  new ServiceError(
    'STORE_UNAVAILABLE',
    'a table of ours is held by another session, a dump perhaps, or an open transaction: pg_stat_activity and pg_locks name it',
    { cause: toStoreFailure(error) },
  );

const othersAreAtIt = (): ServiceError =>
  new ServiceError(
    'STORE_UNAVAILABLE',
    'another replica brings our store to its version, for which large tables need their time: pg_locks names its advisory lock',
  );

/**
 * A transaction's lock: it stays on one connection behind a pooler, too, and should this process die, the server releases
 * it. Who waits asks again and again: waiting inside a statement would hold a connection of the pooler, and a snapshot for
 * which an index that is built concurrently would wait in turn.
 */
const underLock = async <T>(
  dataSource: DataSource,
  { othersMsMax = OTHERS_MS_MAX }: Pick<MigrateStoreOptions, 'othersMsMax'>,
  work: () => Promise<T>,
): Promise<T> => {
  const holder = dataSource.createQueryRunner();
  const began = performance.now();
  try {
    while (!(await takeLock(holder))) {
      if (performance.now() - began > othersMsMax) throw othersAreAtIt();
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
    const result = await work();
    await holder.commitTransaction();
    return result;
  } finally {
    await endQuietly(holder);
  }
};

const takeLock = async (holder: QueryRunner): Promise<boolean> => {
  // Also where another level is the default: one that keeps a snapshot would be waited for, see below.
  await holder.startTransaction('READ COMMITTED');
  await holder.query('SET LOCAL idle_in_transaction_session_timeout = 0');
  // Without parameters: a statement that was bound stays open to the end of its transaction, and with it its snapshot, for
  // whose end an index that is built concurrently waits.
  const [row] = await holder.query(`SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}) AS taken`);
  if (!row.taken) await holder.rollbackTransaction();
  return row.taken;
};

/** What went wrong is told already. */
const endQuietly = async (holder: QueryRunner): Promise<void> => {
  if (holder.isTransactionActive) await holder.rollbackTransaction().catch(() => undefined);
  await holder.release();
};

/** So that the same without a limit, which TypeORM does next, waits for nobody. What there is not yet has to be made right. */
const readWhatHasRun = async (manager: EntityManager): Promise<void> => {
  const [table] = await manager.query(`SELECT to_regclass('schema_migrations') IS NOT NULL AS exists`);
  if (table.exists) await manager.query('SELECT FROM schema_migrations LIMIT 1');
  else await requireUtf8(manager);
};

const migrate = async (dataSource: DataSource, operatorKey: string | undefined): Promise<MigratedStore> => {
  limitLockWaits(dataSource.migrations);
  await withLimitedLockWaits(dataSource, readWhatHasRun);
  const ran = await dataSource.runMigrations({ transaction: 'each' });
  const newOperatorKey = await withLimitedLockWaits(dataSource, (manager) => ensureOperatorKey(manager, operatorKey));
  return { ran: ran.map(({ name }) => name), ...(newOperatorKey === undefined ? {} : { newOperatorKey }) };
};
