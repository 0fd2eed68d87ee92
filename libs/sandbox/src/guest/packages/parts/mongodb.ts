import { defineProperty } from '../../primordials.ts';
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

const COUNTERS_END = 0xff_ffff;

/** What ids are counted by goes on from run to run, whatever a script sets it to: no id comes twice. */
function countOn(Ids: Package): void {
  let { index } = Ids;
  const set = (): void => {
    index = (index + 1) % COUNTERS_END;
  };
  defineProperty(Ids, 'index', { get: () => index, set, enumerable: true, configurable: true });
}

/** Nothing is connected to. */
export function ofMongodb({ MongoClient, ObjectId }: Package): unknown[] {
  countOn(ObjectId);
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

export function ofOldMongodb({ MongoClient, ObjectId }: Package): unknown[] {
  countOn(ObjectId);
  return prototypesOf(new MongoClient('mongodb://127.0.0.1').s.namespace);
}
