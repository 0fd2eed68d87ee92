/** `mongodb` where no server answers: loading, options, errors, names. What a server is needed for is in the other. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withNames } from './testing/names.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let silent: Server;
const sockets: Socket[] = [];
/** The port of a server that takes connections and says nothing. */
let silentPort = '';

beforeAll(async () => {
  host = await startHost();
  silent = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  silentPort = String((silent.address() as { port: number }).port);
});
afterAll(async () => {
  await host?.stop();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent?.close(resolve));
});

const env = () => ({ SILENT: silentPort });
const { expectSame, inIsolate, sameResult } = createSideBySide(() => host, env, { 'mongodb@7': 'mongodb-7' });
const { sameResult: sameAsOld } = createSideBySide(() => host, env, { mongodb: 'mongodb-3' });

describe('require', () => {
  it('gives all that driver 6 exports, and more', async () => {
    const names = (await inIsolate(`return Object.keys(require('mongodb'))`)) as string[];
    const { default: driver } = (await import('mongodb')) as unknown as { default: object };
    expect(names).toEqual(expect.arrayContaining(Object.keys(driver).filter((name) => name !== 'default')));
    expect(names).toContain('ObjectID');
  });

  it('gives today’s driver as mongodb@7, as it is', () =>
    expectSame(`const m = require('mongodb@7'); return [Object.keys(m), 'insert' in m.Collection.prototype]`));

  it('has no optional dependencies, and says so as plain Node does', () =>
    expectSame(`const { MongoClient } = require('mongodb');
      const make = (options) => attempt(() => new MongoClient('mongodb://127.0.0.1:1/', { serverSelectionTimeoutMS: 50, ...options }).connect());
      return [(await make({ autoEncryption: { keyVaultNamespace: 'a.b', kmsProviders: {} } }))[1].name]`));

  it('leaves as much memory as a script needs, for both drivers at once', async () => {
    const { outcome } = await host.run(
      `async function login() { const { BSON } = require('mongodb'); const seven = require('mongodb@7');
        return [BSON.serialize({ a: 'x'.repeat(1e6) }).length, seven.BSON.serialize({ a: 1 }).length] }`,
      { memoryLimitBytes: 96 * 1024 * 1024 },
    );
    expect(outcome).toBe('completed');
  });
});

describe('values of BSON', () => {
  it.each([
    [
      'their texts',
      `[String(new m.ObjectId('5f0000000000000000000001')), String(m.Long.fromString('9007199254740993')), String(m.Decimal128.fromString('1.50'))]`,
    ],
    [
      'their bytes',
      `m.BSON.serialize({ a: 1, b: new m.ObjectId('5f0000000000000000000001'), c: new Date(5), d: /x/i, e: Buffer.from('y'), f: null, g: [1.5, 2n], h: m.Timestamp.fromNumber(7) }).toString('hex')`,
    ],
    [
      'what was read',
      `m.BSON.deserialize(m.BSON.serialize({ a: 1, b: new m.ObjectId('5f0000000000000000000001'), d: /x/i, g: [1.5, 'h\\u00e9 \\ud83d\\ude00'] }))`,
    ],
    [
      'extended JSON',
      `m.BSON.EJSON.stringify({ id: new m.ObjectId('5f0000000000000000000001'), at: new Date(5), n: new m.Double(1) })`,
    ],
    [
      'errors',
      `[await attempt(() => new m.ObjectId('zz')), await attempt(() => m.BSON.deserialize(Buffer.from([5, 0, 0])))]`,
    ],
  ])('%s', (_what, expression) => expectSame(`const m = require('mongodb'); return show(${expression})`));

  it('are made without new, too, as the 3.6 days allowed', () =>
    sameAsOld(`const { ObjectID, ObjectId, Long, Binary } = require('mongodb'); const id = ObjectID('5f0000000000000000000001');
      return [String(id), id instanceof ObjectID, id.constructor === ObjectID, ObjectID === ObjectId, id.equals(ObjectID(String(id))),
        ObjectID.isValid('x'), id.getTimestamp().toISOString(), String(Long.fromNumber(5)), Binary(Buffer.from('ab')).value(true).length]`));

  it('become JSON as the contract says', async () => {
    const result = await inIsolate(`const m = require('mongodb'); return {
      id: new m.ObjectId('5f0000000000000000000001'), price: m.Decimal128.fromString('1234567890.50'), at: new Date(5),
      long: m.Long.fromString('9007199254740993'), int: new m.Int32(7), double: new m.Double(1.5), bytes: new m.Binary(Buffer.from('xyz')),
      uuid: new m.UUID('00112233-4455-6677-8899-aabbccddeeff') }`);
    expect(result).toEqual({
      id: '5f0000000000000000000001',
      price: '1234567890.50',
      at: '1970-01-01T00:00:00.005Z',
      long: '9007199254740993',
      int: 7,
      double: 1.5,
      bytes: 'eHl6',
      uuid: '00112233-4455-6677-8899-aabbccddeeff',
    });
  });
});

describe('options', () => {
  const optionsOf = (uri: string, options: string): Promise<unknown> =>
    inIsolate(`const { MongoClient } = require('mongodb'); const { options: o } = new MongoClient('${uri}', ${options});
      const { maxPoolSize, minPoolSize, localThresholdMS, ca, cert, key, passphrase, crl, tls, credentials } = o;
      return JSON.parse(JSON.stringify({ maxPoolSize, minPoolSize, localThresholdMS, ca, cert, key, passphrase, crl, tls,
        rejectUnauthorized: o.rejectUnauthorized, checks: o.checkServerIdentity === undefined,
        user: credentials && credentials.username, password: credentials && credentials.password }))`);

  it.each([
    ['poolSize', '{ poolSize: 5, minSize: 2 }', { maxPoolSize: 5, minPoolSize: 2 }],
    ['poolSize beside its new name', '{ poolSize: 5, maxPoolSize: 7 }', { maxPoolSize: 7 }],
    [
      'TLS material',
      `{ ssl: true, sslCA: 'a', sslCert: 'b', sslKey: 'c', sslPass: 'd' }`,
      { tls: true, ca: 'a', cert: 'b', key: 'c', passphrase: 'd' },
    ],
    ['sslValidate: false', '{ ssl: true, sslValidate: false }', { rejectUnauthorized: false }],
    ['sslValidate: true', '{ ssl: true, sslValidate: true }', { rejectUnauthorized: true, checks: true }],
    ['checkServerIdentity: false', '{ ssl: true, checkServerIdentity: false }', { checks: false }],
    ['auth.user', `{ auth: { user: 'u', password: 'p' } }`, { user: 'u', password: 'p' }],
    ['user and password', `{ user: 'u', password: 'p' }`, { user: 'u', password: 'p' }],
    ['groups of driver 2', '{ server: { poolSize: 4, socketOptions: { keepAlive: 1 } } }', { maxPoolSize: 4 }],
  ])('of the 3.6 days are translated: %s', async (_what, options, expected) => {
    expect(await optionsOf('mongodb://127.0.0.1:1/x', options)).toMatchObject(expected);
  });

  it('of the 3.6 days are translated in the connection string', async () => {
    const uri = 'mongodb://127.0.0.1:1/x?poolSize=3&autoReconnect=true&ssl=true&sslValidate=false';
    expect(await optionsOf(uri, '{}')).toMatchObject({ maxPoolSize: 3, tls: true, rejectUnauthorized: false });
  });

  it('that nothing is left of are dropped, and the log says which, without their values', async () => {
    const { outcome, logs } = await host.run(`async function login() { const { MongoClient } = require('mongodb');
      new MongoClient('mongodb://127.0.0.1:1/', { useNewUrlParser: true, useUnifiedTopology: true, autoReconnect: 'secret-value', reconnectTries: 30, keepAlive: true }) }`);
    expect(outcome).toBe('completed');
    expect(logs.map(({ text }) => text)).toEqual(
      ['autoReconnect', 'reconnectTries', 'keepAlive'].map(
        (name) => `mongodb: the option "${name}" has no effect any more`,
      ),
    );
  });

  it('of no time are refused as driver 6 does', () =>
    expectSame(`const { MongoClient } = require('mongodb'); const make = (uri, options) => attempt(() => new MongoClient(uri, options));
      return [await make('mongodb://127.0.0.1/', { nonsense: 1, more: 2 }), await make('mongodb://127.0.0.1/?nonsense=1'), await make('http://x'),
        await make('mongodb://127.0.0.1/', { tls: true, ssl: false }), await make('mongodb+srv://a.b.example:27017/')]`));

  it('of the 3.6 days are refused by mongodb@7 as in plain Node', () =>
    expectSame(`const { MongoClient } = require('mongodb@7');
      return attempt(() => new MongoClient('mongodb://127.0.0.1/', { useNewUrlParser: true, useUnifiedTopology: true, poolSize: 5 }))`));
});

describe.each(['mongodb', 'mongodb@7'])('%s where no server is', (name) => {
  const connect = (uri: string, options = ''): string =>
    `const { MongoClient } = require('${name}'); const uri = ${uri};
    const say = (e) => [e.name, e.message, e.code === undefined ? null : e.code, e.cause && e.cause.name, e.cause && e.cause.message, e.constructor.name, e instanceof Error, [...(e.errorLabels || [])]];
    const client = new MongoClient(uri, { serverSelectionTimeoutMS: 300, ${options} });
    try { await client.connect(); return 'connected' } catch (e) { return say(e) } finally { await client.close() }`;

  it('says that the connection was refused', async () => {
    const result = await sameResult(connect(`'mongodb://127.0.0.1:1/'`));
    expect(result).toContain('connect ECONNREFUSED 127.0.0.1:1');
  });

  it('says that the server does not answer', async () => {
    const result = await sameResult(connect("'mongodb://127.0.0.1:' + env.SILENT + '/'", 'connectTimeoutMS: 100'));
    expect(result).toContain('MongoServerSelectionError');
  });

  it('says that the name of a server is unknown', () => expectSame(connect(`'mongodb://nowhere.userferry.invalid/'`)));

  it('says that the name of a cluster is unknown', async () => {
    const result = await sameResult(connect(`'mongodb+srv://nowhere.userferry.invalid/'`));
    expect(JSON.stringify(result)).toContain('querySrv');
  });

  it('tries all of a seed list', () => expectSame(connect(`'mongodb://127.0.0.1:1,127.0.0.1:2/?replicaSet=rs'`)));
});

describe('names of clusters', () => {
  const zone = {
    'SRV _mongodb._tcp.cluster.legacy.example': [{ name: 'db0.legacy.example', port: 1, priority: 0, weight: 0 }],
    'TXT cluster.legacy.example': [['replicaSet=rs&authSource=users']],
    'lookup db0.legacy.example': ['127.0.0.1'],
    'SRV _mongodb._tcp.cluster.evil.example': [{ name: 'db0.other.example', port: 1, priority: 0, weight: 0 }],
  };
  it.each(['mongodb', 'mongodb@7'])(
    'are resolved to servers and options, and errors say what plain Node says: %s',
    async (name) => {
      const restore = withNames(zone);
      try {
        const result = await sameResult(`const { MongoClient } = require('${name}'); const seen = [];
        const open = async (uri) => { const client = new MongoClient(uri, { serverSelectionTimeoutMS: 200, tls: false });
          try { await client.connect() } catch (e) { seen.push([e.name, e.message]) }
          seen.push(client.options.hosts.map(String), client.options.replicaSet, client.options.credentials && client.options.credentials.source); await client.close(); };
        await open('mongodb+srv://u:p@cluster.legacy.example/legacy'); await open('mongodb+srv://cluster.evil.example/'); return seen`);
        expect(JSON.stringify(result)).toContain('db0.legacy.example:1');
        expect(JSON.stringify(result)).toContain('ECONNREFUSED');
      } finally {
        restore();
      }
    },
  );
});

describe('a run', () => {
  it('whose server is down counts as an outage', async () => {
    const { outcome } = await host.run(`async function login() { const { MongoClient } = require('mongodb');
      await MongoClient.connect('mongodb://127.0.0.1:1/', { useNewUrlParser: true, serverSelectionTimeoutMS: 200 }) }`);
    expect(outcome).toBe('store_unreachable');
  });

  it('whose server does not answer counts as an outage', async () => {
    const { outcome } = await host.run(
      `async function login() { const { MongoClient } = require('mongodb');
        await MongoClient.connect('mongodb://127.0.0.1:' + env.SILENT, { serverSelectionTimeoutMS: 200, connectTimeoutMS: 100 }) }`,
      { env: { SILENT: silentPort } },
    );
    expect(outcome).toBe('store_unreachable');
  });
});
