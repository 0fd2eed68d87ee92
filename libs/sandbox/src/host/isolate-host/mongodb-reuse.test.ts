/** Connections of mongodb that one run leaves and a later one may take over, on a double of the server. */
import {
  type MongodbDouble,
  type MongodbDoubleOptions,
  startMongodbDouble,
  startMongodbSetDouble,
} from '@userferry/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultOf } from './testing/kept-sessions.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { type Result, type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

const ALICE = { email: 'alice@example.com', name: 'Alice' };
const COLLECTIONS = { 'legacy.users': [ALICE, { email: 'bob@example.com', name: 'Bob' }] };
const USERS = [
  { user: 'ferry', password: 'legacy-secret' },
  { user: 'other', password: 'other-secret' },
];
/** One script for all runs, so that they are served by one isolate and may share connections: what it does is an argument. */
const SCRIPT = `const open = async (more, uri = env.URI) => { const { MongoClient } = require(env.DRIVER); const c = new MongoClient(uri, { ...(env.CA ? { ca: env.CA } : {}), serverSelectionTimeoutMS: 3000, ...more }); await c.connect(); return c };
const users = (c) => c.db('legacy').collection('users');
const find = (c) => users(c).findOne({}, { projection: { _id: 0 } });
async function login(code) {
  return (async () => {}).constructor('open', 'users', 'find', 'require', 'env', code)(open, users, find, require, env);
}`;
const login = (options = '{}'): string =>
  `const c = await open(${options}); const user = await find(c); await c.close(); return user`;
const LOGIN = login();
const NONE = { connectionsReused: 0 };
const KEPT = { connectionsOpened: 0, connectionsReused: 1 };

describe.each(['mongodb', 'mongodb@7'])('%s', (driver) => {
  let host: TestHost;
  let double: MongodbDouble;
  let uri: string | undefined;

  const start = async (options: MongodbDoubleOptions = {}): Promise<void> => {
    await double?.stop();
    double = await startMongodbDouble({ users: USERS, collections: COLLECTIONS, ...options });
  };
  const env = () => ({ URI: uri ?? double.uri, DRIVER: driver, CA: double.caCertificate ?? '' });
  const run = (code: string, more: RunOptions = {}): Promise<Result> =>
    host.run(SCRIPT, { env: env(), args: [code], ...more });
  const give = async (code: string, more?: RunOptions): Promise<unknown> => resultOf(await run(code, more));
  /** Names of the commands that one run set off, without the greeting of what is kept, which comes when it likes. */
  const commandsOf = async (code: string): Promise<string[]> => {
    const before = double.commands.length;
    await give(code);
    return double.commands.slice(before).flatMap(({ name }) => (/^(?:hello|ismaster)$/i.test(name) ? [] : name));
  };
  beforeEach(async () => {
    host = await startHost();
    uri = undefined;
    await start();
  });
  afterEach(async () => {
    await host?.stop();
    await double?.stop();
  });

  describe('a connection that was closed in order', () => {
    it.each<[string, MongodbDoubleOptions, string]>([
      ['with a login by SCRAM-SHA-256', {}, LOGIN],
      ['with a login by SCRAM-SHA-1', { users: [{ ...USERS[0], mechanisms: ['SCRAM-SHA-1'] } as never] }, LOGIN],
      ['over TLS', { tls: true }, LOGIN],
      ['with an application’s name', {}, login("{ appName: 'mine' }")],
      ['bound to a version of the interface', {}, login("{ serverApi: { version: '1' } }")],
      [
        'after an error of a command',
        {},
        `const c = await open(); await c.db('legacy').command({ nonsense: 1 }).catch(() => 0); const user = await find(c); await c.close(); return user`,
      ],
      [
        'after a cursor left half read',
        {},
        `const c = await open(); const cursor = users(c).find({}, { batchSize: 1, projection: { _id: 0 } }); const user = await cursor.next(); await c.close(); return user`,
      ],
      [
        'after a session of the script',
        {},
        `const c = await open(); const session = c.startSession(); const user = await users(c).findOne({}, { session, projection: { _id: 0 } }); await session.endSession(); await c.close(); return user`,
      ],
      [
        'that nobody has closed by name',
        {},
        `const c = await open(); const user = await find(c); await c.close(true); return user`,
      ],
    ])('serves the next run without a login: %s', async (_what, options, code) => {
      await start(options);
      expect(await give(code)).toEqual(ALICE);
      for (let turn = 0; turn < 3; turn++) {
        const before = double.commands.length;
        const next = await run(code);
        expect(resultOf(next)).toEqual(ALICE);
        expect(next.usage).toMatchObject(KEPT);
        expect(double.commands.slice(before).map(({ name }) => name)).not.toContain('saslStart');
      }
    });

    it('is one of those that nobody had to log in to', async () => {
      await start({ users: [] });
      expect(await give(LOGIN)).toEqual(ALICE);
      const next = await run(LOGIN);
      expect(resultOf(next)).toEqual(ALICE);
      expect(next.usage).toMatchObject(KEPT);
    });

    it('shows the script what it shows in plain Node', async () => {
      const body = `const { MongoClient } = require('${driver}'); const c = new MongoClient(env.URI); const seen = [];
        for (const name of ['serverOpening', 'topologyOpening', 'serverHeartbeatSucceeded', 'connectionPoolCreated', 'connectionPoolReady', 'connectionCreated', 'connectionReady', 'connectionCheckedOut', 'connectionCheckedIn', 'connectionClosed', 'connectionPoolClosed', 'topologyClosed']) c.on(name, (e) => seen.push([name, e.reply ? [e.reply.ismaster ?? e.reply.isWritablePrimary, e.reply.maxWireVersion] : null]));
        await c.connect(); const users = c.db('legacy').collection('users'); const found = [await users.findOne({}, { projection: { _id: 0 } }), await users.countDocuments({}), await users.insertOne({ _id: Math.random() }).then((r) => r.acknowledged), (await users.deleteOne({ email: { $exists: false } })).deletedCount];
        const { servers, type } = c.topology.description; const [server] = [...servers.values()]; seen.push([type, server.type, server.maxWireVersion, server.logicalSessionTimeoutMinutes]); await c.close(); return [found, seen]`;
      const { sameResult } = createSideBySide(() => host, env, { 'mongodb@7': 'mongodb-7' });
      await sameResult(body);
      const before = double.commands.length;
      await sameResult(body, {});
      // The isolate's second run had no login.
      const logins = double.commands.slice(before).filter(({ name }) => name === 'saslContinue');
      expect(logins.length).toBeLessThanOrEqual(2);
    });

    it.each([
      ['another user', () => double.uri.replace('ferry:legacy-secret', 'other:other-secret')],
      ['another application’s name', () => `${double.uri}&appName=other`],
      ['another way to log in', () => `${double.uri}&authMechanism=SCRAM-SHA-1`],
    ])('is not taken for one with %s', async (_what, other) => {
      await give(LOGIN);
      const code = `const c = await open({}, ${JSON.stringify(other())}); const user = await find(c); await c.close(); return user`;
      const next = await run(code);
      expect(resultOf(next)).toEqual(ALICE);
      expect(next.usage).toMatchObject(NONE);
    });

    it('lets nobody in by a wrong password', async () => {
      await give(LOGIN);
      const wrong = double.uri.replace('legacy-secret', 'wrong');
      const code = `const c = await open({}, ${JSON.stringify(wrong)}); return find(c)`;
      for (let turn = 0; turn < 2; turn++) {
        expect(await run(code)).toMatchObject({ outcome: 'threw', error: { code: '18' } });
      }
    });

    it('is not taken by another version of the script, in another environment, or where the policy forbids it', async () => {
      await give(LOGIN);
      expect((await host.run(`${SCRIPT} // changed`, { env: env(), args: [LOGIN] })).usage).toMatchObject(NONE);
      expect((await run(LOGIN, { env: { ...env(), MORE: '1' } })).usage).toMatchObject(NONE);
      expect((await run(LOGIN, { reuse: { destinations: [] } })).usage).toMatchObject(NONE);
    });

    it('is not kept where reuse is off', async () => {
      await give(LOGIN, { reuse: undefined });
      expect((await run(LOGIN, { reuse: undefined })).usage).toMatchObject(NONE);
      expect(await commandsOf(LOGIN)).toContain('saslContinue');
    });

    it('is opened anew when the server has ended it meanwhile', async () => {
      await give(LOGIN);
      double.dropConnections();
      await expect.poll(() => double.openConnections()).toBe(0);
      const next = await run(LOGIN);
      expect(resultOf(next)).toEqual(ALICE);
      expect(next.usage).toMatchObject(NONE);
    });
  });

  describe('a connection is not kept', () => {
    it.each([
      ['of a client that was left open', 'const c = await open(); return find(c)'],
      ['of a client whose commands a script watches', login('{ monitorCommands: true }')],
    ])('%s', async (_what, code) => {
      await run(code);
      expect((await run(LOGIN)).usage).toMatchObject(NONE);
    });

    it('in the middle of a command', async () => {
      double.inject({ kind: 'delay', delayMs: 3000, command: 'find', nth: 2 });
      await run(
        `const c = await open(); await find(c); users(c).find({}).toArray().catch(() => 0); await new Promise((done) => setTimeout(done, 200)); await c.close(true)`,
      );
      const cut = double.commands.findLast(({ name }) => name === 'find')?.connection;
      const before = double.commands.length;
      // The driver has opened another to say its farewell.
      expect(await give(LOGIN)).toEqual(ALICE);
      expect(double.commands.slice(before).map(({ connection }) => connection)).not.toContain(cut);
    });

    it.each([
      ['is no longer the primary', 10107],
      ['is shutting down', 91],
      ['was interrupted', 11600],
    ])('whose server %s', async (_what, code) => {
      await give(LOGIN);
      double.inject({ kind: 'error', code, message: 'changed', command: 'find', times: 2 });
      await run(LOGIN);
      expect((await run(LOGIN)).usage).toMatchObject(NONE);
    });

    it.each([
      [
        'that ran out of time',
        'const c = await open(); await find(c); await c.close(); return new Promise(() => setTimeout(() => {}, 60000))',
        'timed_out',
      ],
      [
        'that failed where nobody could catch it',
        'const c = await open(); await find(c); await c.close(); setTimeout(() => { throw new Error("lost") }, 1); return new Promise(() => {})',
        'threw',
      ],
    ])('after a run %s', async (_what, code, outcome) => {
      const timeoutMs = outcome === 'timed_out' ? 1_500 : 20_000;
      expect(await run(code, { timeoutMs })).toMatchObject({ outcome });
      expect((await run(LOGIN)).usage).toMatchObject(NONE);
    });

    it.each([
      ['says something else', { kind: 'error', code: 1, message: 'no' }],
      ['says something that is no answer', { kind: 'garbage' }],
      ['says nothing', { kind: 'silence' }],
      ['ends it', { kind: 'drop', at: 'request' }],
      ['ends it in the middle of an answer', { kind: 'drop', at: 'mid-reply' }],
    ] as const)('whose server, asked again, %s', async (_what, fault) => {
      // The greetings of monitor and pool come first.
      double.inject({ ...fault, command: 'hello', nth: 3 });
      await give(LOGIN);
      const next = await run(LOGIN);
      expect(resultOf(next)).toEqual(ALICE);
      expect(next.usage).toMatchObject(NONE);
    });
  });

  it('a set whose primary has changed meanwhile is written to at the next', async () => {
    await using set = await startMongodbSetDouble({ users: USERS, collections: COLLECTIONS });
    uri = set.uri;
    const write =
      'const c = await open(); const { insertedCount } = await users(c).bulkWrite([{ insertOne: { document: {} } }]); await c.close(); return insertedCount';
    expect(await give(write, { timeoutMs: 10_000 })).toBe(1);
    expect((await run(write, { timeoutMs: 10_000 })).usage).toMatchObject({ connectionsReused: 1 });
    set.elect(1);
    for (let turn = 0; turn < 3; turn++) expect(await give(write, { timeoutMs: 10_000 })).toBe(1);
    expect(set.documentsOf('legacy.users')).toHaveLength(7);
  });

  it('what one run did to the driver reaches no later run', async () => {
    await give(
      `const c = await open(); await find(c); const { Connection } = {}; c.topology.constructor.prototype.close = () => { throw new Error('patched') }; require('net').connect = () => { throw new Error('patched') }; require(env.DRIVER).kept = c; Object.prototype.welcome = { bytes: new Uint8Array(5), ageMs: 0, rttMs: 0 }; delete Object.prototype.welcome`,
    );
    expect(
      await give(
        `const c = await open(); const user = await find(c); await c.close(); return [user, require(env.DRIVER).kept ?? null]`,
      ),
    ).toEqual([ALICE, null]);
  });
});
