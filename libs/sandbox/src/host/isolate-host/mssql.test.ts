/** mssql against the server that MSSQL_URL names, or else the protocol double, side by side with plain Node. */
import { type SqlServerUnderTest, startSqlServer } from '@userferry/testing';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const server: SqlServerUnderTest = await startSqlServer();
const TABLE = `userferry_isolate_${process.pid}`;
let host: TestHost;
const env = () => ({ CONFIG: JSON.stringify(server.config), DB_CONNECTION_URI: server.connectionString, TABLE });
const { expectSame } = createSideBySide(() => host, env);
const PRELUDE = `const sql = require('mssql'); const config = JSON.parse(env.CONFIG); const users = env.TABLE;
const pooled = async (use, more) => { const pool = new sql.ConnectionPool({ ...config, ...more, options: { ...config.options, ...more?.options } }); await pool.connect(); try { return await use(pool) } finally { await pool.close() } };
const refill = (pool) => pool.request().batch('DELETE FROM ' + users + ' WHERE id > 2');
`;
const same = (body: string) => expectSame(`${PRELUDE} ${body}`);

/** In the style of the published login scripts. */
const LOGIN = `
async function login(query, password, context) {
  const sql = require('mssql');
  const bcrypt = require('bcrypt');
  const pool = await sql.connect(env.DB_CONNECTION_URI);
  try {
    const result = await pool.request()
      .input('email', sql.NVarChar, query.email)
      .query('SELECT * FROM ${TABLE} WHERE email = @email');
    if (result.recordset.length === 0) throw new Error('User does not exist');
    const user = result.recordset[0];
    if (!(await bcrypt.compare(password, user.password))) throw new Error('The password is wrong');
    return { id: user.id, email: user.email, nickname: user.name };
  } finally {
    await pool.close();
  }
}`;

/** Makes and fills the table through the isolate itself: the suite has no other client. */
async function fill(): Promise<void> {
  const hash = bcrypt.hashSync('right', 4);
  const statements = [
    `DROP TABLE IF EXISTS ${TABLE}`,
    `CREATE TABLE ${TABLE} (id int IDENTITY PRIMARY KEY, email nvarchar(255) NOT NULL UNIQUE, name nvarchar(100), password varchar(100), logins int NOT NULL DEFAULT 0)`,
    `INSERT INTO ${TABLE} (email, name, password) VALUES (N'ada@example.com', N'Ada', '${hash}'), (N'bob@example.com', NULL, NULL)`,
  ];
  await run(`for (const statement of ${JSON.stringify(statements)}) await pool.request().batch(statement)`);
}
async function run(body: string): Promise<void> {
  const source = `${PRELUDE} async function login() { await pooled(async (pool) => { ${body} }); return true }`;
  const { outcome, error } = await host.run(source, { env: env() });
  expect({ outcome, error }).toEqual({ outcome: 'completed', error: undefined });
}

beforeAll(async () => {
  host = await startHost();
  await fill();
});
afterAll(async () => {
  await run(`await pool.request().batch('DROP TABLE IF EXISTS ${TABLE}')`);
  await host.stop();
  await server.stop();
});

describe(`the published login script, ${server.description}`, () => {
  const login = (password: string, email: string) =>
    host.run(LOGIN, { args: [{ email, username: null, phone: null }, password, {}], env: env() });

  it('lets a user in and returns their profile', async () => {
    const { outcome, resultJson } = await login('right', 'ada@example.com');
    expect(outcome).toBe('completed');
    expect(JSON.parse(resultJson as string)).toEqual({ id: 1, email: 'ada@example.com', nickname: 'Ada' });
  });

  it('tells a wrong password and an unknown user apart', async () => {
    const wrong = { outcome: 'threw', error: { name: 'Error', message: 'The password is wrong' } };
    expect(await login('wrong', 'ada@example.com')).toMatchObject(wrong);
    const unknown = { outcome: 'threw', error: { message: 'User does not exist' } };
    expect(await login('right', 'cy@example.com')).toMatchObject(unknown);
  });

  it('runs again and again in the same isolate, and for many users at once', async () => {
    for (let i = 0; i < 8; i++) expect((await login('right', 'ada@example.com')).outcome).toBe('completed');
    const results = await Promise.all(Array.from({ length: 5 }, () => login('right', 'ada@example.com')));
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(5).fill('completed'));
  });
});

describe(`asks and answers as in plain Node, ${server.description}`, () => {
  it('by sql.connect with fields and with a connection string, and the global pool', () =>
    same(`const seen = []; for (const given of [config, env.DB_CONNECTION_URI]) { const pool = await sql.connect(given);
        seen.push(await sql.query('SELECT id, email FROM ' + users + ' ORDER BY id'), await new sql.Request().query('SELECT 1 AS one'), await sql.query\`SELECT \${"x' OR 1 = 1 --"} AS text, \${42} AS n, \${null} AS nothing\`, pool.connected, pool.size);
        await sql.close(); seen.push(pool.connected) } return show(seen)`));

  it('by callbacks, with the events of the pool and of requests', () =>
    same(`const seen = []; const pool = new sql.ConnectionPool(config); trace(pool, ['error'], seen); await new Promise((done) => pool.connect((e) => { seen.push(['connected', e ?? null]); done() }));
      const request = pool.request(); trace(request, ['recordset', 'row', 'rowsaffected', 'info', 'error', 'done'], seen); request.stream = true; request.query("PRINT N'hello'; SELECT id FROM " + users + " ORDER BY id; SELECT name FROM " + users + " WHERE id = 1"); await new Promise((done) => request.once('done', done));
      await new Promise((done) => pool.request().query('SELECT 2 AS two', (e, result) => { seen.push(e, show(result)); done() })); await new Promise((done) => pool.request().query('nonsense', (e) => { seen.push(showError(e)); done() }));
      await new Promise((done) => pool.close((e) => { seen.push(['closed', e ?? null]); done() })); return seen`));

  it('named inputs, generated keys, counts and several result sets', () =>
    same(`return pooled(async (pool) => { await refill(pool); const ask = (text, inputs = {}) => { const request = pool.request(); for (const [name, value] of Object.entries(inputs)) request.input(name, value); return request.query(text) };
      const seen = [await ask('SELECT id, email, name, logins FROM ' + users + ' WHERE email = @email', { email: 'ADA@example.com' }), (await ask('INSERT INTO ' + users + ' (email, name) OUTPUT INSERTED.logins VALUES (@e, @n)', { e: 'cy@example.com', n: 'Cy' })), await ask('UPDATE ' + users + ' SET logins = @l WHERE email = @e', { l: 7, e: 'cy@example.com' }),
        await ask('SELECT email FROM ' + users + ' ORDER BY email DESC OFFSET @skip ROWS FETCH NEXT @take ROWS ONLY', { skip: 1, take: 1 }), await ask('SELECT id FROM ' + users + ' WHERE id = 1; UPDATE ' + users + ' SET logins = 0; SELECT email FROM ' + users + ' WHERE id = 2'), await ask('DELETE FROM ' + users + ' WHERE email = @e', { e: 'cy@example.com' })];
      return show(seen.map(({ recordsets, rowsAffected, output, returnValue }) => [recordsets.map((r) => [...r]), rowsAffected, output, returnValue])) })`));

  it('every type, in and out again, and NULL of it', () =>
    same(`return pooled(async (pool) => { const moment = new Date('2024-02-29T13:14:15.678Z'); const cases = [[sql.Bit, true], [sql.TinyInt, 255], [sql.SmallInt, -32768], [sql.Int, -2147483648], [sql.BigInt, '9223372036854775807'], [sql.Real, 1.5], [sql.Float, -1.7976931348623157e308],
        [sql.Decimal(9, 2), -1234567.89], [sql.Numeric(28, 3), 1234567.125], [sql.Money, -922337.2036], [sql.SmallMoney, 214.7483], [sql.Date, moment], [sql.Time(7), moment], [sql.DateTime2(7), moment], [sql.DateTimeOffset(7), moment], [sql.DateTime, moment], [sql.SmallDateTime, moment],
        [sql.Char(5), 'abc'], [sql.NChar(4), '\\u00fc'], [sql.VarChar(50), 'Gr\\u00fc\\u00dfe 5 \\u20ac'], [sql.VarChar(sql.MAX), '\\u00e9'.repeat(20000)], [sql.NVarChar(50), '\\u6f22\\u5b57 \\ud83d\\ude00'], [sql.NVarChar(sql.MAX), '\\ud83d\\ude00'.repeat(50000)], [sql.VarBinary(300), Buffer.from([0, 1, 255])], [sql.VarBinary(sql.MAX), Buffer.alloc(70000, 'ab')], [sql.UniqueIdentifier, '6F9619FF-8B86-D011-B42D-00C04FC964FF']];
      const seen = []; for (const [type, value] of cases) for (const v of [value, null]) { const { recordset } = await pool.request().input('v', type, v).query('SELECT @v AS v'); const back = show(recordset[0].v); seen.push([typeof back === 'string' && back.length > 100 ? require('crypto').createHash('md5').update(back).digest('hex') : back, recordset.columns.v.type.declaration, recordset.columns.v.nullable]) }
      for (const [type, value] of [[sql.Int, 'x'], [sql.TinyInt, 256], [sql.Int, 2 ** 31], [sql.Date, 'nonsense'], [sql.UniqueIdentifier, 'nonsense'], [sql.VarChar(3), 'abcdef'], [undefined, undefined], [sql.NVarChar, {}]]) seen.push(await attempt(async () => (await pool.request().input('v', type, value).query('SELECT @v AS v')).recordset[0]));
      return seen })`));

  it('the types that values get without one being named', () =>
    same(`return pooled(async (pool) => { const request = pool.request(); const values = { i: 1, f: 1.5, s: 'x', b: true, d: new Date(0), n: null, u: undefined, x: Buffer.from('x'), big: 12345678901n };
      const seen = []; for (const [name, value] of Object.entries(values)) seen.push(await attempt(async () => { const r = pool.request().input(name, value); return [r.parameters[name].type.declaration ?? r.parameters[name].type.name, (await r.query('SELECT @' + name + ' AS v')).recordset[0].v] })); return seen })`));

  it('prepared statements', () =>
    same(`return pooled(async (pool) => { const statement = new sql.PreparedStatement(pool); statement.input('id', sql.Int); await statement.prepare('SELECT email FROM ' + users + ' WHERE id = @id'); const seen = [];
      for (const id of [1, 2, 9, null]) seen.push((await statement.execute({ id })).recordset); seen.push(await attempt(() => statement.execute({ id: 'x' }))); await statement.unprepare(); seen.push(await attempt(() => statement.execute({ id: 1 }))); return show(seen.map((s) => Array.isArray(s) ? [...s] : s)) })`));

  it('transactions: commit, rollback, isolation levels, and an end that comes by itself', () =>
    same(`return pooled(async (pool) => { await refill(pool); const seen = []; const count = async () => (await pool.query('SELECT COUNT(*) AS n FROM ' + users)).recordset[0].n;
      for (const end of ['commit', 'rollback']) { const t = new sql.Transaction(pool); const events = trace(t, ['begin', 'commit', 'rollback']); await t.begin(end === 'commit' ? undefined : sql.ISOLATION_LEVEL.SERIALIZABLE); await t.request().input('e', end + '@example.com').query('INSERT INTO ' + users + ' (email) VALUES (@e)'); await t[end](); seen.push(await count(), events) }
      const t = new sql.Transaction(pool); seen.push(await attempt(() => t.commit())); await t.begin(); seen.push(await attempt(() => t.begin())); seen.push(await attempt(() => t.request().query('INSERT INTO ' + users + " (email) VALUES (N'ada@example.com')"))); await t.rollback(); await refill(pool); return seen })`));

  it('100,000 rows as a stream that pauses', () =>
    same(`return pooled(async (pool) => { const request = pool.request(); request.stream = true; let n = 0; let sum = 0; request.on('row', ({ value }) => { n++; sum += value; if (n % 10000 === 0) { request.pause(); setImmediate(() => request.resume()) } });
      const done = new Promise((resolve, reject) => request.on('done', resolve).on('error', reject)); request.query('SELECT value FROM GENERATE_SERIES(1, 100000)'); const { rowsAffected } = await done; return [n, sum, rowsAffected] })`));

  it('rows as a stream of their own, and as arrays', () =>
    same(`return pooled(async (pool) => { const request = pool.request(); const stream = request.toReadableStream(); const rows = []; request.query('SELECT id, email FROM ' + users + ' ORDER BY id'); for await (const row of stream) rows.push(row);
      const arrays = pool.request(); arrays.arrayRowMode = true; const { recordset, columns } = await arrays.query('SELECT 1 AS a, 2 AS a'); return show([rows, [...recordset], columns[0].map(({ name }) => name)]) })`));

  it('a pool serves more requests at once than it has connections, and gives up in time', () =>
    same(`return pooled(async (pool) => { const many = await Promise.all(Array.from({ length: 10 }, (_, n) => pool.request().input('n', n).query('SELECT @n AS n'))); const held = new sql.Transaction(pool); await held.begin(); const second = new sql.Transaction(pool); await second.begin();
      const late = await attempt(() => pool.query('SELECT 1')); await held.rollback(); await second.rollback(); return [many.map(({ recordset }) => recordset[0].n), late] }, { pool: { max: 2, min: 0, acquireTimeoutMillis: 1500 } })`));

  it('cancel, timeouts, and requests after them', () =>
    same(`return pooled(async (pool) => { const seen = []; const request = pool.request(); const slow = attempt(() => request.query("WAITFOR DELAY '00:00:30'")); setTimeout(() => request.cancel(), 800); seen.push(await slow);
      seen.push(await attempt(() => pool.request().query("WAITFOR DELAY '00:00:30'"))); seen.push((await pool.query('SELECT 1 AS one')).recordset[0]); return seen }, { requestTimeout: 2000 })`));
});

describe(`errors with all their fields, ${server.description}`, () => {
  it.each([
    ['an unknown table', 'SELECT * FROM no_such_table'],
    ['an unknown column', `SELECT nope FROM ${TABLE}`],
    ['a duplicate key', `INSERT INTO ${TABLE} (email) VALUES (N'ada@example.com')`],
    ['a variable that is not declared', `SELECT * FROM ${TABLE} WHERE id = @nope`],
    ['a THROW of its own', "THROW 50001, N'own words', 7"],
  ])('%s', (_what, statement) =>
    same(
      `return pooled(async (pool) => [await attempt(() => pool.query(${JSON.stringify(statement)})), (await pool.query('SELECT 1 AS one')).recordset[0]])`,
    ),
  );

  it('a wrong password, an unknown database, a closed pool, a script that does not connect', () =>
    same(
      `return [await attempt(() => pooled(() => 1, { password: 'wrong' })), await attempt(() => pooled(() => 1, { database: 'no_such_database' })), await attempt(async () => { const pool = new sql.ConnectionPool(config); return pool.query('SELECT 1') }), await attempt(() => sql.query('SELECT 1'))]`,
    ));

  it('a refused connection, a name that does not resolve, a bad connection string', () =>
    same(
      `const unknown = await attempt(() => pooled(() => 1, { server: 'nowhere.invalid' })); return [await attempt(() => pooled(() => 1, { port: 1 })), await attempt(() => pooled(() => 1, { server: '127.0.0.1', port: 1 })), unknown[1].code, await attempt(() => sql.connect('nonsense')), await attempt(() => pooled(() => 1, { server: 1 }))]`,
    ));
});
