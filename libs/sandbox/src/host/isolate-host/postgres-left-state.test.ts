/** What a run does to a session of pg, which no later run may meet, on a real PostgreSQL. */
import { describe, expect, it } from 'vitest';
import { resultOf } from './testing/kept-sessions.ts';
import { db, env, give, PLAIN, reusedBy, run, uri } from './testing/pg-sessions.ts';

describe('what a run left in a session of pg', () => {
  const look = async (sql: string): Promise<unknown> =>
    give(`const c = await open(); const { rows } = await c.query(${JSON.stringify(sql)}); await c.end(); return rows`);

  it.each([
    [
      'a setting',
      `SET statement_timeout = 1234; SET TimeZone = 'Asia/Tokyo'; SET search_path = pg_catalog`,
      `SELECT current_setting('statement_timeout') a, current_setting('TimeZone') b, current_setting('search_path') c`,
    ],
    ['a role', 'SET ROLE other', 'SELECT current_user::text AS a, session_user::text AS b'],
    ['a temporary table', 'CREATE TEMP TABLE mine (name text)', `SELECT to_regclass('pg_temp.mine')::text AS a`],
    ['a prepared statement', 'PREPARE mine AS SELECT 1', 'SELECT count(*)::int AS a FROM pg_prepared_statements'],
    ['a cursor', 'DECLARE mine CURSOR WITH HOLD FOR SELECT 1', 'SELECT count(*)::int AS a FROM pg_cursors'],
    ['a lock', 'SELECT pg_advisory_lock(42)', `SELECT count(*)::int AS a FROM pg_locks WHERE locktype = 'advisory'`],
    ['a subscription', 'LISTEN mine', 'SELECT pg_listening_channels() AS a'],
    [
      'a default of transactions',
      'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY',
      `SELECT current_setting('transaction_read_only') AS a`,
    ],
    ['an encoding', `SET client_encoding = 'LATIN1'`, `SELECT 'é' AS a, current_setting('client_encoding') AS b`],
    [
      'the last number of a sequence',
      "CREATE TEMP SEQUENCE s; SELECT nextval('s')",
      `SELECT to_regclass('pg_temp.s')::text AS a`,
    ],
  ])('does not show in the next: %s', async (_what, leave, sql) => {
    const untouched = await look(sql);
    const left = `const c = await open(); const pid = await pidOf(c); for (const sql of ${JSON.stringify(leave.split('; '))}) await c.query(sql); await c.end(); return pid`;
    await give(left);
    const next = await run(
      `const c = await open(); const { rows } = await c.query(${JSON.stringify(sql)}); await c.end(); return rows`,
    );
    expect(resultOf(next)).toEqual(untouched);
    // It was the very session.
    expect(next.usage).toMatchObject({ connectionsReused: 1 });
  });

  it('does not show in the next: the rights of another session user', async () => {
    const root = new URL(uri);
    await db.query(`CREATE ROLE chief SUPERUSER LOGIN PASSWORD 'chief'`);
    root.username = 'chief';
    root.password = 'chief';
    const chief = { env: { ...env(), URI: root.href } };
    await give(`const c = await open(); await c.query('SET SESSION AUTHORIZATION other'); await c.end()`, chief);
    const code = `const c = await open(); const { rows } = await c.query('SELECT session_user::text AS a, current_user::text AS b'); await c.end(); return rows`;
    const next = await run(code, chief);
    expect(resultOf(next)).toEqual([{ a: 'chief', b: 'chief' }]);
    expect(next.usage).toMatchObject({ connectionsReused: 1 });
  });

  it.each([
    [
      'a transaction that is open',
      `await c.query('BEGIN'); await c.query('CREATE TABLE never (n int)'); await c.end()`,
    ],
    ['a transaction that failed', `await c.query('BEGIN'); await c.query('nonsense').catch(() => {}); await c.end()`],
    [
      'a copy that has begun',
      `c.connection.query('COPY (SELECT 1) TO STDOUT; COPY pg_temp.x FROM STDIN'); await c.end()`,
    ],
    ['a query that nobody waits for', `c.query('SELECT pg_sleep(0.05)').catch(() => {}); await c.end()`],
    [
      'queries that wait for their turn',
      `for (let i = 0; i < 3; i++) c.query('SELECT 1').catch(() => {}); await c.end()`,
    ],
    [
      'messages without a sync',
      `c.connection.parse({ text: 'SELECT 1' }); c.connection.flush(); await new Promise((ok) => c.connection.once('parseComplete', ok)); await c.end()`,
    ],
    ['half a message', `c.connection.stream.write(Buffer.from([0x51, 0, 0, 0, 99])); await c.end()`],
    ['a setting of its own', `await c.query("SELECT set_config('my.name', 'alice', false)"); await c.end()`],
    [
      'a setting of its own, in a statement with values',
      `await c.query('SELECT set_config($1, $2, false)', ['my.name', 'alice']); await c.end()`,
    ],
    ['a setting of its own, by SET', `await c.query("SET my.name = 'alice'"); await c.end()`],
    [
      'a setting of its own, for one transaction',
      `await c.query('BEGIN'); await c.query("SET LOCAL my.name TO 'alice'"); await c.query('COMMIT'); await c.end()`,
    ],
    ['a setting that is only taken back', `await c.query('RESET my.name'); await c.end()`],
    [
      'a farewell in the middle of other bytes',
      `c.connection.stream.write(Buffer.from([0x51, 0, 0, 0, 13, 83, 69, 76, 69, 67, 84, 32, 49, 0, 0x58, 0, 0, 0, 4])); await new Promise((ok) => c.connection.once('end', ok))`,
    ],
    ['a socket that was destroyed', `c.connection.stream.destroy(); await new Promise((ok) => c.once('end', ok))`],
    ['no farewell', `c.connection.stream.end(); await new Promise((ok) => c.once('end', ok))`],
  ])('makes it unfit, and the next run has another: %s', async (_what, code) => {
    const leave = `const c = await open(); const pid = await pidOf(c); ${code}; return pid`;
    const pid = await give(leave);
    const next = await run(PLAIN);
    expect(resultOf(next)).not.toBe(pid);
    expect(next.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
    await expect
      .poll(async () => (await db.query(`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid}`)).length, {
        timeout: 20_000,
      })
      .toBe(0);
  });

  it.each([
    ['that never ended it', 'const c = await open(); return pidOf(c)', 'completed'],
    ['that threw', `const c = await open(); throw new Error(String(await pidOf(c)))`, 'threw'],
    ['that ran out of time in a query', `const c = await open(); await c.query('SELECT pg_sleep(4)')`, 'timed_out'],
    [
      'that ran out of time with a transaction open',
      `const c = await open(); await c.query('BEGIN'); await new Promise(() => setTimeout(() => {}, 30000))`,
      'timed_out',
    ],
    ['that looped', `const c = await open(); for (;;);`, 'timed_out'],
  ])('dies with a run %s', async (_what, code, outcome) => {
    await give(PLAIN);
    const timeoutMs = outcome === 'timed_out' ? 1_000 : 20_000;
    expect(await run(code, { timeoutMs })).toMatchObject({ outcome });
    await expect
      .poll(async () => (await db.query(`SELECT 1 FROM pg_stat_activity WHERE usename = 'legacy_owner'`)).length, {
        timeout: 20_000,
      })
      .toBe(0);
    expect((await run(PLAIN)).usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  });

  it.each([
    [
      'listeners of the socket and of the driver',
      `for (const e of [c.connection.stream, c.connection, c]) for (const name of ['data', 'dataRow', 'rowDescription', 'message', 'notice', 'end', 'close']) e.on(name, (x) => console.log('heard', name, x));`,
    ],
    [
      'methods of one client',
      `c.query = c.connection.query = c.connection.parse = () => console.log('heard'); c.connection.stream.emit = function (...a) { console.log('heard', a[0]); return Object.getPrototypeOf(this).emit.apply(this, a) }`,
    ],
    [
      'methods of all clients',
      `Client.prototype.query = () => { throw new Error('patched') }; Client.Query.prototype.handleDataRow = () => console.log('heard'); c.connection.constructor.prototype.parse = () => console.log('heard')`,
    ],
    [
      'methods of all sockets',
      `const { Socket } = require('net'); const { write } = Socket.prototype; Socket.prototype.write = function (...a) { console.log('heard'); return write.apply(this, a) }; Socket.prototype._onData = () => console.log('heard')`,
    ],
    [
      'parsers of types',
      `require('pg').types.setTypeParser(23, () => 'patched'); c.setTypeParser(25, () => 'patched')`,
    ],
    [
      'the built-ins that the driver is made of',
      `Array.prototype.push = function (...a) { console.log('heard'); for (const x of a) this[this.length] = x; return this.length }`,
    ],
    [
      'the client, hidden in a module',
      `require('pg').defaults.kept = c; require('pg').kept = c; require('lodash').kept = c; globalThis.kept = c`,
    ],
  ])('reaches no later run: %s', async (_what, code) => {
    await give(`const c = await open(); ${code}; await (c.constructor.prototype.end.call(c))`);
    const next =
      await run(`const kept = [globalThis.kept, require('pg').kept, require('pg').defaults.kept, require('lodash').kept];
      const c = await open(); const { rows } = await c.query("SELECT 7 AS n, 'secret' AS t"); await c.end(); return [rows, kept]`);
    expect(resultOf(next)).toEqual([[{ n: 7, t: 'secret' }], [null, null, null, null]]);
    expect(next.logs).toEqual([]);
  });

  it('is no setting of its own, empty, in the next', async () => {
    const code = `const c = await open(); await c.query("SELECT set_config('app.tenant', coalesce(current_setting('app.tenant', true)::int, 7)::text, false)"); await c.end()`;
    for (let i = 0; i < 3; i++) await give(code);
  });

  it('is notified of nothing that an earlier run asked for', async () => {
    await give(`const c = await open(); await c.query('LISTEN mine'); await c.end()`);
    await db.query(`NOTIFY mine, 'for the first'`, { database: 'legacy' });
    const next = await run(
      `const heard = []; const c = await open(); c.on('notification', (m) => heard.push(m.payload)); await pidOf(c); await c.query('SELECT pg_sleep(0.05)'); await c.end(); return heard`,
    );
    expect(resultOf(next)).toEqual([]);
  });

  it.each([
    [
      'startup',
      `const { startup } = c.connection; c.connection.startup = function (conf) { return startup.call(this, other(conf)) }`,
    ],
    [
      'getStartupConf',
      'let asked = 0; const conf = c.getStartupConf(); c.getStartupConf = () => ((asked += 1) > 1 ? other(conf) : conf)',
    ],
    [
      'write',
      `const { write } = c.connection.stream; c.connection.stream.write = function (bytes, ...more) { const at = Buffer.from(bytes).indexOf('public'); if (at > 0) { bytes = Buffer.from(bytes); bytes[at] = 65 + Math.random() * 26 } return write.call(this, bytes, ...more) }`,
    ],
  ])(
    'is no login of another kind for who patches %s: each of its runs has a session of its own',
    async (_what, patch) => {
      const code = `const other = (conf) => ({ ...conf, search_path: 'of' + Math.random() }); const c = new Client({ ...place, options: '-c search_path=public' }); c.on('error', () => {}); ${patch};
      await c.connect(); await c.query('SELECT pg_sleep(0.1)'); await c.end()`;
      await Promise.all([1, 2, 3].map(() => give(code)));
      for (let i = 0; i < 4; i++) expect(await reusedBy(code)).toBe(0);
    },
  );

  it('is forged by no key: a session is given out to whom it would have let in alone', async () => {
    const pid = await give(PLAIN);
    const code = `const c = new Client({ connectionString: env.URI.replace(/legacy$/, 'second') }); c.on('error', () => {}); const conf = c.getStartupConf();
      c.getStartupConf = () => ({ ...conf, database: 'legacy' }); const { connect } = c.connection; c.connection.connect = function (...a) { c.getStartupConf = () => conf; return connect.apply(this, a) };
      await c.connect(); return pidOf(c)`;
    expect(await run(code)).not.toMatchObject({ outcome: 'completed', resultJson: String(pid) });
    expect((await run(PLAIN)).outcome).toBe('completed');
  });
});
