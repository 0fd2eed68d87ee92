/** mysql2 against a real MariaDB, side by side with plain Node. */
import { createServer, type Server, type Socket } from 'node:net';
import { createCertificate, hasMariadb, type LocalMariadb } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LEGACY_USER, mysqlPrelude, startLegacyMariadb } from './testing/mysql-legacy.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let db: LocalMariadb;
let host: TestHost;
const env = () => ({
  HOST: db.host,
  PORT: String(db.port),
  CA: db.caCertificate as string,
  OTHER_CA: createCertificate(['localhost']).caCertificate,
});
const { expectSame } = createSideBySide(() => host, env);
const same = (body: string, args: readonly unknown[] = []) =>
  expectSame(`${mysqlPrelude('mysql2/promise')} ${body}`, { args });

/** In the style of the published login scripts. */
const LOGIN = `
async function login(query, password, context) {
  const bcrypt = require('bcrypt');
  const mysql = require('mysql2/promise');
  const connection = await mysql.createConnection({
    host: env.DB_HOST,
    port: Number(env.DB_PORT),
    user: env.DB_USERNAME,
    password: env.DB_PASSWORD,
    database: env.DB_DATABASE,
  });
  try {
    const [rows] = await connection.execute('SELECT * FROM users WHERE email = ? OR username = ?', [query.email, query.username]);
    if (rows.length === 0) throw new Error('User does not exist');
    const user = rows[0];
    const matches = await bcrypt.compare(password, user.password);
    if (!matches) throw new Error('The password is wrong');
    return { id: user.id, email: user.email, username: user.username, signedUp: user.created_at };
  } finally {
    await connection.end();
  }
}`;

describe.skipIf(!hasMariadb())('mysql2 and MariaDB', () => {
  beforeAll(async () => {
    db = await startLegacyMariadb();
    host = await startHost();
  });
  afterAll(async () => {
    await host?.stop();
    await db?.stop();
  });

  describe('the published login script', () => {
    const login = (password: string, email: string) => {
      const { user, password: secret, database } = LEGACY_USER;
      const place = { DB_HOST: db.host, DB_PORT: String(db.port), DB_DATABASE: database };
      const args = [{ email, username: null, phone: null }, password, {}];
      return host.run(LOGIN, { args, env: { ...place, DB_USERNAME: user, DB_PASSWORD: secret } });
    };

    it('lets a user in and returns their profile', async () => {
      const { outcome, resultJson, error } = await login('right', 'a@b.example');
      expect({ outcome, error }).toEqual({ outcome: 'completed', error: undefined });
      expect(JSON.parse(resultJson as string)).toMatchObject({ id: 7, email: 'a@b.example', username: 'ann' });
    });

    it('tells a wrong password and an unknown user apart', async () => {
      const wrong = { outcome: 'threw', error: { name: 'Error', message: 'The password is wrong' } };
      expect(await login('wrong', 'a@b.example')).toMatchObject(wrong);
      const unknown = { outcome: 'threw', error: { message: 'User does not exist' } };
      expect(await login('right', 'x@b.example')).toMatchObject(unknown);
    });

    it('runs again and again in the same isolate, and for many users at once', async () => {
      for (let i = 0; i < 10; i++) expect((await login('right', 'a@b.example')).outcome).toBe('completed');
      const results = await Promise.all(Array.from({ length: 6 }, () => login('right', 'a@b.example')));
      expect(results.map(({ outcome }) => outcome)).toEqual(Array(6).fill('completed'));
    });
  });

  describe('asks and answers as in plain Node', () => {
    it('by query and execute, with promises', () =>
      same(`const c = await connect(); const seen = [];
        seen.push(await c.query('SELECT id, email, created_at FROM users WHERE id = ?', [7]), await c.execute('SELECT id, email FROM users WHERE id = ?', [7]));
        seen.push(await c.query({ sql: 'SELECT ? AS a, ?? FROM users', values: ['x', 'email'], rowsAsArray: true }), await c.query('SELECT 1 WHERE 0'));
        await c.end(); return show(seen.map(([rows, fields]) => [rows, fields.map(({ name, columnType, table, flags }) => ({ name, columnType, table, flags }))]))`));

    it('by callbacks, with the events in their order', () =>
      expectSame(`${mysqlPrelude('mysql2')} const c = mysql.createConnection(config); const seen = trace(c, ['connect', 'end', 'error']);
        await new Promise((done) => c.connect((e) => { seen.push(['connected', e]); done() }));
        await new Promise((done) => c.query('SELECT 1 AS one', (e, rows, fields) => { seen.push([e, show(rows), fields[0].name]); done() }));
        await new Promise((done) => c.execute('SELECT ? AS two', [2], (e, rows) => { seen.push([e, show(rows)]); done() }));
        const q = c.query('SELECT 1 AS a UNION SELECT 2'); trace(q, ['fields', 'result', 'end'], seen); await new Promise((done) => q.on('end', done));
        await new Promise((done) => c.query('nonsense', (e) => { seen.push(showError(e)); done() }));
        await new Promise((done) => c.end((e) => { seen.push(['ended', e ?? null]); done() })); return seen`));

    it('the two modules share their state', () =>
      expectSame(
        `const core = require('mysql2'); const promises = require('mysql2/promise'); const c = core.createConnection({ host: env.HOST, port: Number(env.PORT), ...args[0] });
        const [rows] = await c.promise().query('SELECT 1 AS one'); c.destroy();
        return [show(rows), core.createConnectionPromise === promises.createConnection, require('mysql2') === core, core.PoolConnection.name, core.Types === promises.Types, core.format('?? = ?', ['a', "b'c"])]`,
        {
          args: [LEGACY_USER],
        },
      ));

    it.each([
      ['of a text protocol row', `const [rows] = await c.query('SELECT * FROM everything ORDER BY id')`],
      [
        'of a prepared statement',
        `const [rows] = await c.execute('SELECT * FROM everything WHERE id < ? ORDER BY id', [9])`,
      ],
    ])('every type %s', (_what, query) =>
      same(`const settings = [{}, { dateStrings: true }, { supportBigNumbers: true, bigNumberStrings: true }, { supportBigNumbers: true }, { decimalNumbers: true, timezone: '+05:00' },
          { typeCast: false }, { typeCast: (field, next) => field.type === 'TINY' ? field.string() + '!' : next() }, { jsonStrings: true }, { nestTables: true }, { timezone: 'Z' }]; const seen = [];
        for (const setting of settings) { const c = await connect(setting); seen.push(await attempt(async () => { ${query}; return rows })); c.destroy() } return seen`),
    );

    it('parameters of every type, in and out again', () =>
      same(`const c = await connect(); const values = [1, 1.5, -0, 12345678901234567890n, 'h\\u00e9', null, true, new Date(1577934245678), Buffer.from([0, 255]), { a: [1] }, '', 2 ** 40];
        const seen = []; for (const v of values) { seen.push(await attempt(async () => (await c.query('SELECT ? AS v', [v]))[0]), await attempt(async () => (await c.execute('SELECT ? AS v', [v]))[0])) }
        seen.push(await attempt(() => c.execute('SELECT ?', [undefined])), await attempt(() => c.execute('SELECT ?', [() => 1])), await attempt(() => c.execute('SELECT ?, ?', [1])));
        await c.end(); return seen`));

    it('a zero date, which is null in a result as in JSON', () =>
      same(`const c = await connect(); await c.query("SET sql_mode = ''"); await c.query('CREATE TEMPORARY TABLE zeros (at datetime)');
        await c.query("INSERT INTO zeros VALUES ('0000-00-00 00:00:00')"); const [rows] = await c.query('SELECT at FROM zeros');
        await c.end(); return { rows, shown: String(rows[0].at) }`));

    it('named placeholders, in queries and prepared statements', () =>
      same(`const c = await connect({ namedPlaceholders: true }); const seen = [];
        seen.push((await c.query('SELECT :a AS a, :b AS b, :a AS c', { a: 1, b: "x'y" }))[0], (await c.execute('SELECT :a + :b AS sum', { a: 1, b: 2 }))[0], (await c.query('SELECT ? AS q', [1]))[0]);
        seen.push(await attempt(() => c.execute('SELECT :missing', {}))); await c.end(); return show(seen)`));

    it('prepared statements that are kept and closed', () =>
      same(`const c = await connect({ maxPreparedStatements: 2 }); const s = await c.prepare('SELECT ? * 2 AS d'); const seen = [];
        for (const n of [1, 2.5]) seen.push((await s.execute([n]))[0]); await s.close(); for (const n of [1, 2, 3, 1]) seen.push((await c.execute('SELECT ' + n + ' + ? AS s', [n]))[0]);
        c.unprepare('SELECT 1 + ? AS s'); seen.push((await c.execute('SELECT 1 + ? AS s', [1]))[0]); await c.end(); return show(seen)`));

    it('transactions, generated ids and affected rows', () =>
      same(`const c = await connect(); const seen = []; await c.query('TRUNCATE notes'); const count = async () => (await c.query('SELECT text FROM notes ORDER BY id'))[0].map((r) => r.text);
        await c.beginTransaction(); seen.push((await c.execute('INSERT INTO notes (text) VALUES (?)', ['one']))[0]); await c.rollback(); seen.push(await count());
        await c.beginTransaction(); await c.query('INSERT INTO notes (text) VALUES ?', [[['two'], ['three']]]); await c.commit(); seen.push(await count());
        seen.push((await c.query('UPDATE notes SET text = CONCAT(text, "!") WHERE ?', { text: 'two' }))[0], (await c.query('DELETE FROM notes'))[0], await attempt(() => c.query('INSERT INTO notes (id, text) VALUES (1, "a"), (1, "b")')));
        await c.end(); return show(seen)`));

    it('several statements at once are refused unless asked for, and procedures give several results', () =>
      same(`const seen = []; const c = await connect(); seen.push(await attempt(() => c.query('SELECT 1; SELECT 2'))); seen.push((await c.query('CALL two_results()'))[0]); await c.end();
        const m = await connect({ multipleStatements: true }); seen.push((await m.query('SELECT 1 AS a; SELECT 2 AS b; UPDATE notes SET text = 1 WHERE 0'))[0]); seen.push(await attempt(() => m.execute('SELECT 1; SELECT 2'))); await m.end(); return show(seen)`));

    it('LOAD DATA LOCAL INFILE is refused: no file of the host is ever sent', () =>
      same(`const seen = []; for (const setting of [{}, { flags: ['-LOCAL_FILES'] }]) { const c = await connect(setting);
          seen.push(await attempt(() => c.query("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE notes (text)"))); c.destroy() } return seen`));

    it('pools: reuse, waiting, limits, release, their events and their end', () =>
      same(`const pool = mysql.createPool({ ...config, connectionLimit: 2, queueLimit: 2 }); const seen = []; const events = trace(pool, ['acquire', 'connection', 'enqueue', 'release']);
        const results = await Promise.all([1, 2, 3].map((n) => pool.query('SELECT ? AS n, SLEEP(?) AS slept', [n, n / 20]))); seen.push(results.map(([r]) => r)); seen.push((await pool.execute('SELECT ? AS n', [4]))[0]);
        const a = await pool.getConnection(); const b = await pool.getConnection(); const late = pool.getConnection(); setTimeout(() => a.release(), 5); const c = await late; seen.push(a.threadId === c.threadId);
        const waiting = [pool.query('SELECT 1'), pool.query('SELECT 2')]; seen.push(await attempt(() => pool.query('SELECT 3'))); b.release(); c.release(); await Promise.all(waiting);
        await pool.end(); seen.push(await attempt(() => pool.query('SELECT 1'))); return show([seen, events.map(([name]) => name)])`));

    it('pools by callbacks, with a connection string', () =>
      expectSame(
        `const mysql = require('mysql2'); const { user, password, database } = args[0]; const pool = mysql.createPool('mysql://' + user + ':' + encodeURIComponent(password) + '@' + env.HOST + ':' + env.PORT + '/' + database + '?connectionLimit=1&dateStrings=true');
        const seen = []; await new Promise((done) => pool.getConnection((e, c) => { seen.push(e); c.query('SELECT created_at FROM users', (e2, rows) => { seen.push(e2, show(rows)); c.release(); done() }) }));
        await new Promise((done) => pool.query('SELECT 1 AS x', (e, rows) => { seen.push(show(rows)); done() })); await new Promise((done) => pool.end((e) => { seen.push(e ?? null); done() })); return seen`,
        {
          args: [LEGACY_USER],
        },
      ));

    it('change of user, ping, reset and statistics', () =>
      same(`const c = await connect(); const seen = [await attempt(() => c.ping())]; await c.query('SET @x = 1'); await c.reset(); seen.push((await c.query('SELECT @x AS x'))[0]);
        seen.push(await attempt(() => c.changeUser({ user: 'nobody', password: 'x' }))); seen.push(typeof c.threadId); c.destroy(); const d = await connect(); await d.changeUser({ database: 'information_schema' }); seen.push((await d.query('SELECT DATABASE() AS d'))[0]); await d.end(); return show(seen)`));

    it('the compressed protocol, with small and large packets', () =>
      same(`const c = await connect({ compress: true }); const seen = []; seen.push((await c.query("SHOW STATUS LIKE 'Compression'"))[0], (await c.execute('SELECT ? AS v', ['x'.repeat(300)]))[0]);
        const [rows] = await c.query('SELECT seq, REPEAT("abc", 100) AS pad FROM seq_1_to_5000'); const big = Buffer.alloc(1e6, 'ab'); seen.push(rows.length, rows[4999], (await c.execute('SELECT MD5(?) AS m', [big]))[0]); await c.end(); return show(seen)`));

    it('a large result as a stream that waits for its reader, and large parameters', () =>
      same(`const c = mysql.createPool(config); const core = require('mysql2').createConnection({ ...config, maxPreparedStatements: 1 }); let n = 0; let sum = 0;
        const stream = core.query('SELECT seq, REPEAT("x", 200) AS pad FROM legacy_seq'.replace('legacy_seq', 'seq_1_to_20000')).stream({ highWaterMark: 10 });
        for await (const row of stream) { n++; sum += row.seq; if (n % 5000 === 0) await new Promise((r) => setTimeout(r, 5)) } core.destroy();
        const big = Buffer.alloc(3e6, 'ab'); const [rows] = await c.execute('SELECT MD5(?) AS m, LENGTH(?) AS l', [big, big]); const some = big.subarray(0, 2e5); const [more] = await c.query('SELECT MD5(?) AS m', [some]); await c.end(); return [n, sum, rows, more]`));
  });

  describe('TLS', () => {
    it.each([
      ['with the right authority', `{ ca: env.CA }`],
      ['with the name checked', `{ ca: env.CA, verifyIdentity: true }`],
      ['with another authority', `{ ca: env.OTHER_CA }`],
      ['with the common authorities', `{}`],
      ['with no check at all', `{ rejectUnauthorized: false }`],
      ['with a version that the server does not speak', `{ ca: env.CA, minVersion: 'TLSv1', maxVersion: 'TLSv1' }`],
      ['with a profile that there is not', `'nonsense'`],
      ['with a key that is none', `{ ca: env.CA, key: 'x', cert: 'y' }`],
    ])('%s', (_what, ssl) =>
      same(`const seen = []; for (const host of ['localhost', '127.0.0.1']) seen.push(await attempt(async () => {
          const c = await connect({ host, ssl: ${ssl} }); const [[row]] = await c.query("SHOW STATUS LIKE 'Ssl_version'"); const { authorized, encrypted } = c.connection.stream; await c.end(); return [row, authorized, encrypted] })); return seen`),
    );

    it('shows the certificate and takes sessions up again', () =>
      same(`const ssl = { ca: env.CA }; const pool = mysql.createPool({ ...config, ssl, connectionLimit: 2 }); const facts = async () => { const c = await pool.getConnection(); const s = c.connection.stream;
          const d = s.getPeerCertificate(true); const seen = [s.isSessionReused(), s.getProtocol(), s.getCipher(), s.authorized, s.authorizationError, show(Object.assign({}, s.getPeerCertificate())), Object.keys(d), d.issuerCertificate?.issuerCertificate === d.issuerCertificate, s.getEphemeralKeyInfo(), s.alpnProtocol];
          return [c, seen] };
        const [a, first] = await facts(); await a.query('SELECT 1'); await new Promise((r) => setTimeout(r, 20)); const [b, second] = await facts(); await b.query('SELECT 1'); a.release(); b.release(); await pool.end(); return [first, second]`));

    it('is what a user may need', () =>
      same(
        `const tls = { user: 'ferry_tls', password: 'tls only' }; const seen = [await attempt(() => connect(tls)), await attempt(async () => { const c = await connect({ ...tls, ssl: { ca: env.CA } }); await c.end(); return 'in' })]; return seen`,
      ));
  });

  describe('what goes wrong, goes wrong as in plain Node', () => {
    it('errors of the server, with all fields', () =>
      same(`const c = await connect(); const seen = []; for (const sql of ['SELECT * FROM nowhere', 'SELEC 1', 'SELECT missing FROM users', 'INSERT INTO users VALUES (7, 1, 1, 1, NULL)', 'DROP DATABASE mysql', "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'own', MYSQL_ERRNO = 1234"])
          seen.push(await attempt(() => c.query(sql)), await attempt(() => c.execute(sql))); await c.end(); seen.push(await attempt(() => c.query('SELECT 1'))); return seen`));

    it('a wrong password, an unknown user, an unknown database', () =>
      same(
        `return [await attempt(() => connect({ password: 'wrong' })), await attempt(() => connect({ user: 'nobody' })), await attempt(() => connect({ database: 'nowhere' })), await attempt(() => connect({ password: '' }))]`,
      ));

    it('a refused connection, and a name that does not resolve', () =>
      same(
        `const unknown = await attempt(() => connect({ host: 'nowhere.invalid' })); delete unknown[1].hostname; return [await attempt(() => connect({ port: 1 })), unknown[1].code]`,
      ));

    it('a connection that the server kills, in a query and between two', () =>
      same(`const seen = []; const admin = await connect(); const c = await connect(); c.connection.on('error', (e) => seen.push(['event', showError(e)])); const slow = attempt(() => c.query('SELECT SLEEP(5)')); await new Promise((r) => setTimeout(r, 50));
        await admin.query('KILL ' + c.threadId); seen.push(await slow, await attempt(() => c.query('SELECT 1')));
        const pool = mysql.createPool({ ...config, connectionLimit: 1 }); const p = await pool.getConnection(); p.release(); await admin.query('KILL ' + p.threadId); await new Promise((r) => setTimeout(r, 50)); seen.push((await pool.query('SELECT 1 AS one'))[0]);
        await pool.end(); await admin.end(); return show(seen)`));

    describe('with servers that misbehave', () => {
      const servers: Server[] = [];
      const sockets = new Set<Socket>();
      const listen = async (onConnection: (socket: Socket) => void): Promise<number> => {
        const server = createServer((socket) => {
          sockets.add(socket.on('error', () => undefined));
          onConnection(socket);
        });
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        return (server.address() as { port: number }).port;
      };
      afterAll(() => {
        for (const socket of sockets) socket.destroy();
        for (const server of servers) server.close();
      });

      it('that say nothing, hang up, or speak another protocol', async () => {
        const silent = await listen(() => undefined);
        const hangingUp = await listen((socket) => socket.end());
        const cutting = await listen((socket) =>
          socket.once('data', () => socket.destroy()).write(Buffer.from([5, 0])),
        );
        const other = await listen((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
        await same(
          `const [silent, hangingUp, cutting, other] = args; return [await attempt(() => connect({ port: silent, connectTimeout: 100 })), await attempt(() => connect({ port: hangingUp })), await attempt(() => connect({ port: other, connectTimeout: 100 }))]`,
          [silent, hangingUp, cutting, other],
        );
      });
    });

    it('counts an outage as an outage', async () => {
      const source = (config: string) =>
        `async function login() { await require('mysql2/promise').createConnection({ host: env.HOST, port: Number(env.PORT), ...${config} }) }`;
      const refused = await host.run(source('{ port: 1 }'), { env: env() });
      expect(refused).toMatchObject({ outcome: 'store_unreachable', error: { code: 'ECONNREFUSED' } });
      const denied = await host.run(source(`{ user: 'nobody', password: 'x' }`), { env: env() });
      expect(denied).toMatchObject({ outcome: 'threw', error: { code: 'ER_ACCESS_DENIED_ERROR' } });
      const distrusted = await host.run(source('{ ssl: {} }'), { env: env() });
      expect(distrusted.outcome).toBe('store_unreachable');
    });
  });
});
