import { randomBytes } from 'node:crypto';
import { ConnectionMode } from '@userferry/contracts/management/v1/connection_service';
import { Plan } from '@userferry/contracts/management/v1/user_pool_service';
import { ConnectionStoreServiceClient } from '@userferry/contracts/migration/v1/connection_store_service';
import { HistoryServiceClient } from '@userferry/contracts/migration/v1/history_service';
import { type Identifier, LoginServiceClient } from '@userferry/contracts/migration/v1/login_service';
import { PoolStoreServiceClient } from '@userferry/contracts/migration/v1/pool_store_service';
import { UserServiceClient } from '@userferry/contracts/migration/v1/user_service';
import { createClient } from '@userferry/grpc';
import { createLogger } from '@userferry/process';
import { migrateStore, openUserStore } from '@userferry/user-store';
import { createMigrationService } from './create-migration-service.ts';
import { createPasswordHasher } from './passwords/password-hasher.ts';
import type { Ring } from './secrets/parse-ring.ts';

export const SERVICE_TOKEN = 'a-service-token-of-forty-characters-or-so';

/** Random secrets under these ids; the first is the current one. */
export const randomRing = (...ids: [string, ...string[]]): Ring => ({
  currentId: ids[0],
  secrets: new Map(ids.map((id) => [id, randomBytes(32)])),
});

/** What every call of a test carries. */
export const inTime = () => ({ requestId: 'request-of-a-test', deadlineMs: Date.now() + 10_000 });

/** Clients of all services at that address. */
export const clientsOf = (address: string, stack: AsyncDisposableStack) => ({
  login: stack.use(createClient(LoginServiceClient, { address, token: SERVICE_TOKEN })),
  connections: stack.use(createClient(ConnectionStoreServiceClient, { address, token: SERVICE_TOKEN })),
  pools: stack.use(createClient(PoolStoreServiceClient, { address, token: SERVICE_TOKEN })),
  users: stack.use(createClient(UserServiceClient, { address, token: SERVICE_TOKEN })),
  history: stack.use(createClient(HistoryServiceClient, { address, token: SERVICE_TOKEN })),
});

export type Clients = ReturnType<typeof clientsOf>;

/** The whole service in this process on a real database, and clients of it. */
export const startServiceForTests = async (
  databaseUrl: string,
  { peppers = randomRing('p1'), encryptionKeys = randomRing('k1'), clock = () => new Date(), cost = 4 } = {},
) => {
  const stack = new AsyncDisposableStack();
  const { currentId: currentKeyId, secrets: keys } = encryptionKeys;
  const database = { databaseUrl, poolSize: 4, connectTimeoutMs: 2_000, statementTimeoutMs: 2_000 };
  await migrateStore(database);
  const store = stack.use(await openUserStore({ ...database, keyRing: { currentKeyId, keys }, clock }));
  const passwords = await createPasswordHasher({
    cost,
    inFlightMax: 2,
    waitingMax: 50,
    newPasswordCharactersMin: 8,
    peppers,
  });
  const log = createLogger({ service: 'test', level: 'silent' });
  const config = { host: '127.0.0.1', port: 0, serviceTokens: [SERVICE_TOKEN] };
  const server = stack.use(await createMigrationService(config, { store, passwords, log }));
  const clients = clientsOf(`127.0.0.1:${server.port}`, stack);
  return { ...clients, server, store, log, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};

export const email = (value: string): Identifier => ({ identifier: { $case: 'email', value } });
export const username = (value: string): Identifier => ({ identifier: { $case: 'username', value } });

/** A pool with an enabled connection in lazy-migration mode; its secrets all contain `s3cr3t`. */
export const setUpPool = async ({ pools, connections }: Clients) => {
  const request = {
    name: 'pool',
    metadataJson: Buffer.from('{"tier":1}'),
    revealRejectionDetails: true,
    plan: Plan.UNSPECIFIED,
    actor: 'key-1',
  };
  const { userPool } = await pools.createUserPool(request, inTime());
  const userPoolId = userPool?.userPoolId ?? '';
  const { connection } = await connections.saveConnection(
    {
      userPoolId,
      mode: ConnectionMode.LAZY_MIGRATION,
      addressEnv: { values: { DB_CONNECTION_URI: 'postgres://legacy:s3cr3t-uri@db.example:5432/old' } },
      ownEnv: { values: { API_TOKEN: 's3cr3t-token' } },
      egress: [{ host: 'db.example', port: 5432 }],
      isolation: 0,
      actor: 'key-1',
    },
    inTime(),
  );
  const script = {
    action: 1 as const,
    source: '// s3cr3t-source',
    language: 1 as const,
    writtenSource: '// s3cr3t-types',
  };
  await connections.saveScript({ userPoolId, ...script, actor: 'key-1' }, inTime());
  await connections.setConnectionEnabled({ userPoolId, enabled: true, actor: 'key-1' }, inTime());
  return { userPoolId, connectionId: connection?.connectionId ?? '' };
};
