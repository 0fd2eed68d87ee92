import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type LocalReplica, startReplica } from '@userferry/local-databases';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openUserStore, type UserStore } from './open-user-store.ts';
import { ADMIN, openStoreForTests, poolWithConnection, randomRing, someCredential } from './store-for-tests.ts';

/** Longer than any test takes. */
const LONG_MS = 600_000;
const PATIENCE = { timeout: 30_000 };

const stack = new AsyncDisposableStack();
let database: TestDatabase;
let replica: LocalReplica;
let pool: { userPoolId: string; connectionId: string };

/** A store with a replica, and whether it asks it. */
const openWith = async (lagMsMax: number, databaseUrl = replica.at(database.url)) => {
  const seen = { asked: false };
  const onChange = (isAsked: boolean) => {
    seen.asked = isAsked;
  };
  const limits = { poolSize: 4, connectTimeoutMs: 2_000, statementTimeoutMs: 5_000 };
  const options = { databaseUrl, lagMsMax, lookMs: 100, onChange };
  const given = { ...limits, databaseUrl: database.url, keyRing: randomRing('k1'), replica: options };
  return { store: await openUserStore(given), seen };
};

let store: UserStore;
let seen: { readonly asked: boolean };
beforeAll(async () => {
  database = stack.use(await testDatabase());
  await using first = await openStoreForTests(database.url);
  pool = await poolWithConnection(first);
  replica = await startReplica(database.server);
  stack.defer(() => replica.stop());
  ({ store, seen } = await openWith(LONG_MS));
  stack.use(store);
});
afterAll(() => stack.disposeAsync());
beforeEach(async () => {
  await replica.resume();
  await expect.poll(() => seen.asked, PATIENCE).toBe(true);
});

let people = 0;
const migrate = async () => {
  people += 1;
  const typed = { kind: 'email' as const, value: `p${people}@example.com` };
  const proven = { ...pool, externalId: people, profile: { email: typed.value }, typed, credential: someCredential };
  return store.users.migrate(proven);
};
const listed = async (by: UserStore = store) => {
  const wanted = { userPoolId: pool.userPoolId, keyword: '', page: 1, limit: 100 };
  return (await by.users.list(wanted)).totalCount;
};
const page = { size: 10, token: '' };

/** From then on the replica stays at what it has, and answers. */
const holdBack = async (held: boolean) => {
  const client = new pg.Client({ connectionString: replica.at(database.server.url) });
  await client.connect();
  await client.query(`SELECT pg_wal_replay_${held ? 'pause' : 'resume'}()`).finally(() => client.end());
};

/** What each of the late reads knows: users, audit entries, migrated users, runs. */
const knownLate = async () => {
  const { userPoolId } = pool;
  const [audit, counts, runs] = [
    store.audit.list(userPoolId, page),
    store.progress.counts(userPoolId),
    store.scriptRuns.list(pool, page),
  ];
  return [await listed(), (await audit).items.length, (await counts).migrated, (await runs).items.length];
};
const writeOneOfEach = async () => {
  await migrate();
  await store.audit.append(pool.userPoolId, { ...ADMIN, action: 'a', target: 't' });
  const run = {
    runId: `run ${people}`,
    endedAt: new Date(),
    action: 'login',
    outcome: 'completed',
    version: 1,
    test: false,
  };
  await store.scriptRuns.append(pool.userPoolId, [{ ...run, requestId: 'r', details: {} }]);
};

describe('a replica that follows', () => {
  it('answers lists, searches, history and counts, as late as it is', async () => {
    const before = await knownLate();
    await holdBack(true);
    await writeOneOfEach();
    expect(await knownLate()).toEqual(before);
    await holdBack(false);
    await expect.poll(knownLate, PATIENCE).toEqual(before.map((n) => n + 1));
  });

  it('is not asked for what a login decides by, nor whether a pool is there', async () => {
    await holdBack(true);
    await migrate();
    const found = await store.users.find(pool.userPoolId, { kind: 'email', value: `p${people}@example.com` });
    expect(found.verdict).toBe('ok');
    const other = await store.pools.create({ name: 'new', metadata: {}, revealRejectionDetails: false });
    expect((await store.audit.list(other.id, page)).items).toEqual([]);
    await holdBack(false);
  });
});

/** A way to the replica that is shut at first; from then on whoever comes waits at it until it is opened. */
const openGate = async () => {
  const { hostname, port } = new URL(replica.at(database.url));
  const open = Promise.withResolvers<void>();
  const inside = new Set<Socket>();
  let [isShut, turnedAway, waiting] = [true, 0, 0];
  const gate = createServer(async (client) => {
    client.on('error', () => undefined);
    if (isShut) {
      turnedAway += 1;
      return void client.destroy();
    }
    waiting += 1;
    await open.promise;
    inside.add(client.on('close', () => inside.delete(client)));
    client.pipe(connect(Number(port), hostname)).pipe(client);
  });
  await once(gate.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (gate.address() as AddressInfo).port,
    turnedAway: () => turnedAway,
    waiting: () => waiting,
    inside: () => inside.size,
    letWait: () => {
      isShut = false;
    },
    open: () => open.resolve(),
    [Symbol.asyncDispose]: async () => {
      for (const client of inside) client.destroy();
      await once(gate.close(), 'close');
    },
  };
};

it('a store that closes while it finds its way to the replica leaves no connection behind', async () => {
  await using gate = await openGate();
  const url = new URL(replica.at(database.url));
  url.port = String(gate.port);
  const late = await openWith(LONG_MS, url.href);
  await expect.poll(gate.turnedAway, PATIENCE).toBeGreaterThan(0);
  gate.letWait();
  await expect.poll(gate.waiting, PATIENCE).toBe(1);
  const closed = late.store[Symbol.asyncDispose]();
  gate.open();
  await closed;
  await expect.poll(gate.inside).toBe(0);
});

describe('the primary answers', () => {
  it('when the replica is further behind than allowed, though it answers; and no longer when it has caught up', async () => {
    const strict = await openWith(2_000);
    await using _closing = strict.store;
    await expect.poll(() => strict.seen.asked, PATIENCE).toBe(true);
    await holdBack(true);
    await migrate();
    await expect.poll(() => strict.seen.asked, PATIENCE).toBe(false);
    expect(await listed(strict.store)).toBe(people);
    await holdBack(false);
    await expect.poll(() => strict.seen.asked, PATIENCE).toBe(true);
  });

  it('a read during which the replica dies, and goes on while it is down', async () => {
    await expect.poll(() => listed(), PATIENCE).toBe(people);
    await replica.kill();
    for (let n = 0; n < 5; n += 1) expect(await listed()).toBe(people);
    await expect.poll(() => seen.asked, PATIENCE).toBe(false);
    await migrate();
    expect(await listed()).toBe(people);
  });

  it('when what is called the replica is none', async () => {
    const none = await openWith(LONG_MS, database.url);
    await using _closing = none.store;
    const looks = `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%replay_lsn%' AND state = 'idle'`;
    await expect.poll(async () => (await database.query(looks)).length, PATIENCE).toBeGreaterThan(0);
    expect(await listed(none.store)).toBe(people);
    expect(none.seen.asked).toBe(false);
  });
});
