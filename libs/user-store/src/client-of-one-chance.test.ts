import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { ServiceError } from '@userferry/errors';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UserStore } from './open-user-store.ts';
import { openStoreForTests } from './store-for-tests.ts';

const stack = new AsyncDisposableStack();
let database: TestDatabase;
beforeAll(async () => {
  database = stack.use(await testDatabase());
});
afterAll(() => stack.disposeAsync());

/** A line to the database whose connections can all fall silent, as after a failover without a goodbye. */
const openLine = async (target: number) => {
  const sockets = new Set<Socket>();
  const line = createServer((client) => {
    const server = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from
        .on('data', (bytes) => to.write(bytes))
        .on('error', () => undefined)
        .on('close', () => to.destroy());
    }
  });
  await once(line.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (line.address() as AddressInfo).port,
    fallSilent: () => {
      for (const socket of sockets) socket.pause();
    },
    /** What was on its way arrives. */
    speakAgain: () => {
      for (const socket of sockets) socket.resume();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await once(line.close(), 'close');
    },
  };
};

it('a connection on which no answer came in time is given up: the next call has a new one', async () => {
  const url = new URL(database.url);
  await using line = await openLine(Number(url.port));
  url.port = String(line.port);
  await using store = await openStoreForTests(url.href, { poolSize: 1, statementTimeoutMs: 500 });
  await store.ping();
  line.fallSilent();
  await expect(store.ping()).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE' });
  await store.ping();
});

it('also one on which statements were sent together', async () => {
  const url = new URL(database.url);
  await using line = await openLine(Number(url.port));
  url.port = String(line.port);
  await using store = await openStoreForTests(url.href, { poolSize: 1, statementTimeoutMs: 500 });
  const subject = { userPoolId: randomUUID(), who: { userId: 'ada' }, address: '' };
  await store.attempts.begin(subject);
  line.fallSilent();
  await expect(store.attempts.begin(subject)).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE' });
  expect(await store.attempts.begin(subject)).toEqual({ allowed: true });
});

it('whether the end of an attempt was taken is said to be unknown where no answer came, and only there', async () => {
  const url = new URL(database.url);
  await using line = await openLine(Number(url.port));
  url.port = String(line.port);
  await using store = await openStoreForTests(url.href, { poolSize: 1, statementTimeoutMs: 500 });
  const subject = { userPoolId: randomUUID(), who: { userId: 'ada' }, address: '' };
  await store.attempts.undecided(subject);
  line.fallSilent();
  const unknown = { reason: 'STORE_UNAVAILABLE', metadata: { done: 'unknown' } };
  await expect(store.attempts.undecided(subject)).rejects.toMatchObject(unknown);
  const hold = await database.hold('login_attempts');
  const undone = await store.attempts.undecided(subject).catch((error: ServiceError) => error);
  expect(undone).toHaveProperty('reason', 'STORE_UNAVAILABLE');
  expect(undone).toHaveProperty('metadata', {});
  await hold.release();
});

it('an attempt that the server comes to when nobody waits for it any more is not counted', async () => {
  const url = new URL(database.url);
  await using line = await openLine(Number(url.port));
  url.port = String(line.port);
  await using store = await openStoreForTests(url.href, { poolSize: 1, statementTimeoutMs: 500 });
  const subject = { userPoolId: randomUUID(), who: { userId: 'bob' }, address: '' };
  await database.query('DELETE FROM login_attempts');
  expect(await store.attempts.begin(subject)).toEqual({ allowed: true });
  line.fallSilent();
  await expect(store.attempts.begin(subject)).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE' });
  line.speakAgain();
  // Its session ends behind what was on its way.
  const sessions = `SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'userferry%'`;
  await expect.poll(async () => (await database.query(sessions)).length).toBe(0);
  expect(await database.query('SELECT failures FROM login_attempts')).toEqual([{ failures: 1 }]);
});

/** What whoever calls sees while new sessions may only read, and once they may write. */
const throughReadOnlyTimes = async (write: (store: UserStore) => Promise<unknown>) => {
  await using own = await testDatabase();
  await using store = await openStoreForTests(own.url, { poolSize: 1 });
  const newSessionsMayOnlyRead = (value: 'on' | 'off') =>
    own.query(`BEGIN READ WRITE;
      DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = ${value}', current_database());
      END $$; COMMIT`);
  await newSessionsMayOnlyRead('on');
  await own.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid()`);
  await expect
    .poll(() => write(store).catch((error: ServiceError) => error.cause))
    .toMatchObject({ message: expect.stringContaining('25006') });
  await newSessionsMayOnlyRead('off');
  return await write(store);
};

it.each<[string, (store: UserStore) => Promise<unknown>]>([
  ['by itself', async (store) => [await store.apiKeys.noteUses([{ id: randomUUID(), at: new Date() }])]],
  ['of those sent together', (store) => store.attempts.begin({ userPoolId: 'p', who: { userId: 'a' }, address: '' })],
])(
  'one that began when nothing could be written is given up for a statement %s, and the next call writes',
  async (...[, write]) => {
    await expect(throughReadOnlyTimes(write)).resolves.toBeDefined();
  },
);
