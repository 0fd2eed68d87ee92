import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { type LegacyDatabase, type ServiceName, startLegacyDatabase } from '@userferry/local-services';
import { addressOf, createReplica, type Replica } from './replica.ts';

/** A company's legacy database, our store, and what every process of ours has to be told of them. */
export type ReplicaGround = {
  readonly legacy: LegacyDatabase;
  readonly store: LocalPostgres;
  readonly operatorKey: string;
  /** The environment of a process of that service; the services behind a gateway are added by whoever knows them. */
  readonly envOf: (name: ServiceName) => Record<string, string>;
};

/** Our own hashes are cheap here: it is about what happens, not how long it takes. */
const CHEAP = { USERFERRY_BCRYPT_COST: '5', USERFERRY_BLANK_HOSTS: '1', UV_THREADPOOL_SIZE: '16' };

/** Starts the databases; everything is closed with the stack. */
export const prepareGround = async (stack: AsyncDisposableStack): Promise<ReplicaGround> => {
  const legacy = await startLegacyDatabase();
  stack.defer(() => legacy.server.stop());
  const store = await startPostgres({ settings: { max_connections: '200' } });
  stack.defer(() => store.stop());
  const folder = mkdtempSync(join(tmpdir(), 'userferry-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const databaseUrl = await store.createDatabase('userferry', { owner: 'userferry' });
  const operatorKey = `ufk_${randomBytes(32).toString('base64url')}`;
  const token = { USERFERRY_SERVICE_TOKEN: randomBytes(32).toString('base64url') };
  const only: Record<ServiceName, () => Record<string, string>> = {
    'identity-gateway': () => ({}),
    'script-runner': () => ({
      USERFERRY_EGRESS_ALLOW: '127.0.0.1:*',
      USERFERRY_EGRESS_ADDRESSES: '192.0.2.20',
    }),
    'migration-service': () => ({
      DATABASE_URL: databaseUrl,
      USERFERRY_OPERATOR_KEY: operatorKey,
      USERFERRY_KEY_FILE: join(folder, 'keys.json'),
    }),
    'public-ip-service': () => ({
      PUBLIC_IPS: '192.0.2.20',
      USERFERRY_PUBLIC_IP_STATE_FILE: join(folder, `public-ips-${randomBytes(4).toString('hex')}.json`),
    }),
  };
  return { legacy, store, operatorKey, envOf: (name) => ({ ...CHEAP, ...token, ...only[name]() }) };
};

export type Counts = Readonly<Record<ServiceName, number>>;

/** So many processes of each service over one store, each told of all others that it calls. */
export type ReplicaWorld = ReplicaGround & {
  readonly replicas: Readonly<Record<ServiceName, readonly Replica[]>>;
  /** Every gateway as one address. */
  readonly address: string;
};

/** Starts them all: what is called before what calls it. */
export const startReplicas = async (stack: AsyncDisposableStack, counts: Counts): Promise<ReplicaWorld> => {
  const ground = await prepareGround(stack);
  const open = async (name: ServiceName, env: Record<string, string> = {}): Promise<readonly Replica[]> => {
    const all: Replica[] = [];
    for (let n = 0; n < counts[name]; n += 1)
      all.push(await createReplica({ name, env: { ...ground.envOf(name), ...env } }));
    stack.defer(async () => void (await Promise.all(all.map((each) => each.stop()))));
    await Promise.all(all.map((each) => each.start()));
    return all;
  };
  const publicIp = await open('public-ip-service');
  const told = { USERFERRY_PUBLIC_IP_ADDRESS: addressOf(publicIp) };
  const [migration, runner] = [await open('migration-service'), await open('script-runner', told)];
  const behind = { USERFERRY_MIGRATION_ADDRESS: addressOf(migration), USERFERRY_RUNNER_ADDRESS: addressOf(runner) };
  const gateway = await open('identity-gateway', { ...told, ...behind });
  const replicas = {
    'public-ip-service': publicIp,
    'migration-service': migration,
    'script-runner': runner,
    'identity-gateway': gateway,
  };
  return { ...ground, replicas, address: addressOf(gateway) };
};
