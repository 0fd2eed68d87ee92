/** pg against a real PostgreSQL, side by side with plain Node. */
import { createCertificate, type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const CLIENT = createCertificate(['ferry_cert']);
const PASSWORD = 'p@ss word/%';

/** Who may come in how: the first line that fits decides. */
const HBA = [
  'hostssl all ferry_cert 127.0.0.1/32 cert',
  'host all ferry_cert 127.0.0.1/32 reject',
  'hostssl all ferry_tls 127.0.0.1/32 scram-sha-256',
  'host all ferry_tls 127.0.0.1/32 reject',
  'host all ferry_md5 127.0.0.1/32 md5',
  'host all ferry_plain 127.0.0.1/32 password',
  'host all all 127.0.0.1/32 scram-sha-256',
];
const ROLES = [
  ...['ferry_cert', 'ferry_tls', 'ferry_plain', 'ferry_scram'].map(
    (name) => `CREATE ROLE ${name} LOGIN PASSWORD '${PASSWORD}'`,
  ),
  `SET password_encryption = 'md5'; CREATE ROLE ferry_md5 LOGIN PASSWORD '${PASSWORD}'`,
];
const TABLES = [
  'CREATE TABLE people (id serial PRIMARY KEY, email text UNIQUE NOT NULL, age int CONSTRAINT grown_up CHECK (age >= 18))',
  'ALTER TABLE people OWNER TO legacy_owner',
];

let db: LocalPostgres;
let host: TestHost;
let uri: string;

beforeAll(async () => {
  db = await startPostgres({ tls: true });
  uri = await db.createDatabase('legacy', { owner: 'legacy_owner', password: PASSWORD });
  for (const sql of ROLES) await db.query(sql);
  await db.query('GRANT CONNECT ON DATABASE legacy TO PUBLIC');
  for (const sql of TABLES) await db.query(sql, { database: 'legacy' });
  const [files] = await db.query<{ hba: string; folder: string }>(
    `SELECT current_setting('hba_file') AS hba, current_setting('data_directory') AS folder`,
  );
  const write = (lines: readonly string[], file: string) =>
    db.query(`COPY (SELECT unnest(string_to_array('${lines.join('|')}', '|'))) TO '${file}'`);
  await write(HBA, files?.hba as string);
  const clientCa = `${files?.folder}/client-ca.pem`;
  await write(CLIENT.caCertificate.trim().split('\n'), clientCa);
  await db.query(`ALTER SYSTEM SET ssl_ca_file = '${clientCa}'`);
  await db.query('SELECT pg_reload_conf()');
  host = await startHost();
});
afterAll(async () => {
  await host?.stop();
  await db?.stop();
});

const env = () => ({
  URI: uri,
  HOST: db.host,
  PORT: String(db.port),
  PASSWORD,
  CA: db.caCertificate as string,
  OTHER_CA: CLIENT.caCertificate,
  CERT: CLIENT.certificate,
  KEY: CLIENT.privateKey,
});
const { expectSame, sameResult, inIsolate } = createSideBySide(() => host, env);
const PRELUDE = `const { Client, Pool, Query, types } = require('pg');
const opened = []; const config = { connectionString: env.URI };
const connect = async (more) => { const c = new Client({ ...config, ...more }); opened.push(c); c.on('error', () => {}); await c.connect(); return c };
const place = { host: env.HOST, port: Number(env.PORT), database: 'legacy', password: env.PASSWORD };
const login = (more) => attempt(async () => { const c = new Client({ ...place, ...more }); c.on('error', () => {}); await c.connect(); const { rows } = await c.query('SELECT current_user::text AS me, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS ssl'); await c.end(); return rows[0] });
`;
const same = (body: string) =>
  expectSame(`${PRELUDE} try { ${body} } finally { for (const c of opened) c.end().catch(() => {}) }`);

describe('a login to PostgreSQL', () => {
  it.each(['ferry_scram', 'ferry_md5', 'ferry_plain', 'ferry_tls', 'ferry_cert', 'nobody'])(
    'as %s, with the right, a wrong and no password',
    (user) =>
      same(`const user = ${JSON.stringify(user)}; const seen = [];
        for (const password of [env.PASSWORD, 'wrong', undefined, async () => env.PASSWORD]) seen.push(await login({ user, password }));
        seen.push(await login({ user, database: 'nowhere' })); return seen`),
  );

  it.each([
    ['the right authority', '{ ca: env.CA }'],
    ['another authority', '{ ca: env.OTHER_CA }'],
    ['the common authorities', 'true'],
    ['no check at all', '{ rejectUnauthorized: false }'],
    ['a client certificate as text', '{ ca: env.CA, cert: env.CERT, key: env.KEY }'],
    ['a client certificate without its key', '{ ca: env.CA, cert: env.CERT }'],
    ['a name that the certificate is not for', `{ ca: env.CA, servername: 'elsewhere.example' }`],
    ['a version that the server does not speak', `{ ca: env.CA, minVersion: 'TLSv1', maxVersion: 'TLSv1' }`],
  ])('over TLS with %s', (_what, ssl) =>
    same(`const seen = []; for (const user of ['ferry_scram', 'ferry_tls', 'ferry_cert']) for (const name of ['localhost', '127.0.0.1'])
        seen.push(await login({ user, host: name, ssl: ${ssl} })); return seen`),
  );

  it('lets a client certificate in, and nobody without it', async () => {
    const seen =
      await sameResult(`${PRELUDE} return [await login({ user: 'ferry_cert', password: undefined, ssl: { ca: env.CA, cert: env.CERT, key: env.KEY } }),
      await login({ user: 'ferry_cert', ssl: { ca: env.CA } })]`);
    expect(seen).toMatchObject([
      ['fine', { me: 'ferry_cert', ssl: true }],
      ['threw', { code: '28000' }],
    ]);
  });

  it.each(['disable', 'no-verify', 'require', 'verify-full', 'prefer', 'nonsense'])(
    'with sslmode=%s in the connection string',
    (mode) =>
      same(
        `return await attempt(async () => { const c = await connect({ connectionString: env.URI + '?sslmode=${mode}&application_name=ferry' }); const { rows } = await c.query("SHOW application_name"); return [rows, c.ssl !== false] })`,
      ),
  );
});

describe('what pg makes of', () => {
  const VALUES = `1.50::numeric AS n, 'NaN'::numeric AS nan, 123456789012345678901234567890.12::numeric AS huge, 9007199254740993::bigint AS big, 7::smallint AS small, 1.5::real AS real, 0.1::float8 AS double,
    'Infinity'::float8 AS endless, '2020-01-02 03:04:05.678901+02'::timestamptz AS moment, '2020-01-02 03:04:05'::timestamp AS local, 'infinity'::timestamptz AS never, '2020-02-29'::date AS day, '0044-03-15 BC'::date AS ides,
    '1 year 2 mons 3 days 04:05:06.7'::interval AS span, '03:04:05+02'::timetz AS clock, '{"a":[1,null,{"b":"\\u00fc"}]}'::jsonb AS doc, '[1]'::json AS list, '{1,2,NULL}'::int[] AS ints, '{{"a","b c"},{"d\\"e",NULL}}'::text[] AS texts,
    '{1.5,2}'::numeric[] AS numbers, ARRAY['2020-01-02'::timestamptz] AS moments, ARRAY['{"x":1}'::jsonb] AS docs, ARRAY['\\xff00'::bytea] AS many, '\\x00ff10'::bytea AS bytes, true AS yes, ARRAY[true,false] AS flags, NULL AS nothing,
    '6f2c4f3e-0000-4000-8000-000000000001'::uuid AS id, '(1,2)'::point AS spot, '<(1,2),3>'::circle AS round, '[1,5)'::int4range AS some, '10.0.0.1/8'::inet AS net, 'h\\u00e9\\u4f60'::text AS text, 'x'::"char" AS letter, '{}'::int[] AS none, 12.5::money AS money`;

  it.each([
    ['every type, as text', ''],
    ['every type, in a prepared statement', `, values: []`],
    ['every type, in rows that are arrays', `, rowMode: 'array'`],
    ['every type, in the binary form', `, binary: true, values: []`],
    [
      'types that the query reads itself',
      `, types: { getTypeParser: (oid, format) => (value) => oid + ':' + format + ':' + String(value).length }`,
    ],
  ])('%s', (_what, more) =>
    same(`const c = await connect(); await c.query("SET timezone = 'UTC'; SET lc_monetary = 'C'"); const seen = await attempt(async () => { const r = await c.query({ text: args_text()${more} }); return [r.rows, r.command, r.rowCount, r.fields] });
      function args_text() { return ${JSON.stringify(`SELECT ${VALUES.replaceAll('\\u00fc', '\u00fc').replaceAll('\\u00e9', '\u00e9').replaceAll('\\u4f60', '\u4f60')}`)} } return show(seen)`),
  );

  it('parameters of every type, in and out again', () =>
    same(`const c = await connect(); const seen = []; class Own { toPostgres(prepare) { return prepare('own') } }
      const cases = [['int', 7], ['int', '8'], ['numeric', '1.50'], ['float8', 0.1], ['bigint', 9007199254740993n], ['text', 'h\\u00e9 \\u4f60'], ['text', ''], ['text', null], ['text', undefined], ['boolean', true], ['timestamptz', new Date(1577934245678)],
        ['jsonb', { a: [1, null] }], ['jsonb', '[1]'], ['jsonb', [1]], ['int[]', [1, 2, null]], ['text[]', ['a', 'b "c"', '\\\\', null]], ['text[]', [['a'], ['b']]], ['bytea', Buffer.from([0, 255])], ['bytea', new Uint8Array([1, 2])], ['bytea[]', [Buffer.from('x')]], ['text', new Own()], ['int', 'none'], ['uuid', 'x'], ['timestamptz', new Date(NaN)]];
      for (const [type, value] of cases) seen.push(await attempt(async () => (await c.query('SELECT $1::' + type + ' AS v', [value])).rows));
      seen.push(await attempt(() => c.query('SELECT $1::int', [])), await attempt(() => c.query('SELECT 1', [1])), await attempt(() => c.query('SELECT $1::text', ['a\\u0000b']))); return seen`));

  it('type parsers of the script, for all and for one client', () =>
    same(`const before = types.getTypeParser(20); types.setTypeParser(20, (v) => BigInt(v)); const seen = [];
      try { const c = await connect(); c.setTypeParser(1700, 'text', (v) => Number(v)); seen.push((await c.query('SELECT 5::bigint AS big, 1.5::numeric AS n')).rows); const d = await connect(); seen.push((await d.query('SELECT 5::bigint AS big, 1.5::numeric AS n')).rows) }
      finally { types.setTypeParser(20, before) } return show([seen, types.builtins.INT8])`));
});

describe('a session of PostgreSQL', () => {
  it('prepares statements once, and tells when a name is used twice', () =>
    same(`const c = await connect(); const seen = []; const twice = { name: 'twice', text: 'SELECT $1::int * 2 AS d' };
      for (const n of [1, 2]) seen.push((await c.query({ ...twice, values: [n] })).rows); seen.push((await c.query('SELECT name, statement FROM pg_prepared_statements')).rows);
      seen.push(await attempt(() => c.query({ name: 'twice', text: 'SELECT 1' }))); seen.push(await attempt(() => c.query({ name: 'broken', text: 'SELEC' })), await attempt(() => c.query({ name: 'broken', text: 'SELECT 1 AS fine' }))); return show(seen)`));

  it('has transactions, savepoints and what fails within them', () =>
    same(`const c = await connect(); const seen = []; await c.query('TRUNCATE people RESTART IDENTITY'); const count = async () => (await c.query('SELECT email FROM people ORDER BY id')).rows.map((r) => r.email);
      await c.query('BEGIN'); seen.push(await c.query("INSERT INTO people (email, age) VALUES ('a', 20) RETURNING *")); await c.query('SAVEPOINT s'); seen.push(await attempt(() => c.query("INSERT INTO people (email, age) VALUES ('a', 20)"))); seen.push(await attempt(() => c.query('SELECT 1')));
      await c.query('ROLLBACK TO s'); await c.query("INSERT INTO people (email, age) VALUES ('b', 20)"); const commit = await c.query('COMMIT'); seen.push(commit.command, await count()); await c.query('BEGIN'); await c.query('DELETE FROM people'); await c.query('ROLLBACK'); seen.push(await count());
      seen.push((await c.query("UPDATE people SET age = 30; DELETE FROM people WHERE email = 'b'; SELECT 1 AS one")).map(({ command, rowCount, rows }) => [command, rowCount, rows])); return show(seen.map((one) => one.rows ? [one.command, one.rowCount, one.rows, one.oid] : one))`));

  it('tells errors with all their fields', () =>
    same(`const c = await connect(); const seen = []; await c.query("TRUNCATE people RESTART IDENTITY; INSERT INTO people (email, age) VALUES ('here', 20)");
      for (const sql of ['SELECT * FROM nowhere', 'SELEC 1', 'SELECT missing FROM people', "INSERT INTO people (email) VALUES ('here')", "INSERT INTO people (email, age) VALUES ('new', 3)", 'INSERT INTO people (email) VALUES (NULL)', "SELECT 'x'::int", 'SELECT 1/0', 'DROP DATABASE postgres', '',
        "DO $$ BEGIN RAISE EXCEPTION 'own' USING ERRCODE = 'UF001', DETAIL = 'd', HINT = 'h', TABLE = 't', COLUMN = 'c', CONSTRAINT = 'k', DATATYPE = 'y', SCHEMA = 's'; END $$", 'SELECT 1; SELECT * FROM nowhere; SELECT 2'])
        seen.push(await attempt(async () => { const r = await c.query(sql); return [r.command, r.rows] }), await attempt(async () => (await c.query(sql, [])).rows)); return seen`));

  it('hands on notices and notifications, in order', () =>
    same(`const c = await connect(); const seen = []; c.on('notice', (n) => seen.push(['notice', n.name, n.severity, n.code, n.message, n.detail, n.hint, n instanceof Error])); c.on('notification', ({ channel, payload }) => seen.push([channel, payload]));
      await c.query("DO $$ BEGIN RAISE NOTICE 'hello %', 1; RAISE WARNING 'careful' USING DETAIL = 'd', HINT = 'h'; END $$"); await c.query('LISTEN ferry'); await c.query("NOTIFY ferry, 'first'; SELECT pg_notify('ferry', 'second')"); await c.query('SELECT 1'); seen.push(c.processID > 0); return seen`));

  it('cancels: by the server, by the time limits of both sides', () =>
    same(`const c = await connect(); const admin = await connect(); const seen = []; const slow = attempt(() => c.query('SELECT pg_sleep(10)')); await new Promise((r) => setTimeout(r, 50)); seen.push((await admin.query('SELECT pg_cancel_backend($1) AS done', [c.processID])).rows, await slow, (await c.query('SELECT 1 AS one')).rows);
      const limited = await connect({ statement_timeout: 50 }); seen.push(await attempt(() => limited.query('SELECT pg_sleep(10)'))); const impatient = await connect({ query_timeout: 50 }); seen.push(await attempt(() => impatient.query('SELECT pg_sleep(0.3)')), await attempt(() => impatient.query({ text: 'SELECT 2 AS two', query_timeout: 5000 })));
      const waiting = await connect({ lock_timeout: 50 }); await admin.query('BEGIN; LOCK people'); seen.push(await attempt(() => waiting.query('SELECT * FROM people'))); await admin.query('ROLLBACK'); return show(seen.map((one) => one?.[1]?.rows ?? one))`));

  it('has COPY as far as the package has it', () =>
    same(
      `const c = await connect(); const seen = []; seen.push(await attempt(async () => { const r = await c.query('COPY (SELECT 1) TO STDOUT'); return [r.command, r.rowCount, r.rows] }), await attempt(() => c.query('COPY people (email) FROM STDIN')), (await c.query('SELECT 1 AS one')).rows); return show(seen)`,
    ));

  // Both wait for what they are about to see: on a busy machine its order with the next step is anybody's.
  it('is gone when the server ends it, in a query and between two', () =>
    same(`const c = await connect(); const admin = await connect(); const seen = trace(c, ['error', 'end', 'drain']); const gone = new Promise((r) => c.once('end', r)); const slow = attempt(() => c.query('SELECT pg_sleep(60)'));
      const sleeps = async () => (await admin.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'", [c.processID])).rows.length > 0; while (!(await sleeps()));
      await admin.query('SELECT pg_terminate_backend($1)', [c.processID]); const ended = await slow; await gone; seen.push(ended, await attempt(() => c.query('SELECT 1')));
      const idle = await connect(); const told = trace(idle, ['error', 'end']); const left = new Promise((r) => idle.once('end', r)); await admin.query('SELECT pg_terminate_backend($1)', [idle.processID]); await left; seen.push(told, await attempt(() => idle.query('SELECT 1'))); return show(seen)`));

  it('takes queries by callbacks, in order, before it is connected, and none after its end', () =>
    same(`const c = new Client(config); const seen = []; const done = (name) => (e, r) => seen.push([name, e ? showError(e) : r.rows]); c.query('SELECT 1 AS a', done('first')); c.query('SELECT $1::text AS b', ['x'], done('second')); c.query('nonsense', done('third')); c.connect((e) => seen.push(['connect', e ?? null]));
      await new Promise((r) => c.once('drain', r)); seen.push(await attempt(() => c.connect())); await new Promise((r) => c.end((e) => { seen.push(['end', e ?? null]); r() })); seen.push(await attempt(() => c.query('SELECT 1')), c.escapeIdentifier('a"b'), c.escapeLiteral("a'b\\\\c")); return show(seen)`));
});

describe('a pool of pg', () => {
  it('reuses, waits, limits and ends, with its events', () =>
    same(`const pool = new Pool({ ...config, max: 2 }); const seen = []; const events = trace(pool, ['connect', 'acquire', 'release', 'remove', 'error']); const counts = () => [pool.totalCount, pool.idleCount, pool.waitingCount];
      const a = await pool.connect(); const b = await pool.connect(); const late = pool.connect(); seen.push(counts()); a.release(); const c = await late; seen.push(c === a, counts()); c.release(new Error('broken')); b.release(true); seen.push(counts());
      seen.push((await Promise.all([1, 2, 3, 4, 5].map((n) => pool.query('SELECT $1::int * 2 AS d', [n])))).map(({ rows }) => rows[0].d)); seen.push(await attempt(() => pool.query('SELEC')));
      const d = await pool.connect(); d.release(); seen.push(await attempt(async () => d.release())); await pool.end(); seen.push(counts(), await attempt(() => pool.query('SELECT 1')), await attempt(() => pool.end()));
      const count = (name) => events.filter(([each]) => each === name).length; while (count('remove') < count('connect')) await new Promise((r) => setTimeout(r, 5)); seen.push(events.map(([name]) => name).sort()); return show(seen)`));

  it('gives up waiting, and says why', () =>
    same(`const pool = new Pool({ ...config, max: 1, connectionTimeoutMillis: 2000 }); const seen = []; const a = await pool.connect(); pool.options.connectionTimeoutMillis = 50; seen.push(await attempt(() => pool.connect())); a.release(); await pool.end();
      const lost = new Pool({ host: '127.0.0.1', port: 1, max: 1 }); seen.push(await attempt(() => lost.query('SELECT 1'))); await lost.end(); return seen`));

  it('tells of a client that the server ended while nobody used it', () =>
    same(`const pool = new Pool({ ...config, max: 1 }); const seen = []; pool.on('error', ({ name, code, severity, message, client }) => seen.push(['pool', name, code, severity, message, client instanceof Client])); const { rows } = await pool.query('SELECT pg_backend_pid() AS pid'); const admin = await connect(); await admin.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      await new Promise((r) => setTimeout(r, 100)); seen.push((await pool.query('SELECT 1 AS one')).rows); await pool.end(); return show(seen)`));
});

describe('a large result of pg', () => {
  it('comes row by row, at full speed, in more bytes than the isolate may hold', async () => {
    const body = `${PRELUDE} const c = await connect(); let n = 0; let bytes = 0; const query = new Query("SELECT i, repeat('x', 8000) AS pad FROM generate_series(1, 25000) AS i");
      query.on('row', (row) => { n += 1; bytes += row.pad.length }); c.query(query); await new Promise((resolve, reject) => query.on('end', resolve).on('error', reject)); await c.end(); return [n, bytes]`;
    expect(await inIsolate(body, { timeoutMs: 60_000 })).toEqual([25_000, 200_000_000]);
  });

  it('waits for a reader that pauses the connection', () =>
    same(`const c = await connect(); let n = 0; const query = new Query("SELECT i, repeat('x', 1000) AS pad FROM generate_series(1, 20000) AS i"); const rest = [];
      query.on('row', () => { n += 1; if (n === 1000) { c.connection.stream.pause(); setTimeout(() => { rest.push(n < 20000); setTimeout(() => { rest.push(n < 20000); c.connection.stream.resume() }, 50) }, 50) } });
      c.query(query); await new Promise((resolve, reject) => query.on('end', resolve).on('error', reject)); return [n, rest]`));
});
