/** Sessions of pg that one run leaves and a later one may take over, on a real PostgreSQL. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectServedByOne, resultOf } from './testing/kept-sessions.ts';
import { SCRIPT } from './testing/pg-session-script.ts';
import { startRenumberingPooler } from './testing/renumbering-pooler.ts';
import { type Result, type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

const PASSWORD = 'p@ss word/%';
const PLAIN = 'const c = await open(); const pid = await pidOf(c); await c.end(); return pid';

let db: LocalPostgres;
let host: TestHost;
let uri: string;

const env = () => ({ URI: uri, CA: db.caCertificate as string });
const run = (code: string, more: RunOptions = {}): Promise<Result> =>
  host.run(SCRIPT, { env: env(), args: [code], ...more });
const give = async (code: string, more?: RunOptions): Promise<unknown> => resultOf(await run(code, more));
const reusedBy = async (code: string, more?: RunOptions): Promise<number | undefined> => {
  const result = await run(code, more);
  resultOf(result);
  return result.usage.connectionsReused;
};

beforeAll(async () => {
  db = await startPostgres({ tls: true });
  uri = await db.createDatabase('legacy', { owner: 'legacy_owner', password: PASSWORD });
  await db.query(`CREATE ROLE other LOGIN PASSWORD '${PASSWORD}'; GRANT other TO legacy_owner`);
  await db.query('GRANT CONNECT ON DATABASE legacy TO other');
  await db.createDatabase('second', { owner: 'second_owner', password: PASSWORD });
  await db.query('GRANT CONNECT ON DATABASE second TO legacy_owner');
});
afterAll(() => db?.stop());
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host?.stop());

describe('a session of pg that was ended in order', () => {
  it.each([
    ['plain', PLAIN],
    ['over TLS', PLAIN.replace('open()', 'open({ ssl: { ca: env.CA } })')],
    [
      'of a pool',
      'const p = new Pool(place); const pid = (await p.query("SELECT pg_backend_pid() AS pid")).rows[0].pid; await p.end(); return pid',
    ],
    [
      'with callbacks',
      'return new Promise((ok, no) => { const c = new Client(place); c.connect((e) => e ? no(e) : c.query("SELECT pg_backend_pid() AS pid", (e, r) => c.end(() => e ? no(e) : ok(r.rows[0].pid)))) })',
    ],
    [
      'after an error of a query',
      'const c = await open(); await c.query("SELECT 1/0").catch(() => {}); const pid = await pidOf(c); await c.end(); return pid',
    ],
    [
      'after a transaction',
      'const c = await open(); await c.query("BEGIN"); const pid = await pidOf(c); await c.query("COMMIT"); await c.end(); return pid',
    ],
    [
      'after a prepared statement',
      'const c = await open(); const { rows } = await c.query({ name: "mine", text: "SELECT pg_backend_pid() AS pid, $1::int AS n", values: [1] }); await c.end(); return rows[0].pid',
    ],
    [
      'after a copy of everything',
      'const c = await open(); const { rows } = await c.query("SELECT repeat(chr(120), 100000) AS x, pg_backend_pid() AS pid FROM generate_series(1, 50)"); await c.end(); return rows[0].pid',
    ],
  ])('serves the next run as if it were new: %s', (_what, code) => expectServedByOne(() => run(code)));

  it('tells its driver the same facts of the connection and the server as a new one', async () => {
    const code = `const c = new Client({ ...place, ssl: { ca: env.CA } }); c.on('error', () => {}); const told = [];
      c.connection.on('parameterStatus', (m) => told.push(m.parameterName + '=' + m.parameterValue)); c.connection.on('backendKeyData', (m) => told.push(typeof m.secretKey));
      for (const e of ['connect', 'end']) c.on(e, () => told.push(e)); await c.connect();
      const s = c.connection.stream; told.push(s.encrypted, s.authorized, s.getProtocol(), s.remoteAddress, s.getPeerCertificate().subject.CN ?? null, c.processID === await pidOf(c));
      await c.end(); await new Promise((ok) => setTimeout(ok, 5)); return told`;
    expect(await give(code)).toEqual(await give(code));
    expect(await reusedBy(code)).toBe(1);
  });

  it('serves a second client of the same run', async () => {
    await give(PLAIN);
    const result = await run(
      `const one = await (async () => { ${PLAIN} })(); const two = await (async () => { ${PLAIN} })(); return one === two`,
    );
    expect(resultOf(result)).toBe(true);
    expect(result.usage).toMatchObject({ connectionsOpened: 0, connectionsReused: 2 });
  });

  it('comes with the run: a login leaves its isolate three times, and is called back twice', async () => {
    const code = 'const c = await open(); await c.query("SELECT 1"); await require("bcrypt").genSalt(4); await c.end()';
    const crossings = [];
    for (let i = 0; i < 8; i++) crossings.push((await run(code)).usage.crossings ?? 0);
    expect(Math.min(...crossings)).toBe(5);
  });

  it.each([
    ['another was offered', `${PLAIN.replace('open()', "open({ database: 'second' })")}`],
    ['it comes second', `const o = await open({ database: 'second' }); await o.end(); ${PLAIN}`],
    ['nobody wants one', 'return 1'],
  ])('leaves every run its own wish: %s', async (_what, code) => {
    const pid = await give(PLAIN);
    for (let i = 0; i < 3; i++) await give(code);
    expect(await give(PLAIN)).toBe(pid);
  });

  it('is closed like one that is not kept, where its driver takes leave in the midst of a transaction', async () => {
    const left = await give(PLAIN.replace('await c.end()', 'await c.query("BEGIN"); await c.end()'));
    await expect
      .poll(async () => (await db.query(`SELECT 1 FROM pg_stat_activity WHERE pid = ${left}`)).length)
      .toBe(0);
    expect(await give(PLAIN)).not.toBe(left);
  });

  it('that is not kept is gone before the same run has another', async () => {
    const code = `const left = []; for (let i = 0; i < 5; i++) {
      const c = await open(); const { rows } = await c.query("SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory'");
      left.push(rows[0].n); await c.query('BEGIN'); await c.query('SELECT pg_advisory_xact_lock(7)'); await c.end();
    } return left`;
    expect(await give(code)).toEqual([0, 0, 0, 0, 0]);
  });

  it('never serves two at once', async () => {
    const code =
      'const c = await open(); const from = Date.now(); const pid = await pidOf(c); await c.query("SELECT pg_sleep(0.2)"); const to = Date.now(); await c.end(); return { pid, from, to }';
    type Use = { readonly pid: number; readonly from: number; readonly to: number };
    for (const round of [1, 2]) {
      const uses = (await Promise.all([1, 2, 3, 4].map(() => give(code)))) as Use[];
      // Runs that wait for each other's isolate may well have the same.
      const overlapping = uses.flatMap((one, at) =>
        uses
          .slice(at + 1)
          .flatMap((other) => (one.from < other.to && other.from < one.to ? [[one.pid, other.pid]] : [])),
      );
      expect(overlapping, `round ${round}`).not.toEqual([]);
      for (const [one, other] of overlapping) expect(one, `round ${round}`).not.toBe(other);
    }
  });

  it('serves runs in isolates of their own, too: no object of a run is in it', () =>
    expectServedByOne(() => run(PLAIN, { isolation: 'per_run' })));

  it('is not kept where keeping is switched off', async () => {
    const off = { reuse: undefined } as unknown as RunOptions;
    const pids = [await give(PLAIN, off), await give(PLAIN, off)];
    expect(pids[0]).not.toBe(pids[1]);
    expect((await run(PLAIN, off)).usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  });

  it('does not serve a run that may not connect there any more', async () => {
    await give(PLAIN);
    expect((await run(PLAIN, { reuse: { destinations: [] } })).usage).toMatchObject({ connectionsOpened: 1 });
    const elsewhere = [{ host: db.host, port: db.port, address: '203.0.113.1' }];
    expect((await run(PLAIN, { reuse: { destinations: elsewhere } })).usage).toMatchObject({ connectionsOpened: 1 });
  });

  it.each([
    ['another user', PLAIN.replace('open()', 'open({ connectionString: env.URI.replace("legacy_owner", "other") })')],
    ['another database', PLAIN.replace('open()', 'open({ connectionString: env.URI.replace(/legacy$/, "second") })')],
    ['another name of the application', PLAIN.replace('open()', 'open({ application_name: "x" })')],
    ['another time limit', PLAIN.replace('open()', 'open({ statement_timeout: 4000 })')],
    ['TLS', PLAIN.replace('open()', 'open({ ssl: { ca: env.CA } })')],
    [
      'a password that a function gives',
      PLAIN.replace(
        'open()',
        'open({ connectionString: undefined, ...new (require("url").URL)(env.URI), host: "127.0.0.1", port: Number(new URL(env.URI).port), user: "legacy_owner", database: "legacy", password: () => decodeURIComponent(new URL(env.URI).password) })',
      ),
    ],
  ])('is not taken for one with %s', async (_what, code) => {
    const pid = await give(PLAIN);
    expect(await give(code)).not.toBe(pid);
    expect(await give(PLAIN)).toBe(pid);
  });

  it('lets nobody in by a wrong password', async () => {
    await give(PLAIN);
    const wrong = PLAIN.replace('open()', 'open({ connectionString: env.URI.replace(/:[^:@]*@/, ":wrong@") })');
    expect(await run(wrong)).toMatchObject({ outcome: 'threw', error: { code: '28P01' } });
    expect(await reusedBy(PLAIN)).toBe(1);
  });

  it('is not carried to another environment, or to another version of the script', async () => {
    const pid = await give(PLAIN);
    expect(await give(PLAIN, { env: { ...env(), MORE: '1' } })).not.toBe(pid);
    const other = await host.run(`${SCRIPT}\n`, { env: env(), args: [PLAIN] });
    expect(resultOf(other)).not.toBe(pid);
  });

  it('has its certificate checked anew by a function of the script', async () => {
    const code = (verdict: string) =>
      PLAIN.replace('open()', `open({ ssl: { ca: env.CA, checkServerIdentity: () => ${verdict} } })`);
    await give(code('undefined'));
    expect(await reusedBy(code('undefined'))).toBe(1);
    expect(await run(code('new Error("not this one")'))).toMatchObject({
      outcome: 'threw',
      error: { message: 'not this one' },
    });
  });

  it('is opened anew when the server has ended it meanwhile', async () => {
    const pid = await give(PLAIN);
    await db.query(`SELECT pg_terminate_backend(${pid})`);
    await expect
      .poll(async () => (await db.query(`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid}`)).length, {
        timeout: 20_000,
      })
      .toBe(0);
    const next = await run(PLAIN);
    expect(resultOf(next)).not.toBe(pid);
    expect(next.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  });

  it('is opened anew when the server ends it while the run has other things to do first', async () => {
    const gate = createServer().listen(0, '127.0.0.1');
    await once(gate, 'listening');
    const pid = await give(PLAIN);
    // Until then it is put back, and comes with no run.
    await sleep(300);
    const wait = `await new Promise((go) => require('net').connect(${(gate.address() as AddressInfo).port}, '127.0.0.1').on('data', go));`;
    const next = run(`${wait} ${PLAIN}`);
    const [waiting] = (await once(gate, 'connection')) as [Socket];
    await db.query(`SELECT pg_terminate_backend(${pid}, 20000)`);
    // It has left the process before its socket is closed.
    await sleep(100);
    waiting.end('go');
    gate.close();
    const result = await next;
    expect(resultOf(result)).not.toBe(pid);
    expect(result.usage).toMatchObject({ connectionsReused: 0 });
  });
});

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
    expect(await run(code, { timeoutMs: 1000 })).toMatchObject({ outcome });
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

it('sessions of a pooler are not kept, and after the first not even tried', async () => {
  await using pooler = await startRenumberingPooler(db);
  const url = new URL(uri);
  url.port = String(pooler.port);
  const through = { env: { ...env(), URI: url.href } };
  for (let i = 0; i < 3; i++) {
    const result = await run(PLAIN, through);
    resultOf(result);
    expect(result.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  }
  await expect.poll(() => pooler.farewells, { timeout: 20_000 }).toBe(2);
});
