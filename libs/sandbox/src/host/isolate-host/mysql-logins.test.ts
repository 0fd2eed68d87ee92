/** How mysql2 logs in to MySQL 8, against a protocol double (MariaDB has no `caching_sha2_password`). */
import { type MysqlDouble, type MysqlDoubleOptions, startMysqlDouble } from '@userferry/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let double: MysqlDouble;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());
afterEach(() => double.stop());

const env = () => ({
  HOST: 'localhost',
  PORT: String(double.port),
  USER: double.user,
  PASSWORD: double.password,
  CA: double.caCertificate ?? '',
  SERVER_KEY: double.publicKeyPem,
});
const { sameResult } = createSideBySide(() => host, env);
const PRELUDE = `const mysql = require('mysql2/promise');
const connect = (more) => mysql.createConnection({ host: env.HOST, port: Number(env.PORT), user: env.USER, password: env.PASSWORD, database: 'legacy', ...more });
const login = (more) => attempt(async () => { const c = await connect(more); const [rows] = await c.query('SELECT * FROM users'); await c.end(); return rows });
`;

/** Runs on both sides against the same double; resolves with the ways in which the isolate's logins went. */
async function logins(body: string, options: MysqlDoubleOptions = {}) {
  double = await startMysqlDouble(options);
  let inNode = 0;
  const result = await sameResult(`${PRELUDE} ${body}`, {
    beforeIsolate() {
      inNode = double.logins.length;
      double.forgetPasswords();
    },
  });
  const [first, second] = [double.logins.slice(0, inNode), double.logins.slice(inNode)];
  expect(second).toEqual(first);
  const ways = second.map(({ way, askedForKey, succeeded }) => [way, askedForKey, succeeded]);
  return { result, ways };
}

describe('caching_sha2_password', () => {
  it('goes the whole way once, under the key that the server sends, and the fast one from then on', async () => {
    const { result, ways } = await logins('return [await login(), await login()]');
    expect(ways).toEqual([
      ['rsa', true, true],
      ['fast', false, true],
    ]);
    expect(result).toEqual(Array(2).fill(['fine', [{ id: '7', email: 'a@b.example', name: null }]]));
  });

  it('spares the question for a key that the script has', async () => {
    const plugins = `{ authPlugins: { caching_sha2_password: mysql2.authPlugins.caching_sha2_password({ serverPublicKey: env.SERVER_KEY, onServerPublicKey: () => { throw new Error('asked') } }) } }`;
    const { ways } = await logins(`const mysql2 = require('mysql2'); return login(${plugins})`);
    expect(ways).toEqual([['rsa', false, true]]);
  });

  it('sends the password itself inside TLS only', async () => {
    const { ways } = await logins(
      'return [await login({ ssl: { ca: env.CA, verifyIdentity: true } }), await login()]',
      {
        tls: true,
      },
    );
    expect(ways).toEqual([
      ['tls', false, true],
      ['fast', false, true],
    ]);
  });

  it('is switched to from another plugin', async () => {
    const { ways } = await logins('return [await login(), await login()]', {
      announcedPlugin: 'mysql_native_password',
    });
    expect(ways.map(([way]) => way)).toEqual(['rsa', 'fast']);
  });

  it('tells a wrong password as the server does', async () => {
    const { result, ways } = await logins(`return login({ password: 'wrong' })`);
    expect(ways).toEqual([['rsa', true, false]]);
    expect(result).toMatchObject(['threw', { code: 'ER_ACCESS_DENIED_ERROR', errno: 1045, sqlState: '28000' }]);
  });

  it('never gets as far as the password where the server is not who it should be', async () => {
    const other = '-----BEGIN CERTIFICATE-----';
    const { ways } = await logins(`return [await login({ ssl: {} }), await login({ ssl: { ca: '${other}' } })]`, {
      tls: true,
    });
    expect(ways).toEqual([]);
  });
});

describe('sessions', () => {
  it('errors of the server keep all their fields, and a cut connection its code', async () => {
    const error = { code: 3024, state: 'HY000', message: 'Query execution was interrupted' };
    const answer = (sql: string) => (sql.includes('slow') ? { error } : ('drop' as const));
    const body = `const c = await connect(); const events = trace(c.connection, ['end', 'error', 'close']);
      const seen = [await attempt(() => c.query('slow')), await attempt(() => c.query('cut')), await attempt(() => c.query('late'))]; return [seen, events]`;
    const { result } = await logins(body, { answer });
    const [[slow, cut]] = result as [unknown[]];
    expect(slow).toMatchObject(['threw', { errno: 3024, sqlState: 'HY000' }]);
    expect(cut).toMatchObject(['threw', { code: 'PROTOCOL_CONNECTION_LOST' }]);
  });
});
