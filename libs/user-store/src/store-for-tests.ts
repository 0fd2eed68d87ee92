import { randomBytes } from 'node:crypto';
import { leadsThroughPooler, type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { migrateStore } from './migrate-store.ts';
import { openUserStore, type UserStore, type UserStoreOptions } from './open-user-store.ts';
import type { Credential } from './repositories/users/stored-user.ts';
import type { KeyRing } from './secrets/sealing.ts';

/** Random keys of these ids; the first is the current one. */
export const randomRing = (...ids: [string, ...string[]]): KeyRing => ({
  currentKeyId: ids[0],
  keys: new Map(ids.map((id) => [id, randomBytes(32)])),
});

/** A store on an empty or a migrated database, ready to use. */
export const openStoreForTests = async (
  databaseUrl: string,
  { keyRing = randomRing('k1'), clock, ...options }: Partial<UserStoreOptions> = {},
): Promise<UserStore> => {
  const throughPooler = leadsThroughPooler();
  await migrateStore({ databaseUrl, connectTimeoutMs: 5_000, throughPooler });
  const limits = { poolSize: 4, connectTimeoutMs: 2_000, statementTimeoutMs: 2_000, throughPooler };
  // A test's clock is the database's, too, unless the test is about the two.
  const clocks = clock && { clock, databaseClock: async () => clock() };
  return openUserStore({ ...limits, ...clocks, ...options, databaseUrl, keyRing });
};

/** A pool with a connection in lazy-migration mode. */
export const poolWithConnection = async (store: UserStore) => {
  const pool = await store.pools.create({ name: 'p', metadata: { tier: 1 }, revealRejectionDetails: false });
  const connection = await store.connections.save({
    userPoolId: pool.id,
    mode: 'lazy_migration',
    addressEnv: { DB_CONNECTION_URI: 'postgres://legacy:s3cr3t-uri@db/old' },
    ownEnv: { API_TOKEN: 's3cr3t-token' },
    egress: [{ host: 'db', port: 5432 }],
    actor: 'key-1',
  });
  return { userPoolId: pool.id, connectionId: connection.connectionId };
};

/** So that the head of a file can name what is there only while its tests run. */
const standIn = <T extends object>(current: () => T): T =>
  new Proxy({} as T, {
    get: (_, key) => Reflect.get(current(), key),
    // What `{ ...pool }` asks for.
    ownKeys: () => Reflect.ownKeys(current()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(current(), key),
  });

/** A store on a database of its own for all tests of a file: opened before them, closed after. */
export const useTestStore = (options: Partial<UserStoreOptions> = {}) => {
  const stack = new AsyncDisposableStack();
  let database: TestDatabase;
  let store: UserStore;
  beforeAll(async () => {
    database = stack.use(await testDatabase());
    store = stack.use(await openStoreForTests(database.url, options));
  });
  afterAll(() => stack.disposeAsync());
  return { database: standIn(() => database), store: standIn(() => store) };
};

/** A pool with a connection, another one for each test. */
export const usePoolWithConnection = (store: UserStore) => {
  let pool: Awaited<ReturnType<typeof poolWithConnection>>;
  beforeEach(async () => {
    pool = await poolWithConnection(store);
  });
  return standIn(() => pool);
};

/** A credential that stands for this password; nothing is hashed here. */
export const credentialOf = (password: string): Credential => ({ ...someCredential, hash: password });

/** Who does what an administrator does in tests. */
export const ADMIN = { actor: 'key-1', requestId: 'request-1' };

/** The shape of a credential; no password fits it. */
export const someCredential: Credential = {
  scheme: 'test',
  version: 1,
  pepperId: 'p1',
  cost: 4,
  hash: 'h4sh',
};
