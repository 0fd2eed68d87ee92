import type { DataSource, EntityManager, MigrationInterface, QueryRunner } from 'typeorm';

/** SQLSTATE of a lock that did not come in time. */
export const LOCK_NOT_AVAILABLE = '55P03';

/** Less than any statement of a login may take. */
const LOCK_TIMEOUT = '500ms';

const limitLockWait = (runner: Pick<QueryRunner, 'query'>): Promise<unknown> =>
  runner.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);

/** A transaction that waits for its locks for a moment only. */
export const withLimitedLockWaits = <T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> =>
  dataSource.transaction('READ COMMITTED', async (manager) => {
    await limitLockWait(manager);
    return work(manager);
  });

/**
 * Lets migrations wait for their locks for a moment only: everybody who comes after queues behind them, logins too, for as
 * long as a dump or somebody's open transaction holds the table. Those without a transaction take no lock that a login waits
 * for, and wait themselves for whoever came before. Source: PostgreSQL, "Explicit Locking" and `lock_timeout`.
 */
export const limitLockWaits = (migrations: readonly MigrationInterface[]): void => {
  for (const migration of migrations.filter(({ transaction = true }) => transaction)) {
    const up = migration.up.bind(migration);
    migration.up = async (runner: QueryRunner): Promise<void> => {
      await limitLockWait(runner);
      await up(runner);
    };
  }
};
