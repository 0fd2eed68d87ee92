/** Sessions of mssql that one run leaves and a later one may take over, on a double of the server. */
import { type SqlServerDouble, startSqlServerDouble } from '@userferry/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultOf } from './testing/kept-sessions.ts';
import { type Result, type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

const SCRIPT = `const sql = require('mssql');
const open = (more = {}) => new sql.ConnectionPool({ server: 'localhost', port: Number(env.PORT), user: env.USER, password: env.PASSWORD, database: 'legacy', ...more, options: { encrypt: false, cryptoCredentialsDetails: { ca: env.CA }, ...more.options } }).connect();
const find = async (pool) => (await pool.query('SELECT email FROM users')).recordset[0].email;
async function login(code) {
  return (async () => {}).constructor('sql', 'open', 'find', 'require', 'env', code)(sql, open, find, require, env);
}`;
/** A pool opens one connection to see whether it can, and another for the query. */
const NEW = { connectionsOpened: 2, connectionsReused: 0 };
const KEPT = { connectionsOpened: 0, connectionsReused: 2 };
const TABLES = { users: { columns: { email: 'nvarchar(100)' }, rows: [{ email: 'alice@example.com' }] } };

let host: TestHost;
let double: SqlServerDouble;
const env = () => ({
  PORT: String(double.port),
  USER: double.user,
  PASSWORD: double.password,
  CA: double.caCertificate,
});
const run = (code: string, more: RunOptions = {}): Promise<Result> =>
  host.run(SCRIPT, { env: env(), args: [code], ...more });
beforeEach(async () => {
  host = await startHost();
  double = await startSqlServerDouble({ tables: TABLES });
});
afterEach(async () => {
  await host?.stop();
  await double?.stop();
});
const login = (options: string): string =>
  `const pool = await open({ options: ${options} }); const email = await find(pool); await pool.close(); return email`;

describe('a session of mssql that was closed in order', () => {
  it.each([
    ['plain', '{}'],
    ['over TLS', '{ encrypt: true }'],
    ['over TLS before everything', "{ encrypt: 'strict' }"],
  ])('serves the next run as if it were new: %s', async (_what, options) => {
    const first = await run(login(options));
    expect(first.usage).toMatchObject(NEW);
    for (let turn = 0; turn < 3; turn++) {
      const next = await run(login(options));
      expect(resultOf(next)).toBe('alice@example.com');
      expect(next.usage).toMatchObject(KEPT);
    }
    expect(double.logins).toHaveLength(1);
  });
});
