import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority, type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserStore } from './open-user-store.ts';
import { openStoreForTests, poolWithConnection } from './store-for-tests.ts';

describe('a store that shows a certificate', () => {
  const authority = createAuthority();
  const stack = new AsyncDisposableStack();
  let server: LocalPostgres;
  let store: UserStore;

  /** For new connections; those that there are go on with the one before. */
  const show = async (validDays: number): Promise<void> => {
    const { certificate, privateKey } = authority.issue(['127.0.0.1'], validDays);
    writeFileSync(join(server.folder, 'tls', 'server.crt'), certificate);
    writeFileSync(join(server.folder, 'tls', 'server.key'), privateKey);
    await server.query('SELECT pg_reload_conf()');
    const ours = `application_name = 'userferry-migration-service'`;
    await server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ours}`);
  };

  beforeAll(async () => {
    server = await startPostgres({ tls: true });
    stack.defer(() => server.stop());
    const authorityFile = join(server.folder, 'tls', 'authority.crt');
    writeFileSync(authorityFile, authority.caCertificate);
    await show(1);
    const url = new URL(await server.createDatabase('ours', { owner: 'ours' }));
    url.search = `?sslmode=verify-full&sslrootcert=${encodeURIComponent(authorityFile)}`;
    store = stack.use(await openStoreForTests(url.href, { poolSize: 1 }));
  });
  afterAll(() => stack.disposeAsync());

  it('that has ended is away, which the log says, and is back with a new one', async () => {
    await store.ping();
    await show(-1);
    const away = () =>
      store.ping().then(
        () => undefined,
        (error: Error) => error,
      );
    const cause = { message: 'the database could not be asked (CERT_HAS_EXPIRED)' };
    await expect.poll(away).toMatchObject({ reason: 'STORE_UNAVAILABLE', cause });
    await show(1);
    await expect.poll(away).toBeUndefined();
  });
});

it('an authority’s file that is away while connections are waited for fails those calls, and is no end of the process', async () => {
  const server = await startPostgres({ tls: true });
  try {
    const authorityFile = join(server.folder, 'authority.crt');
    writeFileSync(authorityFile, server.caCertificate ?? '');
    const url = new URL(await server.createDatabase('ours', { owner: 'ours' }));
    url.search = `?sslmode=verify-full&sslrootcert=${encodeURIComponent(authorityFile)}`;
    await using store = await openStoreForTests(url.href, { poolSize: 1 });
    const held = server.query('BEGIN; LOCK TABLE api_keys; SELECT pg_sleep(1.5)', { database: 'ours' });
    const sleeping = `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
    await expect.poll(() => server.query(sleeping)).toHaveLength(1);
    const waiting = Array.from({ length: 3 }, () => store.apiKeys.find(Buffer.alloc(32)));
    const answers = Promise.allSettled(waiting);
    const ours = `FROM pg_stat_activity WHERE application_name = 'userferry-migration-service'`;
    await expect.poll(() => server.query(`SELECT 1 ${ours} AND wait_event_type = 'Lock'`)).toHaveLength(1);
    rmSync(authorityFile);
    await server.query(`SELECT pg_terminate_backend(pid) ${ours}`);
    const texts = (await answers).map((answer) => (answer.status === 'rejected' ? String(answer.reason) : 'found'));
    expect(texts).toContain('Error: the database could not be asked (ENOENT)');
    expect(texts).not.toContain('found');
    await held;
    writeFileSync(authorityFile, server.caCertificate ?? '');
    await store.ping();
  } finally {
    await server.stop();
  }
});

describe('a database whose sessions write dates in another way by default', () => {
  it('is read as every other: a key that has ended does not live for ever', async () => {
    await using database = await testDatabase();
    await using store = await openStoreForTests(database.url, { poolSize: 1 });
    const { userPoolId } = await poolWithConnection(store);
    const expiresAt = new Date(Date.now() - 1_000);
    const { secret } = await store.apiKeys.create({ name: 'k', role: 'edge', userPoolId, expiresAt });
    await database.query(`DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I SET datestyle = %L', current_database(), 'SQL, DMY'); END $$`);
    await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    const find = () => store.apiKeys.find(createHash('sha256').update(secret).digest());
    await expect.poll(() => find().catch(({ reason }) => reason)).not.toBe('STORE_UNAVAILABLE');
    await expect(find()).rejects.toMatchObject({ reason: 'API_KEY_EXPIRED' });
  });
});
