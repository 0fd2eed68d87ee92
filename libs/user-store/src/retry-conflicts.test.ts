import { leadsThroughPooler, type TestDatabase, testDatabase } from '@userferry/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectDataSource } from './data-source.ts';
import type { UserStore } from './open-user-store.ts';
import { retryConflicts, withRetries } from './retry-conflicts.ts';
import { codeOf } from './store-failures.ts';
import { ADMIN, credentialOf, openStoreForTests, poolWithConnection } from './store-for-tests.ts';

const stack = new AsyncDisposableStack();
let database: TestDatabase;
beforeAll(async () => {
  database = stack.use(await testDatabase());
});
afterAll(() => stack.disposeAsync());

/** Two that come together before either goes on; after that nobody waits. */
const meeting = () => {
  let waiting: (() => void) | undefined;
  let met = false;
  return () =>
    new Promise<void>((resolve) => {
      if (met) return resolve();
      if (waiting === undefined) {
        waiting = resolve;
        return;
      }
      met = true;
      waiting();
      resolve();
    });
};

describe('two transactions of which the database undoes one', () => {
  const limits = () => ({ databaseUrl: database.url, throughPooler: leadsThroughPooler() });
  const twice = async (level: 'READ COMMITTED' | 'SERIALIZABLE', tables: readonly [string, string][]) => {
    const source = await connectDataSource({
      ...limits(),
      poolSize: 4,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 0,
    });
    const codes: (string | undefined)[] = [];
    const meet = meeting();
    const transfer = ([from, to]: readonly [string, string]) =>
      source.transaction(level, async (manager) => {
        await manager.query(`UPDATE ${from} SET n = n + 1`);
        await manager.query('SELECT one.n, two.n FROM one, two');
        await meet();
        await manager.query(`UPDATE ${to} SET n = n + 1`);
      });
    const seen = (pair: readonly [string, string]) => () =>
      transfer(pair).catch((error: unknown) => {
        codes.push(codeOf(error));
        throw error;
      });
    try {
      await source.query('DROP TABLE IF EXISTS one, two');
      await source.query('CREATE TABLE one AS SELECT 0 AS n');
      await source.query('CREATE TABLE two AS SELECT 0 AS n');
      await Promise.all(
        tables.map((pair, place) =>
          place === 0 ? retryConflicts(seen(pair)) : withRetries({ run: seen(pair) }).run(),
        ),
      );
      const [sums] = await source.query('SELECT one.n AS one, two.n AS two FROM one, two');
      return { codes, sums };
    } finally {
      await source.destroy();
    }
  };

  it('for a deadlock both end well, each once', async () => {
    const { codes, sums } = await twice('READ COMMITTED', [
      ['one', 'two'],
      ['two', 'one'],
    ]);
    expect(new Set(codes)).toEqual(new Set(['40P01']));
    expect(sums).toEqual({ one: 2, two: 2 });
  });

  it('for a serialization failure both end well, each once', async () => {
    const { codes, sums } = await twice('SERIALIZABLE', [
      ['one', 'one'],
      ['two', 'two'],
    ]);
    expect(new Set(codes)).toEqual(new Set(['40001']));
    expect(sums).toEqual({ one: 2, two: 2 });
  });
});

describe('a database where every transaction is serializable, as on engines that know nothing else', () => {
  let store: UserStore;
  let pool: { userPoolId: string; connectionId: string };
  // They take READ COMMITTED, too, for what they know.
  const withoutLevel = () => {
    type AnyLevel = (run: unknown) => Promise<unknown>;
    const transaction = DataSource.prototype.transaction as unknown as AnyLevel;
    const levels = vi.spyOn(DataSource.prototype, 'transaction');
    stack.defer(() => levels.mockRestore());
    levels.mockImplementation(function (this: DataSource, ...given: unknown[]) {
      return transaction.call(this, given.at(-1));
    });
  };
  beforeAll(async () => {
    withoutLevel();
    const { pathname, username } = new URL(database.url);
    await database.query(
      `ALTER ROLE ${username} IN DATABASE ${pathname.slice(1)} SET default_transaction_isolation = 'serializable'`,
    );
    await database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [username]);
    store = stack.use(await openStoreForTests(database.url, { poolSize: 8 }));
    pool = await poolWithConnection(store);
  });

  const typed = (n: number) => ({ kind: 'email' as const, value: `p${n}@example.com` });
  /** A caller that repeats what was told it may. */
  const patiently = async <T>(run: () => Promise<T>): Promise<T> => {
    for (let tries = 0; ; tries += 1)
      try {
        return await run();
      } catch (error) {
        if (tries === 50 || (error as { reason?: string }).reason !== 'CONCURRENT_CHANGE') throw error;
      }
  };

  it('counts every login once, stores everybody once and deletes for good, however many come at once', async () => {
    const one = async (n: number) => {
      const who = typed(n % 6);
      const subject = { userPoolId: pool.userPoolId, who, address: '192.0.2.1' };
      await patiently(() => store.attempts.begin(subject));
      const proven = { ...pool, externalId: n % 6, profile: { email: who.value }, typed: who };
      await patiently(() => store.users.migrate({ ...proven, credential: credentialOf('x') }));
      await patiently(() => store.attempts.loggedIn(subject, true));
    };
    await Promise.all(Array.from({ length: 24 }, (_, n) => one(n)));
    const { migrated, days } = await store.progress.counts(pool.userPoolId);
    expect([migrated, days.at(-1)?.logins, days.at(-1)?.legacyLogins]).toEqual([6, 24, 24]);
    const found = await store.users.find(pool.userPoolId, typed(0));
    const userId = 'user' in found ? found.user.userId : '';
    const deletions = Array.from({ length: 4 }, () =>
      patiently(() => store.users.delete({ userPoolId: pool.userPoolId, userId }, ADMIN)),
    );
    const verdicts = (await Promise.all(deletions)).map(({ verdict }) => verdict);
    expect(verdicts.sort()).toEqual(['ok', 'tombstoned', 'tombstoned', 'tombstoned']);
  });
});
