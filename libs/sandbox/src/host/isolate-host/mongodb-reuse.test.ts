/** Connections of mongodb that one run leaves and a later one may take over, on a double of the server. */
import { type MongodbDouble, startMongodbDouble } from '@userferry/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultOf } from './testing/kept-sessions.ts';
import { type Result, type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

const USERS = [{ user: 'ferry', password: 'legacy-secret' }];
const COLLECTIONS = { 'legacy.users': [{ email: 'alice@example.com', name: 'Alice' }] };
const SCRIPT = `const open = async (more, uri = env.URI) => { const { MongoClient } = require(env.DRIVER); const c = new MongoClient(uri, more); await c.connect(); return c };
const find = (c) => c.db('legacy').collection('users').findOne({}, { projection: { _id: 0 } });
async function login(code) {
  return (async () => {}).constructor('open', 'find', 'require', 'env', code)(open, find, require, env);
}`;
const LOGIN = 'const c = await open(env.TLS ? { tlsCAFile: undefined, ca: env.TLS } : {}); const user = await find(c); await c.close(); return user';
const NEW = { connectionsReused: 0 };
const KEPT = { connectionsOpened: 0, connectionsReused: 1 };

describe.each(['mongodb', 'mongodb@7'])('%s', (driver) => {
  let host: TestHost;
  let double: MongodbDouble;

  const env = () => ({ URI: double.uri, DRIVER: driver, TLS: double.caCertificate ?? '' });
  const run = (code: string, more: RunOptions = {}): Promise<Result> =>
    host.run(SCRIPT, { env: env(), args: [code], ...more });
  beforeEach(async () => {
    host = await startHost();
    double = await startMongodbDouble({ users: USERS, collections: COLLECTIONS });
  });
  afterEach(async () => {
    await host?.stop();
    await double?.stop();
  });

  it('a connection that was closed in order serves the next run without a login', async () => {
    expect(resultOf(await run(LOGIN))).toEqual({ email: 'alice@example.com', name: 'Alice' });
    const before = double.commands.length;
    const next = await run(LOGIN);
    expect(resultOf(next)).toEqual({ email: 'alice@example.com', name: 'Alice' });
    expect(next.usage).toMatchObject(KEPT);
    console.log(double.commands.slice(before).map(({ name }) => name), next.usage, (await run(LOGIN)).usage);
  });
});
