/** The egress policy and the drivers of databases, through the built sandbox; MongoDB's own ways are in mongodb-egress.test.ts. */
import { startSqlServerDouble } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EgressScene, OPEN, startEgressScene } from './testing/egress-scene.ts';
import { REAL_RUNTIME, runOf, startTestSandbox, temporaryFolder } from './testing/test-sandbox.ts';

let scene: EgressScene;
beforeAll(async () => {
  scene = await startEgressScene(() => ({
    'inside.test': ['10.1.2.3'],
    'loop.test': ['127.0.0.1'],
    'meta.test': ['169.254.169.254'],
  }));
});
afterAll(() => scene?.stop());

const PLACES = [
  ['127.0.0.1', 'rule loopback'],
  ['loop.test', 'rule loopback'],
  ['2130706433', 'rule loopback'],
  ['::ffff:7f00:1', 'rule loopback'],
  ['inside.test', 'rule private'],
  ['meta.test', 'rule metadata_service'],
] as const;

describe.each(PLACES)('%s is closed to', (host, rule) => {
  it('pg', () =>
    scene.expectDenied(
      `const c = new (require('pg').Client)({ host: '${host}', port: PORT }); await c.connect()`,
      rule,
    ));

  it('pg’s pools', () =>
    scene.expectDenied(`await new (require('pg').Pool)({ host: '${host}', port: PORT }).query('SELECT 1')`, rule));

  it('mysql2', () =>
    scene.expectDenied(`await require('mysql2/promise').createConnection({ host: '${host}', port: PORT })`, rule));

  it('mssql', () =>
    scene.expectDenied(
      `await new (require('mssql').ConnectionPool)({ server: '${host}', port: PORT, user: 'u', password: 'p', options: { encrypt: false } }).connect()`,
      rule,
    ));
});

describe('a connection string', () => {
  it.each([
    ['pg, a host in the query', `new (require('pg').Client)('postgres://u:p@${OPEN}:' + PORT + '/d?host=127.0.0.1')`],
    ['pg, an address in brackets', `new (require('pg').Client)('postgres://u:p@[::1]:' + PORT + '/d')`],
  ])('does not hide where it leads: %s', async (_what, client) => {
    await scene.expectDenied(`await (${client}).connect()`, 'rule loopback');
  });

  it('of many hosts is one name that nobody has, as in plain Node', async () => {
    const source = `async function work() { await new (require('pg').Client)({ connectionString: 'postgres://u:p@open,127.0.0.1:${scene.port}/d' }).connect() }`;
    expect((await scene.run(source)).outcome).not.toBe('completed');
    expect(scene.intruders()).toBe(0);
  });

  it('of many hosts is tried host by host by MongoDB, and each is judged', async () => {
    await scene.expectDenied(
      `await new (require('mongodb').MongoClient)('mongodb://127.0.0.1:' + PORT + ',loop.test:' + PORT + ',[::1]:' + PORT + '/x', { serverSelectionTimeoutMS: 800 }).connect()`,
      'rule loopback',
    );
  });

  it.each(['mongodb', 'mongodb@7', 'mongodb@3'])('of a Unix socket is refused: %s', async (driver) => {
    await scene.expectDenied(
      `await require('${driver}').MongoClient.connect('mongodb://%2Ftmp%2Fmongodb-27017.sock/x', { serverSelectionTimeoutMS: 500${driver === 'mongodb@3' ? ', useUnifiedTopology: true' : ''} })`,
      'Unix sockets are not available to scripts',
    );
  });

  it.each([
    ['pg', `new (require('pg').Client)({ host: '/var/run/postgresql' }).connect()`],
    ['pg, by a URL', `new (require('pg').Client)('socket:/var/run/postgresql?db=x').connect()`],
    ['pg, encoded', `new (require('pg').Client)('postgres://u@%2Fvar%2Frun%2Fpostgresql/x').connect()`],
    ['mysql2', `require('mysql2/promise').createConnection({ socketPath: '/var/run/mysqld/mysqld.sock' })`],
  ])('or options of a Unix socket are refused: %s', async (_what, call) => {
    await scene.expectDenied(`await ${call}`, 'Unix sockets are not available to scripts');
  });

  it('of a named instance asks no browser by UDP', async () => {
    const source = `async function work() { await new (require('mssql').ConnectionPool)({ server: '127.0.0.1\\\\INSTANCE', user: 'u', password: 'p', options: { encrypt: false }, connectionTimeout: 2000 }).connect() }`;
    const { outcome } = await scene.run(source);
    expect(['egress_denied', 'store_unreachable']).toContain(outcome);
  });
});

describe('a stream or a lookup of the script’s own', () => {
  it.each([
    [
      'pg',
      `new (require('pg').Client)({ host: 'loop.test', port: PORT, stream: () => new (require('net').Socket)() }).connect()`,
    ],
    [
      'mysql2',
      `require('mysql2/promise').createConnection({ stream: () => require('net').connect({ host: 'x.test', port: PORT, lookup: (name, options, done) => done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4) }) })`,
    ],
    [
      'mssql',
      `new (require('mssql').ConnectionPool)({ server: 'x.test', port: PORT, user: 'u', password: 'p', options: { encrypt: false, connector: async () => new Promise((done, fail) => { const s = require('net').connect(PORT, '127.0.0.1', () => done(s)); s.on('error', fail) }) } }).connect()`,
    ],
    [
      'mongodb',
      `new (require('mongodb').MongoClient)('mongodb://x.test:' + PORT, { serverSelectionTimeoutMS: 800, lookup: (name, options, done) => done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4) }).connect()`,
    ],
  ])('opens nothing that is closed: %s', async (_what, call) => {
    await scene.expectDenied(`await ${call}`, 'rule loopback');
  });

  it('a proxy of MongoDB is no way out either', async () => {
    const source = `async function work() { await new (require('mongodb').MongoClient)('mongodb://db.test:27017/?proxyHost=127.0.0.1&proxyPort=${scene.port}', { serverSelectionTimeoutMS: 800 }).connect() }`;
    expect((await scene.run(source)).outcome).not.toBe('completed');
    expect(scene.intruders()).toBe(0);
  });
});

describe('a SQL Server that sends its clients elsewhere', () => {
  it('sends them to no closed address', async () => {
    await using closed = await startSqlServerDouble({ encryption: 'none', user: 'u', password: 'p', database: 'd' });
    await using server = await startSqlServerDouble({ encryption: 'none', user: 'u', password: 'p', database: 'd' });
    const folder = temporaryFolder();
    const sandbox = await startTestSandbox({
      runtimeFolder: REAL_RUNTIME,
      stateFolder: folder.path,
      egress: { allow: [{ host: '127.0.0.1', port: server.port }] },
    });
    const source = `async function work() { const pool = await new (require('mssql').ConnectionPool)({ server: '127.0.0.1', port: ${server.port}, user: 'u', password: 'p', database: 'd', options: { encrypt: false } }).connect(); await pool.close(); return 1 }`;
    try {
      expect(await sandbox.run(runOf(source))).toMatchObject({ outcome: 'completed' });
      for (const host of ['127.0.0.1', 'localhost', '169.254.169.254']) {
        server.behaviour.redirectTo = { host, port: closed.port };
        // Another version: the session of the first would be kept, and nobody would be sent anywhere.
        const result = await sandbox.run(runOf(`${source} // ${host}`, { timeoutMs: 20_000 }));
        expect(result).toMatchObject({ outcome: 'egress_denied' });
        expect(closed.logins).toEqual([]);
      }
    } finally {
      await sandbox.close();
      folder.remove();
    }
  });
});
