import { type Package, prototypesOf } from './instances.ts';

/** In place of a socket: the server never says anything. */
function silence(): Package {
  const stream: Package = { on: () => stream, once: () => stream, write: () => true };
  return stream;
}

/** Of a pool of callbacks, and of the first connection in it, which waits for a server that is not there. */
function ofPool(pool: Package): unknown[] {
  pool.getConnection(() => undefined);
  const { config, _allConnections: connections } = pool;
  const connection = connections.get(0);
  const { _command: handshake } = connection;
  const query = connection.query('select 1', () => undefined);
  return prototypesOf(pool, config, config.connectionConfig, connections, connection, handshake, query);
}

const settings = () => ({ stream: silence(), connectTimeout: 0 });

export const ofMysql = ({ createPool, createPoolCluster }: Package): unknown[] => [
  ...ofPool(createPool(settings())),
  ...prototypesOf(createPoolCluster().of('*')),
];

export function ofMysqlPromise({ createPool, createPoolCluster }: Package): unknown[] {
  const pool = createPool(settings());
  const cluster = createPoolCluster();
  const namespace = cluster.of('*');
  const { poolNamespace } = namespace;
  return [...ofPool(pool.pool), ...prototypesOf(pool, cluster, cluster.poolCluster, namespace, poolNamespace)];
}
