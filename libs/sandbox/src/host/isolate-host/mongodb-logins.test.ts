/** How the MongoDB drivers log in and speak TLS, side by side with plain Node, against a protocol double. */
import { createCertificate } from '@userferry/local-databases';
import { type MongodbDouble, type MongodbDoubleOptions, startMongodbDouble } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let double: MongodbDouble;
let more: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host?.stop());

const env = () => ({ URI: double.uri, PORT: String(double.port), CA: double.caCertificate ?? '', ...more });
const today = createSideBySide(() => host, env, { 'mongodb@7': 'mongodb-7' });
const old = createSideBySide(() => host, env, { mongodb: 'mongodb-3', 'mongodb@3': 'mongodb-3' });

/** `reach` says how far a client came: to the user, or to an error. */
const reach = (driver: string): string => `const { MongoClient } = require('${driver}');
  const reach = async (uri, options) => { const client = new MongoClient(uri, { serverSelectionTimeoutMS: 1000, ...options });
    try { await client.connect(); return (await client.db('legacy').collection('users').findOne({})).email }
    catch (e) { return [e.name, e.code, e.codeName, e.message, e.constructor.name, [...(e.errorLabels || [])], e.cause && [e.cause.name, e.cause.code, e.cause.message]] } finally { await client.close() } };
`;

type Seen = readonly [name: string, mechanism: unknown];
const loginsOf = (from: MongodbDouble, first = 0): Seen[] =>
  from.commands
    .slice(first)
    .filter(({ name, command }) => /^(sasl|authenticate)/.test(name) || command.speculativeAuthenticate)
    .map(({ name, command }) => [name, (command.speculativeAuthenticate ?? command).mechanism]);

/** Runs on both sides against one double; resolves with what came and with what the isolate sent in order to log in. */
async function logIn(body: string, options: MongodbDoubleOptions, side = today) {
  await using started = await startMongodbDouble({
    collections: { 'legacy.users': [{ _id: 1, email: 'a@b.example' }] },
    ...options,
  });
  double = started;
  let inNode = 0;
  const result = await side.sameResult(body, {
    beforeIsolate() {
      inNode = double.commands.length;
    },
  });
  const sent = loginsOf(double, inNode);
  expect(sent).toEqual(loginsOf(double).slice(0, -sent.length || undefined));
  return { result, sent };
}

/** Of errors the name, the code and its name. */
const heads = (result: unknown): unknown[] =>
  (result as unknown[]).map((one) => (Array.isArray(one) ? one.slice(0, 3) : one));

const FAILED = ['MongoServerError', 18, 'AuthenticationFailed'];
const ANN = { user: 'ann', password: 'p@ss:w/rd%=,' };

describe.each(['mongodb', 'mongodb@7'])('%s logs in', (driver) => {
  const login = `${reach(driver)} return reach(env.URI)`;

  it('by SCRAM-SHA-256, begun within the first message', async () => {
    const { result, sent } = await logIn(login, { users: [ANN] });
    expect(result).toBe('a@b.example');
    expect(sent[0]).toEqual(['ismaster', 'SCRAM-SHA-256']);
    expect(sent.map(([name]) => name)).not.toContain('saslStart');
  });

  it('by SCRAM-SHA-1 where the user has nothing else', async () => {
    const { result, sent } = await logIn(login, { users: [{ ...ANN, mechanisms: ['SCRAM-SHA-1'] }] });
    expect(result).toBe('a@b.example');
    expect(sent).toContainEqual(['saslStart', 'SCRAM-SHA-1']);
  });

  it('by the mechanism that the script names, and with the database that it names', async () => {
    const users = [{ ...ANN, database: 'people' }];
    const body = `${reach(driver)} const uri = env.URI.replace(/\\?.*/, ''); return [await reach(uri, { authSource: 'people', authMechanism: 'SCRAM-SHA-1' }), await reach(uri, { authSource: 'people' }), await reach(uri)]`;
    const { result } = await logIn(body, { users });
    expect(heads(result)).toEqual(['a@b.example', 'a@b.example', FAILED]);
  });

  it('with a password beyond ASCII, which is prepared by tables that are compressed', async () => {
    const users = [{ user: 'ann', password: 'I\u00adX \u2168\u00a0\uff21', mechanisms: ['SCRAM-SHA-256' as const] }];
    const { result } = await logIn(login, { users });
    expect(result).toBe('a@b.example');
  });

  it('and speaks compressed where both sides can', async () => {
    const body = `${reach(driver)} return reach(env.URI, { compressors: ['zlib'] })`;
    const { result } = await logIn(body, { users: [ANN], compressors: ['zlib'] });
    expect(result).toBe('a@b.example');
    expect(double.commands.filter(({ name }) => name === 'find').map(({ compressed }) => compressed)).toEqual([
      true,
      true,
    ]);
  });

  it('is told of a wrong password, an unknown user and a login that is missing as plain Node is', async () => {
    const body = `${reach(driver)} const uri = env.URI.replace(/\\/\\/[^@]*@/, '//'); return [await reach(uri, { auth: { username: 'ann', password: 'wrong' } }),
      await reach(uri, { auth: { username: 'bob', password: 'x' } }), await reach(uri.replace(/\\?.*/, ''))]`;
    const { result } = await logIn(body, { users: [ANN] });
    expect(heads(result)).toEqual([FAILED, FAILED, ['MongoServerError', 13, 'Unauthorized']]);
  });
});

describe.each(['mongodb', 'mongodb@3'])('a script of the 3.6 days with %s logs in', (driver) => {
  it.each([['SCRAM-SHA-1'], ['SCRAM-SHA-256']] as const)('by %s', async (mechanism) => {
    const body = `const { MongoClient } = require('${driver}');
      const client = await MongoClient.connect(env.URI, { useNewUrlParser: true, useUnifiedTopology: true });
      try { return (await client.db().collection('users').find().toArray()).map((user) => user.email) } finally { await client.close() }`;
    const { result } = await logIn(body, { users: [{ ...ANN, mechanisms: [mechanism] }] }, old);
    expect(result).toEqual(['a@b.example']);
  });

  it('and is told of a wrong password under the name of then', async () => {
    const body = `const { MongoClient } = require('${driver}');
      return new Promise((resolve) => MongoClient.connect(env.URI.replace(/:[^:@]*@/, ':wrong@'), { useNewUrlParser: true, useUnifiedTopology: true }, (e, client) => resolve([e.name, e.code, e.codeName, e.message, client === undefined])))`;
    const { result } = await logIn(body, { users: [ANN] }, old);
    expect(result).toEqual(['MongoError', 18, 'AuthenticationFailed', 'Authentication failed.', true]);
  });
});

describe.each(['mongodb', 'mongodb@7'])('%s over TLS', (driver) => {
  it('reaches a server whose certificate matches', async () => {
    const body = `${reach(driver)} return reach(env.URI, { ca: env.CA })`;
    const { result } = await logIn(body, { tls: true, host: 'localhost', users: [ANN] });
    expect(result).toBe('a@b.example');
  });

  it('refuses one that nobody vouches for, one of another name, and one whose time is over', async () => {
    const body = `${reach(driver)} return [await reach(env.URI), await reach(env.URI, { ca: env.CA })]`;
    const other = await logIn(body, { tls: createCertificate(['db.example']), host: 'localhost' });
    expect(JSON.stringify(other.result)).toMatch(
      /MongoServerSelectionError.*unable to.*does not match certificate's altnames/,
    );
    const expired = await logIn(body, { tls: createCertificate(['localhost'], -1), host: 'localhost' });
    expect(JSON.stringify(expired.result)).toContain('certificate has expired');
  });

  it('takes any certificate, or any name, where the script says so', async () => {
    const body = `${reach(driver)} return [await reach(env.URI, { tlsAllowInvalidCertificates: true }), await reach(env.URI, { ca: env.CA, tlsAllowInvalidHostnames: true }),
      await reach(env.URI + '&tlsInsecure=true')]`;
    const { result } = await logIn(body, { tls: createCertificate(['db.example']), host: 'localhost' });
    expect(result).toEqual(['a@b.example', 'a@b.example', 'a@b.example']);
  });

  it('says what plain Node says where one side speaks TLS and the other does not', async () => {
    const toPlain = await logIn(`${reach(driver)} return reach(env.URI, { tls: true })`, {});
    expect(toPlain.result).toContain('MongoServerSelectionError');
    const toTls = await logIn(`${reach(driver)} return reach(env.URI.replace(/\\?.*/, ''))`, { tls: true });
    expect(toTls.result).toContain('MongoServerSelectionError');
  });

  it('logs in by its certificate', async () => {
    const client = createCertificate(['ferry']);
    more = { CERT: client.certificate, KEY: client.privateKey };
    const body = `${reach(driver)} const at = 'mongodb://localhost:' + env.PORT + '/?tls=true&authMechanism=MONGODB-X509&authSource=$external'; 
      return [await reach(at, { ca: env.CA, cert: env.CERT, key: env.KEY }), await reach(at, { ca: env.CA })]`;
    const users = [{ user: 'CN=ferry', mechanisms: ['MONGODB-X509' as const] }];
    const { result } = await logIn(body, { tls: true, clientAuthority: client.caCertificate, users });
    more = {};
    expect(heads(result)).toEqual(['a@b.example', FAILED]);
  });
});

describe('mongodb@3', () => {
  const connect = (options: string): string => `const { MongoClient } = require('mongodb@3');
    try { const client = await MongoClient.connect(env.URI, { useNewUrlParser: true, useUnifiedTopology: true, serverSelectionTimeoutMS: 1000, ${options} });
      const { email } = await client.db().collection('users').findOne({}); await client.close(); return email } catch (e) { return [e.name, e.message] }`;

  it('reaches servers that are too old for the drivers of today', async () => {
    const options = {
      users: [{ ...ANN, mechanisms: ['SCRAM-SHA-1' as const] }],
      wireVersions: { least: 0, greatest: 5 },
    };
    expect((await logIn(connect(''), options, old)).result).toBe('a@b.example');
    const refused = await logIn(`${reach('mongodb')} return reach(env.URI)`, options);
    expect(JSON.stringify(refused.result)).toContain('requires at least 8 (MongoDB 4.2)');
  });

  it('checks certificates unless the script says otherwise, as in plain Node', async () => {
    const options = { tls: createCertificate(['db.example']), host: 'localhost' };
    expect((await logIn(connect('tlsAllowInvalidCertificates: true'), options, old)).result).toBe('a@b.example');
    expect((await logIn(connect('ca: env.CA'), options, old)).result).toEqual([
      'MongoServerSelectionError',
      expect.stringContaining('does not match'),
    ]);
  });
});
