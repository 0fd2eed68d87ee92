import { createServer, type Server } from 'node:net';
import { createCertificate, type LocalPostgres, startPostgres } from '@userferry/local-databases';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

/** In the style of the published login scripts. */
const LOGIN = `
async function login(query, password, context) {
  const bcrypt = require('bcrypt');
  const { Client } = require('pg');
  const ssl = env.CA ? { ca: env.CA, servername: env.SERVERNAME } : undefined;
  const client = new Client({ connectionString: env.DB_CONNECTION_URI, ssl });
  await client.connect();
  try {
    const result = await client.query('SELECT * FROM users WHERE email = $1 OR username = $2', [query.email, query.username]);
    if (result.rows.length === 0) {
      throw new Error('User does not exist');
    }
    const user = result.rows[0];
    if (!(await bcrypt.compare(password, user.password))) {
      throw new Error('The password is wrong');
    }
    return { id: user.id, email: user.email, username: user.username, signedUp: user.created_at };
  } finally {
    await client.end();
  }
}`;

let db: LocalPostgres;
let host: TestHost;
let uri: string;

beforeAll(async () => {
  db = await startPostgres({ tls: true });
  uri = await db.createDatabase('legacy', { owner: 'legacy_owner', password: 'p@ss word/%' });
  const database = 'legacy';
  await db.query(
    `CREATE TABLE users (id int PRIMARY KEY, email text, username text, password text, created_at timestamptz)`,
    { database },
  );
  await db.query(`INSERT INTO users VALUES (7, 'a@b.example', 'ann', $1, '2020-01-02T03:04:05Z')`, {
    values: [bcrypt.hashSync('right', 4)],
    database,
  });
  await db.query('GRANT ALL ON users TO legacy_owner', { database });
  host = await startHost();
});
afterAll(async () => {
  await host?.stop();
  await db?.stop();
});

const login = (password: string, email: string, env: Record<string, string> = {}) =>
  host.run(LOGIN, {
    args: [{ email, username: null, phone: null }, password, {}],
    env: { DB_CONNECTION_URI: uri, ...env },
  });
const run = (body: string, options: RunOptions = {}) =>
  host.run(`const { Client, Pool, types } = require('pg');\nasync function login() { ${body} }`, {
    env: { DB_CONNECTION_URI: uri, CA: db.caCertificate as string },
    ...options,
  });

describe('the published login script', () => {
  it('lets a user in, over SCRAM, and returns their profile', async () => {
    const { outcome, resultJson, usage } = await login('right', 'a@b.example');
    expect(outcome).toBe('completed');
    expect(JSON.parse(resultJson as string)).toEqual({
      id: 7,
      email: 'a@b.example',
      username: 'ann',
      signedUp: '2020-01-02T03:04:05.000Z',
    });
    expect(usage.wallMs).toBeGreaterThan(0);
    expect(usage.cpuMs).toBeGreaterThan(0);
    expect(usage.heapBytes).toBeGreaterThan(1_000_000);
  });

  it("tells a wrong password and an unknown user by the script's own errors and lines", async () => {
    expect(await login('wrong', 'a@b.example')).toMatchObject({
      outcome: 'threw',
      error: { name: 'Error', message: 'The password is wrong', line: 15 },
    });
    expect(await login('right', 'x@b.example')).toMatchObject({
      outcome: 'threw',
      error: { message: 'User does not exist', line: 11 },
    });
  });

  it('runs again and again in the same isolate, and on one session', async () => {
    for (let i = 0; i < 20; i++) expect((await login('right', 'a@b.example')).outcome).toBe('completed');
    const connections = await db.query(`SELECT 1 FROM pg_stat_activity WHERE usename = 'legacy_owner'`);
    expect(connections).toHaveLength(1);
  });

  it('runs for many users at once', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, () => login('right', 'a@b.example')));
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(8).fill('completed'));
  });
});

describe('TLS to the database', () => {
  it("verifies the server by the tenant's own authority", async () => {
    const body = `const client = new Client({ connectionString: env.DB_CONNECTION_URI, ssl: { ca: env.CA } });
      await client.connect();
      const { rows } = await client.query('SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
      await client.end(); return rows[0]`;
    const { resultJson } = await run(body);
    expect(JSON.parse(resultJson as string)).toEqual({ ssl: true, version: 'TLSv1.3' });
    expect((await login('right', 'a@b.example', { CA: db.caCertificate as string })).outcome).toBe('completed');
  });

  it('refuses a server that another authority vouches for: an outage, not a rejection', async () => {
    const { outcome, error } = await login('right', 'a@b.example', {
      CA: createCertificate(['localhost']).caCertificate,
    });
    expect(outcome).toBe('store_unreachable');
    expect(error?.code).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED|CERT/);
  });

  it('refuses a certificate for another name', async () => {
    const { outcome, error } = await login('right', 'a@b.example', {
      CA: db.caCertificate as string,
      SERVERNAME: 'elsewhere.example',
    });
    expect(outcome).toBe('store_unreachable');
    expect(error?.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it("runs the script's own identity check, and only then says that the connection is secure", async () => {
    const body = `const asked = [];
      const ssl = { ca: env.CA, servername: 'elsewhere.example', checkServerIdentity(name, cert) { asked.push(name, cert.subject.CN); } };
      const client = new Client({ connectionString: env.DB_CONNECTION_URI, ssl });
      await client.connect(); await client.end(); return asked`;
    const { resultJson } = await run(body);
    expect(JSON.parse(resultJson as string)).toEqual(['elsewhere.example', expect.any(String)]);
    const refusing = `const ssl = { ca: env.CA, checkServerIdentity() { return new Error('not this one') } };
      await new Client({ connectionString: env.DB_CONNECTION_URI, ssl }).connect()`;
    expect((await run(refusing)).error?.message).toBe('not this one');
  });

  it('accepts any certificate when the script asks for that', async () => {
    const body = `const client = new Client({ connectionString: env.DB_CONNECTION_URI, ssl: { rejectUnauthorized: false } });
      await client.connect(); const { authorized } = client.connection.stream; await client.end(); return authorized`;
    expect((await run(body)).resultJson).toBe('false');
  });
});

describe('pg beyond one query', () => {
  it('pools, with transactions and parallel queries', async () => {
    const body = `const pool = new Pool({ connectionString: env.DB_CONNECTION_URI, max: 3 });
      try {
        const sums = await Promise.all([1, 2, 3, 4, 5].map((n) => pool.query('SELECT $1::int * 2 AS double', [n])));
        const client = await pool.connect();
        await client.query('BEGIN');
        await client.query("UPDATE users SET username = 'bea' WHERE id = 7");
        await client.query('ROLLBACK');
        client.release();
        const { rows } = await pool.query('SELECT username FROM users WHERE id = 7');
        return [sums.map(({ rows }) => rows[0].double), rows[0].username];
      } finally { await pool.end() }`;
    const { outcome, resultJson } = await run(body);
    expect(outcome).toBe('completed');
    expect(JSON.parse(resultJson as string)).toEqual([[2, 4, 6, 8, 10], 'ann']);
  });

  it('parses types as in plain Node', async () => {
    const body = `const client = new Client(env.DB_CONNECTION_URI); await client.connect();
      const { rows, rowCount, fields } = await client.query({ text: \`SELECT 1.50::numeric AS n, '{1,2}'::int[] AS list, '{"a":[1]}'::jsonb AS json,
        'abc'::bytea AS bytes, 9007199254740993::bigint AS big, null AS nothing, true AS yes, '\\u4f60' AS text\`, name: 'named' });
      await client.end(); return { row: rows[0], rowCount, names: fields.map((f) => f.name).length }`;
    const { resultJson } = await run(body);
    expect(JSON.parse(resultJson as string)).toEqual({
      row: {
        n: '1.50',
        list: [1, 2],
        json: { a: [1] },
        bytes: Buffer.from('abc').toString('base64'),
        big: '9007199254740993',
        nothing: null,
        yes: true,
        text: '\u4f60',
      },
      rowCount: 1,
      names: 8,
    });
  });

  it('gives a moment without end, which is null in a result as in JSON', async () => {
    const body = `const client = new Client(env.DB_CONNECTION_URI); await client.connect();
      const { rows } = await client.query("SELECT 'infinity'::timestamptz AS until, '-infinity'::date AS since");
      await client.end(); return { ...rows[0], shown: String(rows[0].until) }`;
    const { resultJson } = await run(body);
    expect(JSON.parse(resultJson as string)).toEqual({ until: null, since: null, shown: 'Infinity' });
  });

  it('carries large results and large parameters', async () => {
    const body = `const client = new Client(env.DB_CONNECTION_URI); await client.connect();
      const { rows } = await client.query("SELECT repeat('x', 1000) AS x FROM generate_series(1, 5000)");
      const big = 'y'.repeat(3000000);
      const back = await client.query('SELECT length($1::text) AS n, md5($1::text) AS md5', [big]);
      await client.end();
      return [rows.length, rows[4999].x.length, back.rows[0].n, back.rows[0].md5 === require('crypto').createHash('md5').update(big).digest('hex')]`;
    const { outcome, resultJson } = await run(body, { timeoutMs: 20_000 });
    expect({ outcome, resultJson }).toEqual({ outcome: 'completed', resultJson: '[5000,1000,3000000,true]' });
  });

  it('hands on server errors with their SQLSTATE as what the script did', async () => {
    const body = `const client = new Client(env.DB_CONNECTION_URI); await client.connect();
      try { await client.query('SELECT * FROM nowhere') } finally { await client.end() }`;
    const { outcome, error } = await run(body);
    expect(outcome).toBe('threw');
    expect(error).toMatchObject({ name: 'error', code: '42P01', message: 'relation "nowhere" does not exist' });
  });

  it('survives a script that does not wait for its end', async () => {
    const body = `const client = new Client(env.DB_CONNECTION_URI); await client.connect();
      const { rows } = await client.query('SELECT 1 AS one'); client.end(); return rows[0].one`;
    for (let i = 0; i < 3; i++) expect((await run(body)).resultJson).toBe('1');
  });

  it('closes what a script left open', async () => {
    const body = `const client = new Client({ connectionString: env.DB_CONNECTION_URI, application_name: 'left' }); await client.connect(); return 'open'`;
    expect((await run(body)).outcome).toBe('completed');
    const count = () =>
      db.query<{ n: string }>(`SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'left'`);
    await expect.poll(async () => (await count())[0]?.n, { timeout: 10_000 }).toBe('0');
  });
});

describe('a legacy store that cannot be reached', () => {
  it('is an outage when the connection is refused, whatever the script makes of it', async () => {
    const attempts = [
      'await client.connect()',
      'try { await client.connect() } catch (e) { throw new Error("login failed: " + e.message) }',
      'try { await client.connect() } catch (e) { throw new Error("could not log in", { cause: e }) }',
      'try { await client.connect() } catch (e) { throw new AggregateError([e], "all failed") }',
      'try { await client.connect() } catch (e) { throw new Error("Something went wrong") }',
      'try { await client.connect() } catch (e) { return null }',
      'const { promise, reject } = Promise.withResolvers(); client.connect((e) => reject(e)); await promise',
    ];
    for (const attempt of attempts) {
      const { outcome } = await run(`const client = new Client({ host: '127.0.0.1', port: 1 }); ${attempt}`);
      expect([attempt, outcome]).toEqual([attempt, 'store_unreachable']);
    }
  });

  it('keeps the error as plain Node shapes it', async () => {
    const { error } = await run(`await new Client({ host: '127.0.0.1', port: 1 }).connect()`);
    expect(error).toMatchObject({ name: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:1', code: 'ECONNREFUSED' });
  });

  it('is no outage when the script says what it was', async () => {
    const body = `try { await new Client({ host: '127.0.0.1', port: 1 }).connect() } catch { throw new WrongUsernameOrPasswordError('no') }`;
    expect((await run(body)).outcome).toBe('threw');
  });

  it('is no outage when a second attempt succeeded', async () => {
    const body = `try { await new Client({ host: '127.0.0.1', port: 1 }).connect() } catch {}
      const client = new Client(env.DB_CONNECTION_URI); await client.connect(); await client.end(); throw new Error('The password is wrong')`;
    expect((await run(body)).outcome).toBe('threw');
  });

  it('is an outage when the name does not resolve', async () => {
    const body = `await new Promise((resolve, reject) => require('dns').lookup('nowhere.invalid', (e) => e ? reject(e) : resolve()))`;
    const { outcome, error } = await run(body);
    expect(outcome).toBe('store_unreachable');
    expect(error?.code).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it('is an outage when the server ends the session', async () => {
    const body = `const client = new Client(env.DB_CONNECTION_URI); client.on('error', () => {}); await client.connect();
      await client.query('SELECT pg_terminate_backend(pg_backend_pid())')`;
    expect(await run(body)).toMatchObject({ outcome: 'store_unreachable', error: { code: '57P01' } });
  });

  it('is an outage when the connection is cut in the middle, or never answered', async () => {
    const servers = [
      createServer((socket) => socket.once('data', () => socket.destroy())),
      createServer(() => undefined),
    ];
    for (const server of servers) await listening(server);
    const [cutting, silent] = servers.map(portOf);
    expect((await run(`await new Client({ host: '127.0.0.1', port: ${cutting} }).connect()`)).outcome).toBe(
      'store_unreachable',
    );
    const patient = `await new Client({ host: '127.0.0.1', port: ${silent}, connectionTimeoutMillis: 100 }).connect()`;
    expect((await run(patient)).outcome).toBe('store_unreachable');
    for (const server of servers) server.close();
  });

  it('is a denial when the egress policy refused', async () => {
    const attempts = ['await client.connect()', 'try { await client.connect() } catch { throw new Error("failed") }'];
    for (const attempt of attempts) {
      const { outcome } = await run(`const client = new Client({ host: 'denied.example', port: 5432 }); ${attempt}`);
      expect(outcome).toBe('egress_denied');
    }
  });
});

const listening = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const portOf = (server: Server) => (server.address() as { port: number }).port;

it('what a run waits for is told: its connections, its answers, its hashes; of one that waits for nothing, nothing', async () => {
  const slow = await host.run(
    `async function login() {
      const { Client } = require('pg');
      const client = new Client({ connectionString: env.DB_CONNECTION_URI });
      await client.connect();
      await Promise.all([client.query('SELECT pg_sleep(0.2)'), require('bcrypt').hash('x', 4)]);
      require('bcrypt').hashSync('x', 4);
      await client.end();
      return { id: 1 };
    }`,
    { env: { DB_CONNECTION_URI: uri } },
  );
  const { wallMs, connectMs = 0, queryMs = 0, hashMs = 0 } = slow.usage;
  expect(slow.outcome).toBe('completed');
  expect(queryMs).toBeGreaterThanOrEqual(200);
  for (const ms of [connectMs, hashMs]) expect(ms).toBeGreaterThan(0);
  for (const ms of [connectMs, queryMs, hashMs]) expect(ms).toBeLessThanOrEqual(wallMs);
  const { usage } = await host.run('async function login() { return { id: 1 }; }');
  expect(usage).toMatchObject({ connectMs: 0, queryMs: 0, hashMs: 0 });
});
