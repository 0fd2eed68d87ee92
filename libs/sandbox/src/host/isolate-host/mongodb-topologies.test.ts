/** Replica sets, seed lists and names of clusters, side by side with plain Node, against a double of several members. */
import { createCertificate } from '@userferry/local-databases';
import { type MongodbSetDouble, type MongodbSetDoubleOptions, startMongodbSetDouble } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withNames, type Zone } from './testing/names.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let set: MongodbSetDouble;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host?.stop());

const env = () => ({
  URI: set.uri,
  PORTS: set.members.map(({ port }) => port).join(),
  CA: set.caCertificate ?? '',
});
const today = createSideBySide(() => host, env, { 'mongodb@7': 'mongodb-7' });
const old = createSideBySide(() => host, env, { mongodb: 'mongodb-3', 'mongodb@3': 'mongodb-3' });

const USERS = { 'legacy.users': [{ _id: 1, email: 'a@b.example' }] };
const withSet = async <T>(options: MongodbSetDoubleOptions, run: () => Promise<T>): Promise<T> => {
  await using started = await startMongodbSetDouble({ collections: USERS, ...options });
  set = started;
  return await run();
};
const withZone = async <T>(zone: Zone, run: () => Promise<T>): Promise<T> => {
  const restore = withNames(zone);
  try {
    return await run();
  } finally {
    restore();
  }
};

const DRIVERS = ['mongodb', 'mongodb@7'];
const open = (driver: string, uri: string, options: string, body: string): string => `
  const { MongoClient } = require('${driver}'); const [one, two, three] = env.PORTS.split(',');
  const say = (e) => [e.name, e.code, e.message.replace(/\\d{4,5}/g, 'PORT'), [...(e.errorLabels || [])]];
  const client = new MongoClient(${uri}, { serverSelectionTimeoutMS: 2000, ${options} }); const users = client.db('legacy').collection('users');
  try { await client.connect(); ${body} } catch (e) { return say(e) } finally { await client.close() }`;
/** The ports of the members to which commands went, of both sides. */
const asked = (name: string): number[] =>
  set.members.filter((member) => member.commands.some((command) => command.name === name)).map(({ port }) => port);

describe.each(DRIVERS)('%s and a replica set', (driver) => {
  const insert = `await users.insertOne({ email: 'b' }); return (await users.findOne({})).email`;

  it('is reached by a whole seed list, and the primary is asked', () =>
    withSet({}, async () => {
      expect(await today.sameResult(open(driver, 'env.URI', '', insert))).toBe('a@b.example');
      expect(asked('insert')).toEqual([set.members[0]?.port]);
    }));

  it('is reached by one seed that is none of the primary, and the rest is told by it', () =>
    withSet({}, async () => {
      const seed = "'mongodb://127.0.0.1:' + three + '/?replicaSet=rs0'";
      expect(await today.sameResult(open(driver, seed, '', insert))).toBe('a@b.example');
      expect(asked('insert')).toEqual([set.members[0]?.port]);
    }));

  it('is reached although a seed is down', () =>
    withSet({}, async () => {
      const seeds = "'mongodb://127.0.0.1:1,127.0.0.1:' + one + '/?replicaSet=rs0'";
      expect(await today.sameResult(open(driver, seeds, '', insert))).toBe('a@b.example');
    }));

  it('of another name is not taken for the one that is meant', () =>
    withSet({}, async () => {
      const seed = "'mongodb://127.0.0.1:' + one + '/?replicaSet=other'";
      const result = await today.sameResult(open(driver, seed, 'serverSelectionTimeoutMS: 400', insert));
      expect(result).toContain('MongoServerSelectionError');
    }));

  it('without a primary is no place to write to, yet one to read from', () =>
    withSet({}, async () => {
      await set.members[0]?.stop();
      const uri = "env.URI + '&readPreference=secondaryPreferred'";
      const body = `const { email } = await users.findOne({}); try { await users.insertOne({}); return 'written' } catch (e) { return [email, e.name] }`;
      const result = await today.sameResult(open(driver, uri, '', body));
      expect(result).toEqual(['a@b.example', 'MongoServerSelectionError']);
    }));

  it('may be read at a secondary, directly, too', () =>
    withSet({}, async () => {
      const seed = "'mongodb://127.0.0.1:' + two + '/?directConnection=true'";
      const body = `return [(await users.findOne({})).email, await users.insertOne({}).catch(say)]`;
      const result = (await today.sameResult(open(driver, seed, '', body))) as [string, string[]];
      expect(result[0]).toBe('a@b.example');
      expect(result[1].slice(0, 3)).toEqual(['MongoServerError', 10107, 'not primary']);
      expect(asked('find')).toEqual([set.members[1]?.port]);
    }));

  it('whose primary steps down in mid-session is written to at the next', () =>
    withSet({}, async () => {
      const body = `await users.insertOne({ email: 'b' }); await client.db('admin').command({ replSetStepDown: 60 });
        await users.insertOne({ email: 'c' }); return await users.countDocuments({})`;
      const { elect } = set;
      const options = { beforeIsolate: () => elect(0) };
      const result = await today.sameResult(
        open(driver, 'env.URI', '', `await users.deleteMany({}); ${body}`),
        options,
      );
      expect(result).toBe(2);
      expect(asked('insert')).toEqual(set.members.slice(0, 2).map(({ port }) => port));
    }));

  it('repeats a write whose answer was lost, and it is done once', () =>
    withSet({}, async () => {
      const lose = () => set.members[0]?.inject({ kind: 'drop', at: 'reply', command: 'insert' });
      lose();
      const body = `await users.deleteMany({}); await users.insertOne({ email: 'once' }); return await users.countDocuments({})`;
      expect(await today.sameResult(open(driver, 'env.URI', '', body), { beforeIsolate: lose })).toBe(1);
      expect(set.members[0]?.commands.filter(({ name }) => name === 'insert')).toHaveLength(4);
    }));

  it('tells of what it finds in the same order as in plain Node', () =>
    withSet({ members: 1 }, async () => {
      const body = `const seen = []; const { EventEmitter } = require('events');
        const second = new MongoClient(env.URI, { monitorCommands: true, maxPoolSize: 1, minPoolSize: 0 });
        for (const name of ['serverOpening', 'serverDescriptionChanged', 'topologyOpening', 'topologyDescriptionChanged', 'connectionPoolCreated', 'connectionPoolReady', 'connectionCreated', 'connectionReady',
          'connectionCheckOutStarted', 'connectionCheckedOut', 'connectionCheckedIn', 'connectionClosed', 'connectionPoolClosed', 'commandStarted', 'commandSucceeded', 'commandFailed', 'serverClosed', 'topologyClosed', 'open', 'close'])
          second.on(name, (e) => seen.push([name, e && e.commandName, e && e.newDescription && e.newDescription.type]));
        await second.connect(); const list = second.db('legacy').collection('users'); await list.findOne({}); await list.find({}).toArray(); await second.db().command({ nonsense: 1 }).catch(() => 0); await second.close(); return seen`;
      const seen = (await today.sameResult(open(driver, 'env.URI', '', body))) as unknown[][];
      expect(seen.map(([name]) => name)).toEqual(
        expect.arrayContaining(['topologyDescriptionChanged', 'commandStarted', 'commandFailed', 'topologyClosed']),
      );
    }));
});

describe.each(DRIVERS)('%s and the name of a cluster', (driver) => {
  const zoneOf = (name = 'db0.legacy.example'): Zone => ({
    'SRV _mongodb._tcp.cluster.legacy.example': set.members.map(({ port }) => ({ name, port, priority: 0, weight: 0 })),
    'TXT cluster.legacy.example': [['replicaSet=rs0&authSource=people']],
    'lookup db0.legacy.example': ['127.0.0.1'],
  });
  const uri = "'mongodb+srv://ann:right@cluster.legacy.example/legacy'";
  const find = 'return (await users.findOne({})).email';

  it('finds servers and options by it, logs in there, and checks the certificate', () => {
    const users = [{ user: 'ann', password: 'right', database: 'people' }];
    const tls = createCertificate(['db0.legacy.example']);
    return withSet({ users, tls, host: 'db0.legacy.example' }, () =>
      withZone(zoneOf(), async () => {
        expect(await today.sameResult(open(driver, uri, 'ca: env.CA', find))).toBe('a@b.example');
        const untrusted = await today.sameResult(open(driver, uri, 'serverSelectionTimeoutMS: 400', find));
        expect(untrusted).toContain('MongoServerSelectionError');
      }),
    );
  });

  it('refuses servers that belong to somebody else', () =>
    withSet({}, () =>
      withZone(zoneOf('db0.other.example'), async () => {
        const result = await today.sameResult(open(driver, uri, 'tls: false', find));
        expect(JSON.stringify(result)).toContain('does not share hostname');
      }),
    ));

  it.each([
    ['no records', { 'SRV _mongodb._tcp.cluster.legacy.example': [] }, 'No addresses found'],
    ['options that a name may not set', { 'TXT cluster.legacy.example': [['tlsInsecure=true']] }, 'Text record'],
    ['two lists of options', { 'TXT cluster.legacy.example': [['replicaSet=a'], ['replicaSet=b']] }, 'Multiple text'],
  ] as [string, Zone, string][])('says what plain Node says of %s', (_what, zone, text) =>
    withSet({}, () =>
      withZone({ ...zoneOf(), ...zone }, async () => {
        expect(JSON.stringify(await today.sameResult(open(driver, uri, 'tls: false', find)))).toContain(text);
      }),
    ),
  );
});

describe.each(['mongodb', 'mongodb@3'])('a script of the 3.6 days with %s', (driver) => {
  const body = (
    uri: string,
  ): string => `const { MongoClient } = require('${driver}'); const [one, two, three] = env.PORTS.split(',');
    const client = await MongoClient.connect(${uri}, { useNewUrlParser: true, useUnifiedTopology: true, serverSelectionTimeoutMS: 2000 });
    try { const users = client.db('legacy').collection('users'); await users.insertOne({ email: 'b' }); return (await users.find({ email: /@/ }).toArray()).map((u) => u.email) } finally { await client.close() }`;

  it('reaches a replica set by a seed list', () =>
    withSet({}, async () => {
      expect(await old.sameResult(body('env.URI'))).toEqual(['a@b.example']);
      expect(asked('insert')).toEqual([set.members[0]?.port]);
    }));

  it('reaches it by the name of a cluster', () =>
    withSet({ host: 'db0.legacy.example' }, () => {
      const zone = {
        'SRV _mongodb._tcp.cluster.legacy.example': [
          { name: 'db0.legacy.example', port: set.members[0]?.port, priority: 0, weight: 0 },
        ],
        'TXT cluster.legacy.example': [['replicaSet=rs0']],
        'lookup db0.legacy.example': ['127.0.0.1'],
      };
      return withZone(zone, async () => {
        expect(await old.inIsolate(body("'mongodb+srv://cluster.legacy.example/legacy?ssl=false'"))).toEqual([
          'a@b.example',
        ]);
      });
    }));
});

describe('a run', () => {
  it('whose replica set has no primary counts as an outage', () =>
    withSet({}, async () => {
      await set.members[0]?.stop();
      const source = `async function login() { ${open('mongodb', 'env.URI', 'serverSelectionTimeoutMS: 500', 'await users.findOne({})').replace('return say(e)', 'throw e')} }`;
      expect(await host.run(source, { env: env() })).toMatchObject({ outcome: 'store_unreachable' });
    }));

  it('whose cluster has no name that resolves counts as an outage', () =>
    withSet({}, () =>
      withZone(
        {
          'SRV _mongodb._tcp.cluster.legacy.example': [{ name: 'db9.legacy.example', port: 1, priority: 0, weight: 0 }],
          'TXT cluster.legacy.example': [['authSource=admin']],
        },
        async () => {
          const source = `async function login() { const { MongoClient } = require('mongodb'); await MongoClient.connect('mongodb+srv://cluster.legacy.example/', { serverSelectionTimeoutMS: 500 }) }`;
          expect(await host.run(source, { env: env() })).toMatchObject({ outcome: 'store_unreachable' });
        },
      ),
    ));
});
