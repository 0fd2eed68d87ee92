import { ServiceError } from '@userferry/errors';
import { serveMetrics } from '@userferry/telemetry';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { migrateStore, openUserStore, type UserStore } from '@userferry/user-store';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { randomRing } from './service-for-tests.ts';
import { aroundStoreCall, showStore } from './watch-store.ts';

let database: TestDatabase;
let store: UserStore;
let stack: AsyncDisposableStack;
let metrics: () => Promise<string>;
beforeAll(async () => {
  database = await testDatabase();
  const options = { databaseUrl: database.url, poolSize: 4, connectTimeoutMs: 2_000, statementTimeoutMs: 2_000 };
  await migrateStore(options);
  const { currentId: currentKeyId, secrets: keys } = randomRing('k1');
  store = await openUserStore({ ...options, keyRing: { currentKeyId, keys }, around: aroundStoreCall });
});
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const server = stack.use(await serveMetrics({ service: 'migration-service', host: '127.0.0.1', port: 0 }));
  metrics = async () => (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return () => stack.disposeAsync();
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

it('calls are counted by how they end: a refusal is no outage, an outage no fault of ours', async () => {
  await store.ping();
  const call = { repository: 'users', call: 'find' };
  const failing = (error: Error) => expect(aroundStoreCall(call, () => Promise.reject(error))).rejects.toBe(error);
  await failing(new ServiceError('USER_POOL_NOT_FOUND', 'x'));
  await failing(new ServiceError('STORE_UNAVAILABLE', 'x'));
  await failing(new Error('x'));
  const text = await metrics();
  expect(text).toContain('userferry_store_calls_total{repository="store",call="ping",outcome="ok"} 1\n');
  for (const outcome of ['refused', 'unavailable', 'failed'])
    expect(text).toContain(`userferry_store_calls_total{repository="users",call="find",outcome="${outcome}"} 1\n`);
  expect(text).toContain('userferry_store_call_seconds_count{repository="users",call="find"} 3\n');
});

it('what is in the store is counted now and then, and the connections to it are shown as they are', async () => {
  using _ = showStore(store, { poolSize: 4, countEveryMs: 60_000 });
  await expect.poll(metrics, { timeout: 20_000 }).toContain('userferry_users{state="migrated"} 0\n');
  const text = await metrics();
  expect(text).toContain('userferry_identifier_conflicts 0\n');
  expect(text).toContain('userferry_store_connections_max 4\n');
  expect(text).toMatch(/^userferry_store_connections\{state="idle"\} [1-4]$/m);
});

it('a count that fails leaves nothing to show, and not what was', async () => {
  const totals = () => Promise.reject(new ServiceError('STORE_UNAVAILABLE', 'away'));
  using _ = showStore({ poolUse: store.poolUse, totals }, { poolSize: 4, countEveryMs: 60_000 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(await metrics()).not.toMatch(/^userferry_users\{/m);
});
