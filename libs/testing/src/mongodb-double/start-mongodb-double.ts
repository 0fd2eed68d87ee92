import { createSecureContext } from 'node:tls';
import { createCertificate } from '@userferry/local-databases';
import type { Document } from 'bson';
import { documentsOf, type Store, seed, setUnique } from './data/store.ts';
import type { MongodbDoubleOptions, MongodbSetDoubleOptions } from './double-options.ts';
import { type MongodbServer, startMember } from './member-server.ts';
import { createAccount } from './session/credentials.ts';
import type { Deployment } from './session/member.ts';
import type { Security } from './session/serve-connection.ts';
import { createTopology } from './session/topology.ts';

type Common = AsyncDisposable & {
  readonly host: string;
  /** The connection string, with the first user's name and password. */
  readonly uri: string;
  /** What a client must trust, as PEM text; only with TLS. */
  readonly caCertificate: string | undefined;
  /** The documents of `database.collection` as an application sees them. */
  readonly documentsOf: (namespace: string) => Document[];
};

/** A running double of one server. */
export type MongodbDouble = Common & MongodbServer;

/** A running double of a replica set. */
export type MongodbSetDouble = Common & {
  readonly setName: string;
  /** The first is the primary to begin with. */
  readonly members: readonly MongodbServer[];
  /** Makes another member the primary, as an election does. */
  readonly elect: (member: number) => void;
  /** Stops all members. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts a protocol double of MongoDB 7 on a free loopback port: OP_MSG, OP_QUERY for `hello`, OP_COMPRESSED with zlib;
 * SCRAM-SHA-1, SCRAM-SHA-256 and X.509; TLS; cursors, retryable writes, unique indexes, and of the query language what
 * login scripts use. What it does not know it refuses (NotImplemented) and never answers wrong. Not spoken:
 * transactions, change streams, tailable cursors, collations (but to find a text in any case), text and geo queries. It
 * proves the wire, not the engine.
 */
export const startMongodbDouble = async (options: MongodbDoubleOptions = {}): Promise<MongodbDouble> => {
  const { host = '127.0.0.1' } = options;
  const { deployment, security, caCertificate } = prepare(options, undefined);
  const server = await startMember(deployment, { index: 0, security, port: options.port });
  deployment.topology.hosts.push(`${host}:${server.port}`);
  return {
    ...server,
    host,
    caCertificate,
    uri: printUri(options, deployment),
    documentsOf: (namespace) => documentsOf(deployment.store, namespace),
    [Symbol.asyncDispose]: server.stop,
  };
};

/** Starts a double of a replica set, each member on a port of its own; all see the same data at once. */
export const startMongodbSetDouble = async (options: MongodbSetDoubleOptions = {}): Promise<MongodbSetDouble> => {
  const { host = '127.0.0.1', setName = 'rs0', members: count = 3 } = options;
  const { deployment, security, caCertificate } = prepare(options, setName);
  const members = await Promise.all(
    Array.from({ length: count }, (_, index) => startMember(deployment, { index, security })),
  );
  deployment.topology.hosts.push(...members.map(({ port }) => `${host}:${port}`));
  const stop = async (): Promise<void> => void (await Promise.all(members.map((member) => member.stop())));
  return {
    setName,
    members,
    host,
    caCertificate,
    uri: printUri(options, deployment),
    documentsOf: (namespace) => documentsOf(deployment.store, namespace),
    elect: deployment.topology.elect,
    stop,
    [Symbol.asyncDispose]: stop,
  };
};

type Prepared = { deployment: Deployment; security: Security | undefined; caCertificate: string | undefined };

const prepare = (options: MongodbDoubleOptions, setName: string | undefined): Prepared => {
  const { tls: wanted = false, clientAuthority, users = [], collections = {}, uniqueFields = {} } = options;
  const made = wanted === true ? createCertificate(['localhost', '127.0.0.1']) : wanted;
  const context = made && createSecureContext({ cert: made.certificate, key: made.privateKey });
  const store: Store = new Map();
  for (const [namespace, documents] of Object.entries(collections)) seed(store, namespace, documents);
  for (const [namespace, fields] of Object.entries(uniqueFields)) setUnique(store, namespace, fields);
  const deployment: Deployment = {
    store,
    accounts: users.map(createAccount),
    topology: createTopology(setName),
    retryableWrites: new Map(),
    wireVersions: options.wireVersions ?? { least: 0, greatest: 21 },
    compressors: options.compressors ?? [],
  };
  const security = context ? { context, clientAuthority } : undefined;
  return { deployment, security, caCertificate: made ? made.caCertificate : undefined };
};

const printUri = (options: MongodbDoubleOptions, { accounts, topology }: Deployment): string => {
  const [account] = accounts;
  const password = options.users?.[0]?.password;
  const login = account && password ? `${encodeURIComponent(account.user)}:${encodeURIComponent(password)}@` : '';
  const settings = [
    ...(login ? [`authSource=${account?.database}`] : []),
    ...(topology.setName === undefined ? [] : [`replicaSet=${topology.setName}`]),
    ...(options.tls ? ['tls=true'] : []),
  ];
  const query = settings.length > 0 ? `?${settings.join('&')}` : '';
  return `mongodb://${login}${topology.hosts.join(',')}/${options.database ?? 'legacy'}${query}`;
};
