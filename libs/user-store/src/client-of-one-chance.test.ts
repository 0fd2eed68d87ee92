import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
