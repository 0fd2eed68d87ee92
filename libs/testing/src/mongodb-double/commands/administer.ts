import { type Document, Int32, UUID } from 'bson';
import type { Collection } from '../data/collection.ts';
import { compileFilter, isTrue } from '../data/matches.ts';
import { readCount } from '../data/numbers.ts';
import { readSpecification } from '../data/select.ts';
import { namespaceOf, openCollection } from '../data/store.ts';
import { isDocument } from '../data/values.ts';
import { failure } from '../failure.ts';
import type { Call } from '../session/member.ts';

const VERSION = '7.0.0';

const storeOf = ({ connection }: Call) => connection.member.deployment.store;

const buildInfo = (): Document => ({
  version: VERSION,
  gitVersion: 'double',
  modules: [],
  versionArray: VERSION.split('.').concat('0').map(Number),
  bits: 64,
  maxBsonObjectSize: 16 * 1024 * 1024,
});

const create = (call: Call): Document => {
  const namespace = namespaceOf(call.database, call.command.create);
  if (storeOf(call).has(namespace)) throw failure(48, `Collection ${namespace} already exists.`);
  openCollection(storeOf(call), namespace);
  return {};
};

const drop = (call: Call): Document => {
  const namespace = namespaceOf(call.database, call.command.drop);
  const collection = storeOf(call).get(namespace);
  if (collection === undefined) return {};
  storeOf(call).delete(namespace);
  return { nIndexesWas: new Int32(collection.indexes.length), ns: namespace };
};

const collectionsOf = (call: Call): [name: string, collection: Collection][] => {
  const prefix = `${call.database}.`;
  return [...storeOf(call)]
    .filter(([namespace]) => namespace.startsWith(prefix))
    .map(([namespace, collection]) => [namespace.slice(prefix.length), collection]);
};

const dropDatabase = (call: Call): Document => {
  const names = collectionsOf(call).map(([name]) => name);
  for (const name of names) storeOf(call).delete(`${call.database}.${name}`);
  return names.length > 0 ? { dropped: call.database } : {};
};

const listCollections = (call: Call): Document => {
  const { filter, nameOnly, cursor } = call.command;
  const all = collectionsOf(call).map(([name, { uuid, indexes }]) =>
    isTrue(nameOnly)
      ? { name, type: 'collection' }
      : {
          name,
          type: 'collection',
          options: {},
          info: { readOnly: false, uuid: new UUID(uuid) },
          idIndex: indexes[0]?.specification,
        },
  );
  const documents = all.filter(compileFilter(readSpecification(filter, 'filter')));
  const batchSize = isDocument(cursor) ? readCount(cursor.batchSize) : undefined;
  const namespace = `${call.database}.$cmd.listCollections`;
  return { cursor: call.connection.member.cursors.open({ namespace, documents, batchSize }) };
};

const listDatabases = (call: Call): Document => {
  const names = new Set([...storeOf(call).keys()].map((namespace) => namespace.slice(0, namespace.indexOf('.'))));
  const databases = [...names].sort().map((name) => ({ name, sizeOnDisk: new Int32(8192), empty: false }));
  return { databases, totalSize: new Int32(8192 * databases.length) };
};

const connectionStatus = ({ connection: { login } }: Call): Document => ({
  authInfo: {
    authenticatedUsers: login ? [{ user: login.user, db: login.database }] : [],
    authenticatedUserRoles: login ? [{ role: 'readWriteAnyDatabase', db: 'admin' }] : [],
  },
});

const logout = ({ connection }: Call): Document => {
  connection.login = undefined;
  return {};
};

/** The next member becomes the primary, as after `rs.stepDown()`. */
const replSetStepDown = ({ connection: { member } }: Call): Document => {
  const { topology } = member.deployment;
  if (topology.primary() !== member.index) throw failure(10107, "not primary so can't step down");
  topology.elect((member.index + 1) % topology.hosts.length);
  return {};
};

/** Commands about the server, its databases and collections; `open` are those that need no login. */
export const ADMINISTRATION = {
  open: { buildInfo, buildinfo: buildInfo, connectionStatus, logout },
  other: { endSessions: () => ({}), refreshSessions: () => ({}), replSetStepDown },
  reads: { listCollections, listDatabases },
  writes: { create, drop, dropDatabase },
} as const;
