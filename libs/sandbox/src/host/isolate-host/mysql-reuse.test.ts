/** Sessions of mysql2 that one run leaves and a later one may take over, on a real MariaDB. */
import type { LocalMariadb } from '@userferry/local-databases';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectServedByOne, resultOf } from './testing/kept-sessions.ts';
import { LEGACY_USER, startLegacyMariadb } from './testing/mysql-legacy.ts';
import { type Result, type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

/** One script for all runs, so that they are served by one isolate and may share sessions: what it does is an argument. */
const SCRIPT = `const mysql = require('mysql2/promise');
const config = { host: env.HOST, port: Number(env.PORT), ...${JSON.stringify(LEGACY_USER)} };
const open = async (more) => { const c = await mysql.createConnection({ ...config, ...more }); c.on('error', () => {}); return c };
const idOf = async (c) => (await c.query('SELECT CONNECTION_ID() AS id'))[0][0].id;
async function login(code) {
  return (async () => {}).constructor('open', 'idOf', 'mysql', 'config', 'require', 'env', code)(open, idOf, mysql, config, require, env);
}`;
const PLAIN = 'const c = await open(); const id = await idOf(c); await c.end(); return id';
const TLS = PLAIN.replace('open()', 'open({ ssl: { ca: env.CA } })');

let db: LocalMariadb;
let host: TestHost;
let chief: Connection;

const env = () => ({ HOST: db.host, PORT: String(db.port), CA: db.caCertificate as string });
const run = (code: string, more: RunOptions = {}): Promise<Result> =>
  host.run(SCRIPT, { env: env(), args: [code], ...more });
const give = async (code: string, more?: RunOptions): Promise<unknown> => resultOf(await run(code, more));

beforeAll(async () => {
  db = await startLegacyMariadb();
  chief = await createConnection(db.url);
  for (const sql of [
    'CREATE ROLE helper',
    'GRANT helper TO legacy_owner@127.0.0.1',
    'CREATE PROCEDURE legacy.help() SQL SECURITY INVOKER SET ROLE helper',
    'CREATE DATABASE second',
    'CREATE USER guest@127.0.0.1',
    'GRANT SELECT ON legacy.* TO guest@127.0.0.1',
    'GRANT ALL ON second.* TO legacy_owner@127.0.0.1',
  ]) {
    await chief.query(sql);
  }
});
afterAll(async () => {
  await chief?.end();
  await db?.stop();
});
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host?.stop());

describe('a session of mysql2 that was ended in order', () => {
  it.each([
    ['plain', PLAIN],
    ['over TLS', TLS],
    ['over TLS, with the name in the certificate checked', TLS.replace('env.CA', 'env.CA, verifyIdentity: true')],
    ['without a database', PLAIN.replace('open()', 'open({ database: undefined })')],
    ['with another character set', PLAIN.replace('open()', "open({ charset: 'LATIN1_SWEDISH_CI' })")],
    [
      'of a pool',
      'const p = mysql.createPool(config); const id = (await p.query("SELECT CONNECTION_ID() AS id"))[0][0].id; await p.end(); return id',
    ],
    [
      'with callbacks',
      'const c = require("mysql2").createConnection(config); return new Promise((ok, no) => c.query("SELECT CONNECTION_ID() AS id", (e, r) => { c.end(() => e ? no(e) : ok(r[0].id)) }))',
    ],
    [
      'after an error of a query',
      'const c = await open(); await c.query("nonsense").catch(() => {}); const id = await idOf(c); await c.end(); return id',
    ],
    [
      'after a prepared statement',
      'const c = await open(); const [rows] = await c.execute("SELECT CONNECTION_ID() AS id, ? AS n", [1]); await c.end(); return rows[0].id',
    ],
    [
      'after several results',
      'const c = await open({ multipleStatements: true }); const [r] = await c.query("SELECT 1; SELECT CONNECTION_ID() AS id; SELECT 3"); await c.end(); return r[1][0].id',
    ],
    [
      'after a large result',
      'const c = await open(); const [r] = await c.query("SELECT REPEAT(\'x\', 300000) AS x, CONNECTION_ID() AS id"); await c.end(); return r[0].id',
    ],
  ])('serves the next run as if it were new: %s', (_what, code) => expectServedByOne(() => run(code)));

  it('serves runs in isolates of their own, too', () => expectServedByOne(() => run(PLAIN, { isolation: 'per_run' })));

  it.each([
    ['another user', PLAIN.replace('open()', "open({ user: 'ferry_tls', password: 'tls only', ssl: { ca: env.CA } })")],
    ['another database', PLAIN.replace('open()', "open({ database: 'second' })")],
    ['another character set', PLAIN.replace('open()', "open({ charset: 'LATIN1_SWEDISH_CI' })")],
    ['other flags', PLAIN.replace('open()', "open({ flags: ['-FOUND_ROWS'] })")],
    ['other attributes', PLAIN.replace('open()', "open({ connectAttributes: { mine: '1' } })")],
    ['TLS', TLS],
  ])('is not taken for one with %s', async (_what, code) => {
    const id = await give(PLAIN);
    expect(await give(code)).not.toBe(id);
    expect(await give(PLAIN)).toBe(id);
  });

  it('lets nobody in by a wrong password', async () => {
    await give(PLAIN);
    const wrong = await run(PLAIN.replace('open()', "open({ password: 'wrong' })"));
    expect(wrong).toMatchObject({ outcome: 'threw', error: { code: 'ER_ACCESS_DENIED_ERROR' } });
    expect((await run(PLAIN)).usage).toMatchObject({ connectionsReused: 1 });
  });

  it('is opened anew when the server has ended it meanwhile', async () => {
    const id = await give(PLAIN);
    await chief.query(`KILL ${id}`);
    await expect
      .poll(async () => (await chief.query(`SELECT 1 FROM information_schema.processlist WHERE id = ${id}`))[0], {
        timeout: 20_000,
      })
      .toEqual([]);
    // The server takes it off its list before it closes it: a run that comes in between is told that it was reset.
    let next = await run(PLAIN);
    if (next.error?.code === 'ECONNRESET') next = await run(PLAIN);
    expect(resultOf(next)).not.toBe(id);
    expect(next.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  });

  it('is not kept where the server does something at every login', async () => {
    await chief.query(`SET GLOBAL init_connect = 'SET @greeted = 1'`);
    try {
      await give(PLAIN);
      expect((await run(PLAIN)).usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
    } finally {
      await chief.query(`SET GLOBAL init_connect = ''`);
    }
  });
});

describe('what a run left in a session of mysql2', () => {
  it.each([
    ['a variable of its own', "SET @mine = 'alice'", 'SELECT @mine AS a'],
    [
      'a setting',
      "SET SESSION sql_mode = '', time_zone = '+09:00', autocommit = 0",
      'SELECT @@sql_mode a, @@time_zone b, @@autocommit c',
    ],
    [
      'a character set',
      'SET NAMES latin1',
      "SELECT 'é' AS a, @@character_set_client b, @@collation_connection c, @@character_set_results d",
    ],
    [
      'a temporary table',
      'CREATE TEMPORARY TABLE mine (n int)',
      "SELECT 1 AS a FROM information_schema.tables WHERE table_name = 'mine'",
    ],
    ['a prepared statement', "PREPARE mine FROM 'SELECT 1'", "SHOW STATUS LIKE 'Prepared_stmt_count'"],
    ['a lock', "SELECT GET_LOCK('mine', 0)", "SELECT IS_USED_LOCK('mine') AS a"],
    ['locked tables', 'LOCK TABLES notes WRITE', 'SELECT COUNT(*) AS a FROM users'],
    ['another database', 'USE second', 'SELECT DATABASE() AS a'],
    [
      'an open transaction',
      "START TRANSACTION; INSERT INTO notes (text) VALUES ('never')",
      "SELECT COUNT(*) AS a FROM notes WHERE text = 'never'",
    ],
    ['the id of an insert', 'SELECT LAST_INSERT_ID(42)', 'SELECT LAST_INSERT_ID() AS a'],
    ['warnings', "SELECT CAST('x' AS INT)", 'SHOW WARNINGS'],
    ['rows found', 'SELECT SQL_CALC_FOUND_ROWS 1 FROM users LIMIT 0', 'SELECT @@last_insert_id AS a'],
    ['a level of isolation', 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'SELECT @@tx_isolation AS a'],
  ])('does not show in the next: %s', async (_what, leave, sql) => {
    const look = `const c = await open(); const [rows] = await c.query(${JSON.stringify(sql)}); await c.end(); return rows`;
    const untouched = await give(look);
    await give(
      `const c = await open(); for (const sql of ${JSON.stringify(leave.split('; '))}) await c.query(sql); await c.end()`,
    );
    const next = await run(look);
    expect(resultOf(next)).toEqual(untouched);
    // It was the very session.
    expect(next.usage).toMatchObject({ connectionsReused: 1 });
  });

  it.each([
    ['another role', "await c.query('SET ROLE helper'); await c.end()"],
    ['profiles of its statements', "await c.query('SET profiling = 1'); await c.end()"],
    [
      'profiles of which none are to be shown',
      "await c.query('SET profiling_history_size = 0'); await c.query('SET profiling = 1'); await c.end()",
    ],
    ['another role, said otherwise', "await c.query('SET/*x*/ROLE helper'); await c.end()"],
    [
      'another role, in a statement that the server puts together',
      `await c.query("SET @s = CONCAT('SET RO', 'LE helper')"); await c.query('PREPARE p FROM @s'); await c.query('EXECUTE p'); await c.end()`,
    ],
    ['another role, behind much else', "await c.query('SET /*' + 'x'.repeat(9000) + '*/ ROLE helper'); await c.end()"],
    ['another role, of a procedure', "await c.query('CALL help()'); await c.end()"],
    [
      'a transaction of XA that waits for its end',
      `for (const sql of ["XA START 'waits'", "INSERT INTO notes (text) VALUES ('never')", "XA END 'waits'", "XA PREPARE 'waits'"]) await c.query(sql); await c.end()`,
    ],
    ...(
      [
        ['behind a comment', "/**/XA START 'b'", "/**/XA END 'b'", "/**/XA PREPARE 'b'"],
        ['in a comment that is carried out', "/*!50000XA START 'd'*/", "/*! XA END 'd'*/", "/*!XA PREPARE 'd'*/"],
        ['before a comment', "XA/**/START 'e'", "XA#\n END 'e'", "XA-- x\n PREPARE 'e'"],
        ['behind much else', ...['START', 'END', 'PREPARE'].map((step) => `/*${'x'.repeat(9000)}*/ XA ${step} 'g'`)],
      ] as const
    ).map(([where, ...steps]): [string, string] => [
      `a transaction of XA, ${where}`,
      `for (const sql of ${JSON.stringify(steps)}) await c.query(sql); await c.end()`,
    ]),
    ['another user', `await c.changeUser({ user: 'legacy_owner', password: config.password }); await c.end()`],
    [
      'a session without a database that chose one',
      `await c.end(); const d = await open({ database: undefined }); await d.query('USE legacy'); await d.end(); const e = await open({ database: undefined }); const [[{ name }]] = await e.query('SELECT DATABASE() AS name'); if (name !== null) throw new Error(name); await e.end(); const f = await open(); await f.query('SET ROLE helper'); await f.end()`,
    ],
    ['a socket that was destroyed', 'c.destroy()'],
    [
      'a query that nobody waits for',
      `c.query('SELECT SLEEP(0.1)').catch(() => {}); c.connection.stream.write(Buffer.from([1, 0, 0, 0, 1]))`,
    ],
    [
      'half a packet',
      `c.connection.stream.write(Buffer.from([99, 0, 0, 0, 3])); c.connection.stream.write(Buffer.from([1, 0, 0, 0, 1]))`,
    ],
  ])('makes it unfit, and the next run has another: %s', async (_what, code) => {
    const id = await give(`const c = await open(); const id = await idOf(c); ${code}; return id`);
    const next = await run(PLAIN);
    expect(resultOf(next)).not.toBe(id);
    expect(next.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  });

  it('is unfit after a transaction of XA behind another statement, too', async () => {
    const with2 = 'const c = await open({ multipleStatements: true }); const id = await idOf(c);';
    const steps = ['START', 'END', 'PREPARE'].map((step) => `await c.query("SELECT 1; XA ${step} 'f'");`);
    const id = await give(`${with2} ${steps.join(' ')} await c.end(); return id`);
    expect(await give(`${with2} await c.end(); return id`)).not.toBe(id);
  });

  it('shows no statement of another, in profiles that an earlier one has asked for', async () => {
    const login = (typed: string) =>
      `const c = await open({ multipleStatements: true }); const [rows] = await c.query("SELECT 1 AS n FROM DUAL WHERE 'x' = '${typed}'"); await c.end(); return rows`;
    await give(login("'; SET profiling = 1; -- "));
    for (const victim of ['victim-1', 'victim-2']) await give(login(victim));
    expect(JSON.stringify(await give(login("'; SHOW PROFILES; -- ")))).not.toContain('victim');
  });

  it.each([
    ['whole', 'write(change)'],
    ['in two pieces', 'write(change.subarray(0, 2)); soon(() => write(change.subarray(2)))'],
  ])(
    'is another user, asked for before the server has let it in, %s: the next run has another session',
    async (_what, ask) => {
      // What the server answers to that is taken for the answer to a question that is never sent.
      const code = `const c = require('mysql2').createConnection(config);
      const user = Buffer.from('guest\\0\\0\\0\\x21\\0mysql_native_password\\0\\0');
      const change = Buffer.concat([Buffer.from([user.length + 1, 0, 0, 0, 0x11]), user]);
      const soon = (later) => c.once('connect', later);
      const write = c.stream.write.bind(c.stream);
      let writes = 0;
      c.stream.write = (bytes, ...more) => { if (bytes[4] === 0x0e) return true; const all = write(bytes, ...more); writes += 1; if (writes === 1) { ${ask} } return all };
      const answer = () => new Promise((resolve, reject) => c.ping((error) => error ? reject(error) : resolve()));
      await answer(); write(Buffer.from([0, 0, 0, 2])); await answer();
      const [[{ user: is }]] = await c.promise().query('SELECT USER() AS user'); await c.promise().end(); return is`;
      expect(await give(code)).toBe('guest@127.0.0.1');
      expect(
        await give(
          "const c = await open(); const [[{ user }]] = await c.query('SELECT USER() AS user'); await c.end(); return user",
        ),
      ).toBe('legacy_owner@127.0.0.1');
    },
  );

  it('is a role that is none any more: the session serves the next', async () => {
    const code =
      "const c = await open(); await c.query('SET ROLE helper'); await c.query('SET ROLE NONE'); await c.end()";
    await give(code);
    expect((await run(code)).usage).toMatchObject({ connectionsReused: 1 });
  });

  it('is an altered login that no other fits to: one run breaks off, and the next ones have sessions of their own', async () => {
    // Bytes of the packet that tell how long others may be.
    const code = `const c = require('mysql2').createConnection(config); const { write } = c.stream; let writes = 0;
      c.stream.write = function (bytes, ...more) { if (writes++ === 0) { bytes = Buffer.from(bytes); bytes.writeUInt32LE(Math.random() * 1e9, 8) } return write.call(this, bytes, ...more) };
      await c.promise().query('SELECT SLEEP(0.2)'); await c.promise().end()`;
    await Promise.all([1, 2, 3].map(() => give(code)));
    const outcomes: string[] = [];
    for (let i = 0; i < 5; i++) outcomes.push((await run(code)).outcome);
    expect(outcomes).toEqual(['store_unreachable', ...Array(4).fill('completed')]);
  });

  it('is judged by the role that the user has by default', async () => {
    const code = (role: string) =>
      `const c = await open(); const [[{ role }]] = await c.query('SELECT CURRENT_ROLE() AS role'); await c.query('SET ROLE ${role}'); await c.end(); return role`;
    await chief.query('SET DEFAULT ROLE helper FOR legacy_owner@127.0.0.1');
    try {
      expect(await give(code('helper'))).toBe('helper');
      const next = await run(code('NONE'));
      expect(resultOf(next)).toBe('helper');
      expect(next.usage).toMatchObject({ connectionsReused: 1 });
      const last = await run(code('helper'));
      expect(resultOf(last)).toBe('helper');
      expect(last.usage).toMatchObject({ connectionsReused: 0 });
    } finally {
      await chief.query('SET DEFAULT ROLE NONE FOR legacy_owner@127.0.0.1');
    }
  });

  it.each([
    ['that never ended it', 'const c = await open(); return idOf(c)', 'completed'],
    ['that ran out of time in a query', `const c = await open(); await c.query('SELECT SLEEP(3)')`, 'timed_out'],
  ])('dies with a run %s', async (_what, code, outcome) => {
    const timeoutMs = outcome === 'timed_out' ? 1_000 : 20_000;
    expect(await run(code, { timeoutMs })).toMatchObject({ outcome });
    expect((await run(PLAIN)).usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  });

  it('reaches no later run: listeners, patched methods and the connection itself', async () => {
    await give(`const c = await open(); const raw = c.connection; raw.stream.on('data', () => console.log('heard')); require('mysql2').kept = raw;
      raw.constructor.prototype.query = () => { throw new Error('patched') }; require('net').connect = () => { throw new Error('patched') }; await c.end()`);
    const next = await run(
      `const kept = require('mysql2').kept ?? null; const c = await open(); const [rows] = await c.query('SELECT 7 AS n'); await c.end(); return [rows, kept]`,
    );
    expect(resultOf(next)).toEqual([[{ n: 7 }], null]);
    expect(next.logs).toEqual([]);
  });
});
