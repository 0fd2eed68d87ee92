import { createHash } from 'node:crypto';
import { leadsThroughPooler, type TestDatabase, testDatabase } from '@userferry/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectDataSource } from './data-source.ts';
import { type MigrateStoreOptions, migrateStore } from './migrate-store.ts';
import { openStoreForTests } from './store-for-tests.ts';

let database: TestDatabase;
// Keeps the server running from test to test.
let holder: TestDatabase;
beforeAll(async () => {
  holder = await testDatabase();
});
afterAll(() => holder[Symbol.asyncDispose]());
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database[Symbol.asyncDispose]());

const migrate = (operatorKey?: string, options: Partial<MigrateStoreOptions> = {}) =>
  migrateStore({
    ...options,
    databaseUrl: database.url,
    connectTimeoutMs: 5_000,
    throughPooler: leadsThroughPooler(),
    operatorKey,
  });
const operatorKeys = () => database.query(`SELECT * FROM api_keys WHERE role = 'operator'`);

/** Whether the database does, through the pooler where there is one, which may not have heard yet that its connections have ended. */
const answers = async (): Promise<boolean> => {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
};

describe('migrateStore', () => {
  it('lets several replicas start at once on an empty database: one migrates and makes the one key', async () => {
    const results = await Promise.all([migrate(), migrate(), migrate(), migrate()]);
    expect(results.filter(({ ran }) => ran.length > 0)).toHaveLength(1);
    expect(results.filter(({ newOperatorKey }) => newOperatorKey !== undefined)).toHaveLength(1);
    expect(await operatorKeys()).toHaveLength(1);
  });

  it('shows the first operator key once and stores its hash only', async () => {
    const { newOperatorKey = '' } = await migrate();
    expect(newOperatorKey).toMatch(/^ufk_.{43}$/);
    expect((await migrate()).newOperatorKey).toBe(undefined);
    expect(await database.dump()).not.toContain(newOperatorKey);
    await using store = await openStoreForTests(database.url);
    const found = await store.apiKeys.find(createHash('sha256').update(newOperatorKey).digest());
    expect(found).toMatchObject({ role: 'operator', userPoolId: '*' });
  });

  it('takes the operator key that the environment sets, once, and makes none of its own', async () => {
    const given = 'an-operator-key-set-by-the-environment';
    expect((await migrate(given)).newOperatorKey).toBe(undefined);
    await migrate(given);
    expect(await operatorKeys()).toHaveLength(1);
    expect(await database.dump()).not.toContain(given);
  });

  it('leaves in the audit each operator key that a start makes or is given, once', async () => {
    const given = 'an-operator-key-set-by-the-environment';
    for (const operatorKey of [undefined, given, given, undefined]) await migrate(operatorKey);
    await using store = await openStoreForTests(database.url);
    const { items } = await store.audit.list('*', { size: 0, token: '' });
    const keys = (await store.apiKeys.list('*', { size: 0, token: '' })).items;
    const made = { actor: 'migration-service', action: 'ApiKeyService/CreateApiKey' };
    expect(items).toMatchObject(
      keys.map(({ id, name }) => ({ ...made, target: `key ${id}, name ${name}, role operator, all scopes` })),
    );
    expect(keys.map(({ name }) => name)).toEqual(['set by environment', 'first key']);
  });

  it('does not take the key of the environment again once it was rotated out or revoked', async () => {
    const given = 'an-operator-key-set-by-the-environment';
    await migrate(given);
    await using store = await openStoreForTests(database.url);
    const [key] = (await store.apiKeys.list('*', { size: 1, token: '' })).items;
    const id = key?.id ?? '';
    for (let turn = 0; turn < 2; turn += 1) {
      await store.apiKeys.rotate({ userPoolId: '*', id, graceMs: 0 });
      await migrate(given);
    }
    await store.apiKeys.revoke('*', id);
    await migrate(given);
    expect(await operatorKeys()).toHaveLength(1);
    expect(await store.apiKeys.find(createHash('sha256').update(given).digest())).toBe(undefined);
  });

  it('does not take it again either where the store is older than what remembers it', async () => {
    const given = 'an-operator-key-set-by-the-environment';
    await migrate(given);
    await database.query('UPDATE api_keys SET given_sha256 = NULL');
    await migrate(given);
    await using store = await openStoreForTests(database.url);
    const [key] = (await store.apiKeys.list('*', { size: 1, token: '' })).items;
    for (let turn = 0; turn < 2; turn += 1)
      await store.apiKeys.rotate({ userPoolId: '*', id: key?.id ?? '', graceMs: 0 });
    await migrate(given);
    expect(await operatorKeys()).toHaveLength(1);
    expect(await store.apiKeys.find(createHash('sha256').update(given).digest())).toBe(undefined);
  });

  it('makes a key again when all operator keys are revoked, so that nobody is locked out', async () => {
    await migrate();
    await database.query('UPDATE api_keys SET revoked_at = now()');
    expect((await migrate()).newOperatorKey).toBeDefined();
  });

  it('waits for no table that another session holds: logins of the version before go on, and it is done once that ends', async () => {
    await migrate();
    const limits = { databaseUrl: database.url, connectTimeoutMs: 5_000, poolSize: 1, statementTimeoutMs: 5_000 };
    const before = await connectDataSource({ ...limits, throughPooler: leadsThroughPooler() });
    // The last one that changes a table which is there.
    await before.undoLastMigration();
    const dump = before.createQueryRunner();
    await dump.startTransaction();
    await dump.query('LOCK TABLE credentials IN ACCESS SHARE MODE');
    const migrating = migrate().catch((error: unknown) => error);
    const [login] = await Promise.all([database.query('SELECT count(*) FROM credentials'), migrating]);
    expect(login).toHaveLength(1);
    expect(await migrating).toMatchObject({
      reason: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('pg_locks'),
    });
    await dump.commitTransaction();
    await dump.release();
    await before.destroy();
    expect((await migrate()).ran).toHaveLength(1);
  });

  it.each(['schema_migrations', 'api_keys'])(
    'says that somebody holds %s, and is done once that ends',
    async (table) => {
      await migrate('an-operator-key-set-by-the-environment');
      const limits = { databaseUrl: database.url, connectTimeoutMs: 5_000, poolSize: 1, statementTimeoutMs: 5_000 };
      const other = await connectDataSource({ ...limits, throughPooler: leadsThroughPooler() });
      const session = other.createQueryRunner();
      await session.startTransaction();
      await session.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      await expect(migrate('an-operator-key-set-by-the-environment')).rejects.toMatchObject({
        reason: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('pg_locks'),
      });
      await session.commitTransaction();
      await session.release();
      await other.destroy();
      expect((await migrate('an-operator-key-set-by-the-environment')).ran).toEqual([]);
    },
  );

  it('says that another replica is at it when that takes long', async () => {
    await migrate();
    const limits = { databaseUrl: database.url, connectTimeoutMs: 5_000, poolSize: 1, statementTimeoutMs: 0 };
    const other = await connectDataSource({ ...limits, throughPooler: leadsThroughPooler() });
    const replica = other.createQueryRunner();
    await replica.startTransaction();
    await replica.query('SELECT pg_advisory_xact_lock(7215309443)');
    await expect(migrate(undefined, { othersMsMax: 300 })).rejects.toMatchObject({
      reason: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('another replica'),
    });
    await replica.commitTransaction();
    await replica.release();
    await other.destroy();
  });

  it.each([undefined, 'an-operator-key-set-by-the-environment'])(
    'is done with a store that is read-only for now where there is nothing to write (operator key %s)',
    async (operatorKey) => {
      await migrate(operatorKey);
      await database.query(`DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`);
      // Connections of before, those of a pooler, may write.
      await database.query(`SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`);
      await expect.poll(answers).toBe(true);
      expect(await migrate(operatorKey)).toEqual({ ran: [] });
      await expect(migrate('another-operator-key-of-the-environment')).rejects.toMatchObject({
        reason: 'STORE_UNAVAILABLE',
      });
    },
  );

  it('says STORE_UNAVAILABLE of a server that is not there, without its connection string', async () => {
    const databaseUrl = 'postgres://someone:hunter2@127.0.0.1:1/x';
    const error = await migrateStore({ databaseUrl, connectTimeoutMs: 1_000 }).catch(
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toMatchObject({ reason: 'STORE_UNAVAILABLE' });
    const cause = (error as Error).cause as Error;
    expect(`${(error as Error).stack} ${cause.stack} ${JSON.stringify(cause)}`).not.toContain('hunter2');
  });
});
