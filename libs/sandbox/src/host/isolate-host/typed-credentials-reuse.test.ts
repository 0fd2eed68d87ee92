/** Scripts that log their users in as users of the database: it is asked about each of them, every time. */
import { type LocalMariadb, type LocalPostgres, startMariadb, startPostgres } from '@userferry/local-databases';
import { startMongodbDouble, startSqlServerDouble } from '@userferry/testing';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resultOf } from './testing/kept-sessions.ts';
import { type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

const ALICE = 'alice@example.com';
/** Logs in as `user` where the function that `how` names says so. */
const SCRIPT = `const place = { host: '127.0.0.1', port: Number(env.PORT), database: 'legacy' };
const ways = {
  pg: async (who) => { const { Client } = require('pg'); const c = new Client({ ...place, ...who }); c.on('error', () => {}); await c.connect(); await c.query('SELECT 1'); await c.end() },
  mysql: async (who) => { const c = await require('mysql2/promise').createConnection({ ...place, ...who }); await c.query('SELECT 1'); await c.end() },
  mongodb: async ({ user: username, password }) => { const { MongoClient } = require('mongodb'); const c = new MongoClient('mongodb://127.0.0.1:' + env.PORT, { auth: { username, password } }); await c.connect(); await c.db('legacy').collection('users').findOne({}); await c.close() },
  mssql: async (who) => { const sql = require('mssql'); const p = await new sql.ConnectionPool({ server: 'localhost', ...place, ...who, options: { encrypt: false } }).connect(); await p.query('SELECT email FROM users'); await p.close() },
};
const ours = { user: env.USER, password: env.PASSWORD };
async function login(given) {
  await ways[env.WAY](env.TYPED === 'yes' ? { user: given.user.name, password: given.secrets[0] } : ours);
}`;

let pg: LocalPostgres;
let maria: LocalMariadb;
let chief: Connection;
let host: TestHost;

beforeAll(async () => {
  pg = await startPostgres();
  await pg.createDatabase('legacy', { owner: 'ferry', password: 'ours' });
  await pg.query(`CREATE ROLE "${ALICE}"; GRANT CONNECT ON DATABASE legacy TO "${ALICE}"`);
  maria = await startMariadb({ statements: ['CREATE DATABASE legacy'] });
  chief = await createConnection(maria.url);
});
afterAll(async () => {
  await chief?.end();
  await maria?.stop();
  await pg?.stop();
});
beforeEach(async () => {
  host = await startHost();
  await pg.query(`ALTER ROLE "${ALICE}" LOGIN PASSWORD 'old'`);
  for (const name of [ALICE, 'ferry']) {
    await chief.query(`CREATE OR REPLACE USER '${name}'@127.0.0.1 IDENTIFIED BY '${name === ALICE ? 'old' : 'ours'}'`);
    await chief.query(`GRANT SELECT ON legacy.* TO '${name}'@127.0.0.1`);
  }
});
afterEach(() => host?.stop());

type Way = 'pg' | 'mysql' | 'mongodb' | 'mssql';
type Given = { readonly user: { readonly name: unknown }; readonly secrets: readonly unknown[] };
const given = (name: unknown, secret: unknown): Given => ({ user: { name }, secrets: [secret] });
const portOf = (way: Way): number => (way === 'pg' ? pg.port : maria.port);
const envOf = (way: Way, more: Readonly<Record<string, string>> = {}) => ({
  ...{ WAY: way, PORT: String(portOf(way)), USER: 'ferry', PASSWORD: 'ours', TYPED: 'yes' },
  ...more,
});
const login = (way: Way, who: Given, env: RunOptions['env'] = {}) =>
  host.run(SCRIPT, { args: [who], env: envOf(way, env) });
const change = (way: Way, sql: string): Promise<unknown> => (way === 'pg' ? pg.query(sql) : chief.query(sql));

describe('a session of a user who has typed the password', () => {
  it.each<[string, Way, string]>([
    ['whose password was changed', 'pg', `ALTER ROLE "${ALICE}" PASSWORD 'new'`],
    ['whose account was locked', 'pg', `ALTER ROLE "${ALICE}" NOLOGIN`],
    ['whose password was changed', 'mysql', `ALTER USER '${ALICE}'@127.0.0.1 IDENTIFIED BY 'new'`],
    ['whose account was locked', 'mysql', `ALTER USER '${ALICE}'@127.0.0.1 ACCOUNT LOCK`],
  ])('lets nobody in %s meanwhile: %s', async (_what, way, sql) => {
    for (let i = 0; i < 2; i++) resultOf(await login(way, given(ALICE, 'old')));
    await change(way, sql);
    expect(await login(way, given(ALICE, 'old'))).toMatchObject({ outcome: 'threw', usage: { connectionsReused: 0 } });
  });

  it.each<[string, Way, Given]>([
    ['the name alone', 'pg', given('ferry', 'x')],
    ['the password alone', 'pg', given('x', 'ours')],
    ['the name alone', 'mysql', given('ferry', 'x')],
    ['the password alone', 'mysql', given('x', 'ours')],
  ])('is not kept where an argument is %s: %s', async (_what, way, who) => {
    for (let i = 0; i < 2; i++) {
      const result = await login(way, who, { TYPED: 'no' });
      resultOf(result);
      expect(result.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
    }
  });

  it('is not kept of mongodb either', async () => {
    await using stack = new AsyncDisposableStack();
    const double = await startMongodbDouble({ users: [{ user: 'alice', password: 'old' }] });
    stack.defer(() => double.stop());
    const env = { PORT: new URL(double.uri).port };
    for (let i = 0; i < 2; i++) {
      const result = await login('mongodb', given('alice', 'old'), env);
      resultOf(result);
      expect(result.usage.connectionsReused).toBe(0);
    }
  });

  it('is not kept of mssql either', async () => {
    await using stack = new AsyncDisposableStack();
    const double = await startSqlServerDouble({ tables: { users: { columns: { email: 'nvarchar(100)' }, rows: [] } } });
    stack.defer(() => double.stop());
    const env = { PORT: String(double.port) };
    for (let i = 0; i < 2; i++) {
      const result = await login('mssql', given(double.user, double.password), env);
      resultOf(result);
      expect(result.usage.connectionsReused).toBe(0);
    }
  });
});

describe('a session of the script’s own user', () => {
  const own = { TYPED: 'no' };
  it.each<Way>(['pg', 'mysql'])('serves all who type something else: %s', async (way) => {
    resultOf(await login(way, given('ann', 'a'), own));
    expect((await login(way, given('bob', ''), own)).usage).toMatchObject({ connectionsReused: 1 });
  });

  it.each<Way>(['pg', 'mysql'])(
    'is not offered to who types its name, and lies there for the next: %s',
    async (way) => {
      resultOf(await login(way, given('ann', 'a'), own));
      const typed = await login(way, given('ferry', 'b'), own);
      resultOf(typed);
      expect(typed.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
      expect((await login(way, given('bob', 'c'), own)).usage).toMatchObject({ connectionsReused: 1 });
    },
  );

  it.each<[string, unknown]>([
    ['too many', Array.from({ length: 5000 }, (_, i) => i)],
    ['too long', 'x'.repeat(100_000)],
    ['too deep', JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`)],
  ])('is not kept where the arguments are %s to be looked through', async (_what, argument) => {
    for (let i = 0; i < 2; i++) {
      const result = await login('pg', given('ann', argument), own);
      resultOf(result);
      expect(result.usage).toMatchObject({ connectionsReused: 0 });
    }
  });
});
