import { leadsThroughPooler, type TestDatabase, testDatabase } from '@userferry/testing';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrateStore } from '../migrate-store.ts';
import { createSealer } from '../secrets/sealing.ts';
import { ADMIN, credentialOf, openStoreForTests, randomRing } from '../store-for-tests.ts';
import { CreateTables1764000000000 } from './1764000000000-create-tables.ts';
import { WholeLife1765000000000 } from './1765000000000-whole-life.ts';
import { SweepIndexes1766000000000 } from './1766000000000-sweep-indexes.ts';
import { KeyLife1767000000000 } from './1767000000000-key-life.ts';
import { GrowthIndexes1767100000000 } from './1767100000000-growth-indexes.ts';
import { ScriptLanguages1767200000000 } from './1767200000000-script-languages.ts';
import { ConnectionIsolation1767300000000 } from './1767300000000-connection-isolation.ts';
import { KeysOfTheEnvironment1767400000000 } from './1767400000000-keys-of-the-environment.ts';
import { DecisionsOfAUser1767500000000 } from './1767500000000-decisions-of-a-user.ts';
import { PepperChecks1767600000000 } from './1767600000000-pepper-checks.ts';
import { VersionsGoOn1767700000000 } from './1767700000000-versions-go-on.ts';
import { EarlierKeySecrets1767800000000 } from './1767800000000-earlier-key-secrets.ts';
import { KnownAddresses1767900000000 } from './1767900000000-known-addresses.ts';

const keyRing = randomRing('k1');
const sealer = createSealer(keyRing);
const POOL = '11111111-1111-4111-8111-111111111111';
const CONNECTION = '22222222-2222-4222-8222-222222222222';
const SCRIPT = '33333333-3333-4333-8333-333333333333';
const USER = '44444444-4444-4444-8444-444444444444';

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

const ALL = [
  CreateTables1764000000000,
  WholeLife1765000000000,
  SweepIndexes1766000000000,
  KeyLife1767000000000,
  GrowthIndexes1767100000000,
  ScriptLanguages1767200000000,
  ConnectionIsolation1767300000000,
  KeysOfTheEnvironment1767400000000,
  DecisionsOfAUser1767500000000,
  PepperChecks1767600000000,
  VersionsGoOn1767700000000,
  EarlierKeySecrets1767800000000,
  KnownAddresses1767900000000,
];
const UPGRADES = [
  'WholeLife1765000000000',
  'SweepIndexes1766000000000',
  'KeyLife1767000000000',
  'GrowthIndexes1767100000000',
  'ScriptLanguages1767200000000',
  'ConnectionIsolation1767300000000',
  'KeysOfTheEnvironment1767400000000',
  'DecisionsOfAUser1767500000000',
  'PepperChecks1767600000000',
  'VersionsGoOn1767700000000',
  'EarlierKeySecrets1767800000000',
  'KnownAddresses1767900000000',
];
type Migrations = (typeof ALL)[number][];

const withMigrations = async <T>(migrations: Migrations, work: (source: DataSource) => Promise<T>): Promise<T> => {
  const options = { type: 'postgres', url: database.url, migrationsTableName: 'schema_migrations' } as const;
  const source = await new DataSource({ ...options, migrations, installExtensions: false }).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
};

/** The store as the first version left it, with a user of every table. */
const firstVersion = () =>
  withMigrations([CreateTables1764000000000], async (source) => {
    await source.runMigrations({ transaction: 'each' });
    const settings = { addressEnv: { DB_HOST: 'db' }, ownEnv: { TOKEN: 's3cr3t' } };
    const sealed = sealer.seal(JSON.stringify(settings), `connection_versions/${CONNECTION}/1/sealed_settings`);
    const insert = (table: string, values: unknown[]) =>
      source.query(`INSERT INTO ${table} VALUES (${values.map((_, at) => `$${at + 1}`).join(', ')})`, values);
    const now = new Date('2026-01-02T03:04:05Z');
    await insert('user_pools', [POOL, 'Acme', { tier: 1 }, true, now]);
    await insert('connections', [CONNECTION, POOL, true, 1, now]);
    const scripts = { login: SCRIPT };
    await insert('connection_versions', [CONNECTION, 1, 'lazy_migration', sealed, '[]', scripts, now, 'key-1']);
    const source1 = sealer.seal('the source', `scripts/${SCRIPT}/sealed_source`);
    await insert('scripts', [SCRIPT, CONNECTION, 'login', source1, now, 'key-1']);
    await insert('users', [USER, POOL, 'migrated', { nickname: 'Ada' }, now, now, now]);
    await insert('user_identifiers', [POOL, 'email', 'ada@example.com', 'Ada@example.com', USER]);
    await insert('user_identifiers', [POOL, 'username', 'ada', 'ada', USER]);
    await insert('external_ids', [POOL, CONNECTION, 'number', '7', USER]);
    await insert('credentials', [USER, 'test', 1, 'p1', 4, 'hash of ada', now]);
    await insert('tombstones', [POOL, 'email', 'gone@example.com', now]);
    await insert('tombstones', [POOL, 'external_id_string', 'gone', now]);
  });

const upgrade = () =>
  migrateStore({ databaseUrl: database.url, connectTimeoutMs: 5_000, throughPooler: leadsThroughPooler() });
const email = (value: string) => ({ kind: 'email', value }) as const;

const schema = async () =>
  JSON.stringify([
    await database.query(`SELECT table_name, column_name, data_type, is_nullable, column_default
      FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`),
    await database.query(`SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`),
    await database.query(`SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`),
  ]);

describe('a store of the first version', () => {
  it('keeps everything when it is brought to this one', async () => {
    await firstVersion();
    expect((await upgrade()).ran).toEqual(UPGRADES);
    await using store = await openStoreForTests(database.url, { keyRing });
    const { connection, pool } = await store.pools.loginFacts(POOL);
    expect(connection).toEqual({ connectionId: CONNECTION, version: 1, enabled: true, mode: 'lazy_migration' });
    expect(pool).toMatchObject({ name: 'Acme', metadata: { tier: 1 }, plan: 'enterprise', connectionsIncluded: true });
    expect(await store.connections.settings(POOL)).toMatchObject({
      env: { DB_HOST: 'db', TOKEN: 's3cr3t' },
      scripts: [{ action: 'login', source: 'the source' }],
    });
    expect(await store.users.find(POOL, email('ADA@example.com'))).toMatchObject({
      verdict: 'ok',
      user: { userId: USER, externalId: 7, profile: { nickname: 'Ada', email: 'Ada@example.com', username: 'ada' } },
      credential: { hash: 'hash of ada' },
    });
    for (const gone of [email('gone@example.com'), { externalId: 'gone' }])
      expect(await store.users.find(POOL, gone)).toEqual({ verdict: 'tombstoned' });
    expect((await store.progress.counts(POOL)).migrated).toBe(1);
    expect((await store.connections.versions(POOL, { size: 0, token: '' })).items).toMatchObject([
      { version: 1, changes: [] },
    ]);
  });

  it('goes on in this one: tombstones are lifted, users change, settings are saved', async () => {
    await firstVersion();
    await upgrade();
    await using store = await openStoreForTests(database.url, { keyRing });
    const { items } = await store.tombstones.list(POOL, { size: 0, token: '' });
    expect(items).toHaveLength(2);
    for (const { tombstoneId } of items) await store.tombstones.lift({ userPoolId: POOL, tombstoneId }, ADMIN);
    expect(
      (await store.users.create({ userPoolId: POOL, profile: { email: 'gone@example.com' } }, ADMIN)).verdict,
    ).toBe('ok');
    const change = { userPoolId: POOL, userId: USER, set: { username: 'countess' }, clear: [] };
    expect((await store.users.update(change, ADMIN)).verdict).toBe('ok');
    const saved = await store.connections.save({ userPoolId: POOL, mode: 'lazy_migration', egress: [], ...ADMIN });
    expect(saved.version).toBe(2);
    expect(await store.users.delete({ userPoolId: POOL, userId: USER }, ADMIN)).toEqual({ verdict: 'ok' });
  });

  it('is upgraded once by several replicas that start at once', async () => {
    await firstVersion();
    const results = await Promise.all([upgrade(), upgrade(), upgrade()]);
    expect(results.map(({ ran }) => ran.length).sort()).toEqual([0, 0, UPGRADES.length]);
  });

  it('is still written by replicas of the first version beside this one’s', async () => {
    await firstVersion();
    await upgrade();
    const other = '55555555-5555-4555-8555-555555555555';
    // Statements as the first version makes them, columns named.
    await database.query(
      `INSERT INTO users (id, user_pool_id, migration_state, profile, created_at, updated_at, migrated_at)
         VALUES ('${other}', '${POOL}', 'migrated', '{}', now(), now(), now());
       INSERT INTO external_ids (user_pool_id, connection_id, id_type, id_text, user_id)
         VALUES ('${POOL}', '${CONNECTION}', 'number', '8', '${other}');
       INSERT INTO user_identifiers (user_pool_id, kind, normalised, value, user_id)
         VALUES ('${POOL}', 'email', 'eve@example.com', 'eve@example.com', '${other}');
       INSERT INTO user_pools (id, name, metadata, reveal_rejection_details, created_at)
         VALUES (gen_random_uuid(), 'p', '{}', false, now());
       UPDATE connections SET version = 2 WHERE id = '${CONNECTION}';
       INSERT INTO connection_versions (connection_id, version, mode, sealed_settings, egress, scripts, created_at, created_by)
         SELECT connection_id, 2, mode, sealed_settings, egress, scripts, now(), created_by FROM connection_versions`,
    );
    await using store = await openStoreForTests(database.url, { keyRing });
    const found = await store.users.find(POOL, email('eve@example.com'));
    expect(found).toMatchObject({ user: { userId: other, externalId: 8, profile: { email: 'eve@example.com' } } });
    // What it saves says nothing of what runs share.
    const isolation = await database.query('SELECT isolation FROM connection_versions ORDER BY version');
    expect(isolation).toEqual([{ isolation: 'warm' }, { isolation: 'warm' }]);
    const typed = email('new@example.com');
    const proven = { userPoolId: POOL, connectionId: CONNECTION, externalId: 9, profile: {}, typed };
    expect((await store.users.migrate({ ...proven, credential: credentialOf('one') })).verdict).toBe('migrated');
  });

  it('is left as it was when the upgrade fails half-way, and is upgraded at the next start', async () => {
    await firstVersion();
    const before = await schema();
    await database.query('CREATE TABLE audit_entries (id int)');
    await expect(upgrade()).rejects.toThrow('42P07');
    await database.query('DROP TABLE audit_entries');
    expect(await schema()).toBe(before);
    expect((await upgrade()).ran).toEqual(UPGRADES);
  });

  it('is upgraded also where the building of an index was cut off: that one is built anew', async () => {
    await firstVersion();
    await upgrade();
    const names = ['tombstones_by_time', 'identifier_conflicts_of_user'];
    const cutOff = 'GrowthIndexes1767100000000';
    await database.query(`DELETE FROM schema_migrations WHERE name = '${cutOff}'`);
    await database.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'tombstones_by_time'::regclass`);
    await database.query('DROP INDEX identifier_conflicts_of_user');
    expect((await upgrade()).ran).toEqual([cutOff]);
    const valid = `SELECT indisvalid FROM pg_index WHERE indexrelid = ANY ($1::regclass[]) AND indisvalid`;
    expect(await database.query(valid, [names])).toHaveLength(2);
  });

  it('can be had back: the way down undoes the way up, with everything that the first version knows', async () => {
    await firstVersion();
    const before = await schema();
    const users = 'SELECT * FROM users u JOIN user_identifiers i ON i.user_id = u.id ORDER BY i.kind';
    const people = await database.query(users);
    await upgrade();
    await using store = await openStoreForTests(database.url, { keyRing });
    await store.users.addAlias({
      userPoolId: POOL,
      connectionId: CONNECTION,
      userId: USER,
      typed: email('alias@example.com'),
    });
    await withMigrations(ALL, async (source) => {
      for (let undone = 0; undone < UPGRADES.length; undone += 1)
        await source.undoLastMigration({ transaction: 'each' });
    });
    expect(await schema()).toBe(before);
    expect(await database.query(users)).toEqual(people);
  });
});
