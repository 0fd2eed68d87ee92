/** Sessions of mssql that one run leaves and a later one may take over, on a double of the server. */
import { type SqlServerDouble, type SqlServerDoubleOptions, startSqlServerDouble } from '@userferry/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultOf } from './testing/kept-sessions.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { type Result, type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

const EMAIL = 'alice@example.com';
/** One script for all runs, so that they are served by one isolate and may share sessions: what it does is an argument. */
const SCRIPT = `const sql = require('mssql');
const config = (more = {}) => ({ server: 'localhost', port: Number(env.PORT), user: env.USER, password: env.PASSWORD, database: 'legacy', ...more, options: { encrypt: false, cryptoCredentialsDetails: { ca: env.CA }, ...more.options } });
const open = (more) => new sql.ConnectionPool(config(more)).connect();
const find = async (pool) => (await pool.query('SELECT email FROM users')).recordset[0].email;
async function login(code) {
  return (async () => {}).constructor('sql', 'config', 'open', 'find', 'require', 'env', code)(sql, config, open, find, require, env);
}`;
const login = (options = '{}'): string =>
  `const pool = await open(${options}); const email = await find(pool); await pool.close(); return email`;
const PLAIN = login();
const TLS = login('{ options: { encrypt: true } }');
/**
 * A pool opens one session to see whether it can, and another for the query: that is the same one, once it is known where
 * it leads, and that this run may go there.
 */
const FIRST = { connectionsOpened: 2, connectionsReused: 0 };
const NEW = { connectionsOpened: 1, connectionsReused: 1 };
const KEPT = { connectionsOpened: 0, connectionsReused: 2 };
const TABLES = { users: { columns: { email: 'nvarchar(100)' }, rows: [{ email: EMAIL }] } };

let host: TestHost;
let double: SqlServerDouble;
const env = () => ({
  PORT: String(double.port),
  USER: double.user,
  PASSWORD: double.password,
  CA: double.caCertificate,
});
const start = async (options: SqlServerDoubleOptions = {}): Promise<void> => {
  await double?.stop();
  double = await startSqlServerDouble({ tables: TABLES, ...options });
};
const run = (code: string, more: RunOptions = {}): Promise<Result> =>
  host.run(SCRIPT, { env: env(), args: [code], ...more });
const give = async (code: string, more?: RunOptions): Promise<unknown> => resultOf(await run(code, more));
const settingsSeen = (): number => double.requests.filter(({ kind }) => kind === 'settings').length;
beforeEach(async () => {
  host = await startHost();
  await start();
});
afterEach(async () => {
  await host?.stop();
  await double?.stop();
});

describe('a session of mssql that was closed in order', () => {
  it.each([
    ['plain', PLAIN],
    ['over TLS', TLS],
    ['over TLS before everything', login("{ options: { encrypt: 'strict' } }")],
    [
      'with trust in anybody',
      login('{ options: { encrypt: true, trustServerCertificate: true, cryptoCredentialsDetails: {} } }'),
    ],
    ['with small packets', login('{ options: { packetSize: 512 } }')],
    ['with settings of its own', login("{ options: { language: 'us_english', datefirst: 1, textsize: 1000 } }")],
    [
      'after an error',
      `const pool = await open(); await pool.query('nonsense').catch(() => 0); const email = await find(pool); await pool.close(); return email`,
    ],
    [
      'after a prepared statement',
      `const pool = await open(); const s = new sql.PreparedStatement(pool); s.input('n', sql.Int); await s.prepare('SELECT email FROM users'); const { recordset } = await s.execute({ n: 1 }); await s.unprepare(); await pool.close(); return recordset[0].email`,
    ],
    [
      'after a transaction that was committed',
      `const pool = await open(); const t = new sql.Transaction(pool); await t.begin(); await t.request().query("INSERT INTO users (email) VALUES (N'eve@example.com')"); await t.commit(); const email = await find(pool); await pool.close(); return email`,
    ],
    [
      'after a transaction that was rolled back',
      `const pool = await open(); const t = new sql.Transaction(pool); await t.begin(); await t.rollback(); const email = await find(pool); await pool.close(); return email`,
    ],
    [
      'of the global pool',
      `await sql.connect(config()); const { recordset } = await sql.query('SELECT email FROM users'); await sql.close(); return recordset[0].email`,
    ],
  ])('serves the next run as if it were new: %s', async (_what, code) => {
    const first = await run(code);
    expect(first.usage).toMatchObject({ connectionsReused: 0 });
    for (let turn = 0; turn < 3; turn++) {
      const next = await run(code);
      expect(resultOf(next)).toBe(EMAIL);
      expect(next.usage).toMatchObject(KEPT);
    }
    expect(double.logins).toHaveLength(2);
  });

  it('is reset by the server before it serves another run', async () => {
    await give(PLAIN);
    const after = settingsSeen();
    expect(await give(PLAIN)).toBe(EMAIL);
    // Two resets of the sessions that were taken and let go of; the driver's own settings did not go out.
    await expect.poll(settingsSeen).toBe(after + 2);
  });

  it('shows the script what it shows in plain Node', async () => {
    const { expectSame } = createSideBySide(() => host, env);
    const body = `const sql = require('mssql'); const pool = new sql.ConnectionPool({ server: 'localhost', port: Number(env.PORT), user: env.USER, password: env.PASSWORD, database: 'legacy', options: { encrypt: true, cryptoCredentialsDetails: { ca: env.CA } } }); await pool.connect();
      const seen = [pool.connected, pool.size, pool.available]; const request = pool.request(); request.on('info', (i) => seen.push(i.message)); const result = await request.input('email', sql.NVarChar, '${EMAIL}').query('SELECT email FROM users WHERE email = @email');
      seen.push(result.recordset[0], result.rowsAffected); seen.push(await pool.query('nonsense').catch((e) => [e.name, e.code, e.number, e.message, e.serverName, e.lineNumber])); await pool.close(); seen.push(pool.connected); return seen`;
    for (let turn = 0; turn < 3; turn++) await expectSame(body);
  });

  it.each([
    ['another user', "{ user: 'LEGACY_LOGIN' }"],
    ['another database', "{ database: 'master' }"],
    ['another application’s name', "{ options: { appName: 'mine' } }"],
    ['other settings', '{ options: { datefirst: 1 } }'],
    ['TLS', '{ options: { encrypt: true } }'],
    ['another authority', '{ options: { encrypt: true, cryptoCredentialsDetails: { ca: [env.CA, env.CA] } } }'],
  ])('is not taken for one with %s', async (_what, options) => {
    await give(PLAIN);
    expect((await run(login(options))).usage).toMatchObject(NEW);
  });

  it('lets nobody in by a wrong password', async () => {
    await give(PLAIN);
    for (let turn = 0; turn < 2; turn++) {
      expect(await run(login("{ password: 'wrong' }"))).toMatchObject({ outcome: 'threw', error: { code: 'ELOGIN' } });
    }
    expect((await run(PLAIN)).usage).toMatchObject(KEPT);
  });

  it('is not taken by another version of the script, in another environment, or where the policy forbids it', async () => {
    await give(PLAIN);
    const changed = await host.run(`${SCRIPT} // changed`, { env: env(), args: [PLAIN] });
    expect(changed.usage).toMatchObject(NEW);
    expect((await run(PLAIN, { env: { ...env(), MORE: '1' } })).usage).toMatchObject(NEW);
    expect((await run(PLAIN, { reuse: { destinations: [] } })).usage).toMatchObject(FIRST);
  });

  it('is not kept where reuse is off', async () => {
    for (let turn = 0; turn < 2; turn++) {
      expect((await run(TLS, { reuse: undefined })).usage).toMatchObject(FIRST);
    }
  });

  it.each([
    ['plain', PLAIN],
    ['over TLS', TLS],
  ])('is opened anew when the server has ended it meanwhile: %s', async (_what, code) => {
    await give(code);
    double.dropConnections();
    await expect.poll(() => double.openConnections()).toBe(0);
    const next = await run(code);
    expect(resultOf(next)).toBe(EMAIL);
    expect(next.usage).toMatchObject(NEW);
  });
});

/** A statement that no other run sends. */
const MARKED = "SELECT email FROM users WHERE email = N'alice@example.com'";
const CUT = 'for (const { resource } of pool.pool.used) resource.close(); await pool.close()';

describe('a session of mssql is not kept', () => {
  it.each([
    ['that was left open', `const pool = await open(); await pool.query(env.MARKED)`],
    [
      'in a transaction',
      `const pool = await open(); const t = new sql.Transaction(pool); await t.begin(); await t.request().query("INSERT INTO users (email) VALUES (N'never')"); await t.request().query(env.MARKED); ${CUT}`,
    ],
    [
      'in the middle of a query',
      `const pool = await open(); pool.query(env.MARKED).catch(() => 0); await new Promise((done) => setTimeout(done, 400)); ${CUT}`,
    ],
    [
      'after a query that was cancelled',
      `const pool = await open(); const r = pool.request(); const asked = r.query(env.MARKED).catch(() => 0); await new Promise((done) => setTimeout(done, 400)); r.cancel(); await asked; await pool.close()`,
    ],
  ])('%s', async (what, code) => {
    if (what.includes('query')) {
      double.behaviour.handler = ({ sql }) => (sql === MARKED ? { delayMs: 1000 } : undefined);
    }
    await run(code, { env: { ...env(), MARKED }, timeoutMs: 10_000 });
    const marked = double.requests.filter(({ sql }) => sql === MARKED).map(({ session }) => session);
    expect(marked).toHaveLength(1);
    const before = double.requests.length;
    await run(PLAIN, { env: { ...env(), MARKED } });
    const seen = double.requests.slice(before).filter(({ kind }) => kind !== 'cancel');
    expect(seen.map(({ session }) => session)).not.toContain(marked[0]);
    await expect.poll(() => double.rowsOf('users').length).toBe(1);
  });

  it.each([
    [
      'that ran out of time',
      `const pool = await open(); await find(pool); await pool.close(); return new Promise(() => setTimeout(() => {}, 60000))`,
      'timed_out',
    ],
    [
      'that failed where nobody could catch it',
      `const pool = await open(); await find(pool); await pool.close(); setTimeout(() => { throw new Error('lost') }, 1); return new Promise(() => {})`,
      'threw',
    ],
  ])('after a run %s', async (_what, code, outcome) => {
    const timeoutMs = outcome === 'timed_out' ? 1_500 : 20_000;
    expect(await run(code, { timeoutMs })).toMatchObject({ outcome });
    expect((await run(PLAIN)).usage).toMatchObject(NEW);
  });

  it('that is redirected to another server', async () => {
    await using other = await startSqlServerDouble({ tables: TABLES, user: double.user, password: double.password });
    double.behaviour.redirectTo = { host: '127.0.0.1', port: other.port };
    for (let turn = 0; turn < 2; turn++) {
      const next = await run(PLAIN);
      expect(resultOf(next)).toBe(EMAIL);
      expect(next.usage).toMatchObject({ connectionsReused: 0 });
    }
  });
});
