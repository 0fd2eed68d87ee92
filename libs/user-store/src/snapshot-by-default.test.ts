import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserStore } from './open-user-store.ts';
import { ADMIN, credentialOf, openStoreForTests, poolWithConnection } from './store-for-tests.ts';

describe('a database whose default is repeatable read, where a transaction does not see what it waited for', () => {
  const stack = new AsyncDisposableStack();
  let database: TestDatabase;
  let store: UserStore;
  let pool: { userPoolId: string; connectionId: string };
  beforeAll(async () => {
    database = stack.use(await testDatabase());
    const name = new URL(database.url).pathname.slice(1);
    await database.query(`ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`);
    store = stack.use(await openStoreForTests(database.url, { poolSize: 16, statementTimeoutMs: 60_000 }));
    pool = await poolWithConnection(store);
  });
  afterAll(() => stack.disposeAsync());

  const waiting = (count: number) => {
    const sql = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return expect.poll(() => database.query(sql), { timeout: 30_000 }).toHaveLength(count);
  };
  /** Two who come to the same pool one after the other, each while somebody has it. */
  const inTurn = async <Answer>(first: () => Promise<Answer>, second: () => Promise<Answer>) => {
    const held = database.query('BEGIN; SELECT FROM user_pools FOR UPDATE; SELECT pg_sleep(60)').catch(() => undefined);
    const asleep = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    await expect.poll(() => database.query(`SELECT ${asleep}`), { timeout: 30_000 }).toHaveLength(1);
    const one = first();
    await waiting(1);
    const two = second();
    await waiting(2);
    await database.query(`SELECT pg_terminate_backend(pid) ${asleep}`);
    await held;
    return Promise.all([one, two]);
  };

  const profileOf = (n: number) => ({ email: `p${n}@example.com` });
  const remove = (n: number) => store.users.deleteLegacy({ ...pool, externalId: n, profile: profileOf(n) }, ADMIN);
  const migrate = (n: number, action?: string) => {
    const typed = { kind: 'email' as const, value: profileOf(n).email };
    const proven = { ...pool, externalId: n, profile: profileOf(n), typed, credential: credentialOf('x') };
    return store.users.migrate(proven, action === undefined ? {} : { call: { ...ADMIN, action } });
  };
  const register = (n: number) => store.users.create({ userPoolId: pool.userPoolId, profile: profileOf(n) }, ADMIN);

  it.each([
    ['logs in', 1_000, (n: number) => migrate(n)],
    ['sets a password', 1_001, (n: number) => migrate(n, 'IdentityService/ResetPassword')],
    ['registers', 1_002, register],
  ] as const)('brings no user back who %s while they are deleted', async (_, n, come) => {
    const [deleted, came] = await inTurn<{ readonly verdict: string }>(
      () => remove(n),
      () => come(n),
    );
    expect([deleted.verdict, came.verdict]).toEqual(['ok', 'tombstoned']);
    expect(await database.query('SELECT FROM users')).toEqual([]);
  });

  it('brings none back however many are deleted and come at once', async () => {
    const numbers = Array.from({ length: 60 }, (_, n) => n);
    const all = numbers.flatMap((n) => [remove(n), ...Array.from({ length: 3 }, () => migrate(n, 'x'))]);
    // Whoever was told of a change at the same time wrote nothing.
    await Promise.allSettled(all);
    for (const n of numbers) await remove(n);
    expect(await database.query('SELECT FROM users')).toEqual([]);
  });
});
