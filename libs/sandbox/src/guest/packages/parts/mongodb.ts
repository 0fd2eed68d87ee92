import { neverMind, type Package, prototypesOf } from './instances.ts';

/** What a client knows of its servers before it has asked any: it goes no further. */
function descriptions(client: Package): unknown[] {
  client.on('topologyOpening', () => {
    throw new Error('Nothing is connected to');
  });
  neverMind(client.connect());
  const { description } = client.topology;
  return [description, ...description.servers.values()];
}

function ofSession(client: Package): unknown[] {
  const { sessionPool } = client.s;
  const session = client.startSession();
  return [sessionPool, sessionPool.sessions, session.serverSession, session.transaction];
}

/** Nothing is connected to. */
export function ofMongodb({ MongoClient }: Package): unknown[] {
  const client = new MongoClient('mongodb://user:password@127.0.0.1');
  const { options } = client;
  const db = client.db('x');
  const cursor = db.collection('y').find();
  const streamed = cursor.stream();
  const instances = [options, ...options.hosts, options.credentials, client.s, db.collection('y').s.namespace];
  const listeners = [client._events.error, cursor._events.close?.listener];
  const itself = [options.pkFactory, options.driverInfo, ...client.driverInfoList, ...listeners];
  return [...prototypesOf(...instances, ...ofSession(client), streamed, ...descriptions(client)), ...itself];
}

export const ofOldMongodb = ({ MongoClient }: Package): unknown[] =>
  prototypesOf(new MongoClient('mongodb://127.0.0.1').s.namespace);
