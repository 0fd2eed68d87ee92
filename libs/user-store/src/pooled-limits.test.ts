import { hasPgbouncer } from '@userferry/local-databases';
import { type TestDatabase, testDatabase, useTestPooler } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateStore } from './migrate-store.ts';
import { openStoreForTests } from './store-for-tests.ts';

describe.skipIf(!hasPgbouncer())('limits of statements behind PgBouncer', () => {
  let database: TestDatabase;
  let role: string;
  let leavePooler: () => void;
  beforeAll(async () => {
    leavePooler = useTestPooler();
    database = await testDatabase();
    role = new URL(database.url).username;
  });
  afterAll(async () => {
    leavePooler();
    await database[Symbol.asyncDispose]();
  });

  it('are missed at the role where it has none, and not where it has', async () => {
    await using bare = await openStoreForTests(database.url);
    expect(bare.notices).toEqual([
      expect.stringContaining('no idle_in_transaction_session_timeout and statement_timeout'),
    ]);
    await database.query(`ALTER ROLE ${role} SET statement_timeout = '5s'`);
    await database.query(`ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '10s'`);
    // Connections that the pooler has already keep what they began with.
    await database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role]);
    await expect.poll(async () => noticesOf(database.url), { timeout: 30_000 }).toEqual([]);
  });

  it('that the role has do not end the lock of a migration that takes longer', async () => {
    await database.query(`ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '1s'`);
    await database.query('SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE usename = $1', [role]);
    await expect.poll(() => noticesOf(database.url)).toEqual([]);
    // Takes its time, and waits for no lock: that is given up sooner.
    await database.query(`CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(3); RETURN NULL; END $$;
      CREATE TRIGGER slow BEFORE INSERT ON api_keys FOR EACH STATEMENT EXECUTE FUNCTION slowly()`);
    const operatorKey = 'an-operator-key-set-by-the-environment';
    const limits = { databaseUrl: database.url, connectTimeoutMs: 5_000, throughPooler: true };
    await expect(migrateStore({ ...limits, operatorKey })).resolves.toEqual({ ran: [] });
    const found = await database.query(`SELECT 1 FROM api_keys WHERE name = 'set by environment'`);
    expect(found).toHaveLength(1);
  });
});

const noticesOf = async (url: string): Promise<readonly string[]> => {
  try {
    await using store = await openStoreForTests(url);
    return store.notices;
  } catch (error) {
    return [String(error)];
  }
};
