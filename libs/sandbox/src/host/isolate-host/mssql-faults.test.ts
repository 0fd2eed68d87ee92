/** mssql against the protocol double where a server is wanted that misbehaves or speaks TLS in its own way. */
import { createCertificate } from '@userferry/local-databases';
import { type SqlServerDouble, type SqlServerDoubleOptions, startSqlServerDouble } from '@userferry/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let double: SqlServerDouble;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());
afterEach(() => double.stop());

const OTHER_CA = createCertificate(['localhost']).caCertificate;
const env = () => {
  const { port, user, password, database, caCertificate } = double;
  return { CONFIG: JSON.stringify({ port, user, password, database }), CA: caCertificate, OTHER_CA };
};
const { sameResult } = createSideBySide(() => host, env);
const PRELUDE = `const sql = require('mssql');
const ask = (options, more) => attempt(async () => { const pool = new sql.ConnectionPool({ server: 'localhost', ...JSON.parse(env.CONFIG), ...more, options: { cryptoCredentialsDetails: { ca: env.CA }, cancelTimeout: 150, ...options } });
  try { await pool.connect(); return (await pool.query("SELECT N'" + 'long '.repeat(4000) + "' AS text")).recordset[0].text.length } finally { await pool.close() } });
`;

/** Runs on both sides; the server must have seen the same logins and requests of both. Resolves with them. */
async function same(body: string, options: SqlServerDoubleOptions) {
  double = await startSqlServerDouble(options);
  const seen = () => ({ logins: double.logins.length, requests: double.requests.length });
  let before = seen();
  const result = await sameResult(`${PRELUDE} ${body}`, {
    // A session that is kept is put back when the run is over.
    reuse: undefined,
    beforeIsolate: () => {
      before = seen();
    },
  });
  const withoutSession = <T extends { session: number }>({ session: _session, ...rest }: T) => rest;
  const logins = double.logins.map(({ hostName: _hostName, ...login }) => withoutSession(login));
  const requests = double.requests.map(withoutSession);
  expect(logins.slice(before.logins)).toEqual(logins.slice(0, before.logins));
  expect(requests.slice(before.requests)).toEqual(requests.slice(0, before.requests));
  const ways = [...new Set(double.logins.slice(before.logins).map(({ encrypted }) => encrypted))];
  return { result, ways };
}

describe('TLS', () => {
  it('inside TDS, with the right authority and the name checked', async () => {
    const { result, ways } = await same(`return ask({ encrypt: true })`, { encryption: 'required' });
    expect([result, ways]).toEqual([['fine', 20_000], ['all']]);
  });

  it('before everything, where it is strict', async () => {
    const { result, ways } = await same(`return ask({ encrypt: 'strict' })`, { encryption: 'strict' });
    expect([result, ways]).toEqual([['fine', 20_000], ['strict']]);
  });

  it.each(['required', 'strict'] as const)('another authority and another name are refused: %s', async (encryption) => {
    const encrypt = encryption === 'strict' ? `'strict'` : 'true';
    const { result, ways } = await same(
      `const encrypt = ${encrypt}; return [await ask({ encrypt, cryptoCredentialsDetails: { ca: env.OTHER_CA } }), await ask({ encrypt, cryptoCredentialsDetails: {} }), await ask({ encrypt }), await ask({ encrypt, trustServerCertificate: true })]`,
      { encryption, certificateHosts: ['db.example.com'] },
    );
    expect(JSON.stringify(result)).toContain('unable to verify');
    expect(ways).toEqual(encryption === 'strict' ? [] : ['all']);
  });

  it('an expired certificate is refused', async () => {
    const { result } = await same(`return ask({ encrypt: true })`, {
      encryption: 'required',
      certificateValidDays: -1,
    });
    expect(JSON.stringify(result)).toContain('certificate has expired');
  });

  it('where only one side wants it, it is as the double and the driver agree', async () => {
    const both = `return [await ask({ encrypt: false }), await ask({ encrypt: true })]`;
    for (const encryption of ['none', 'optional', 'required'] as const) {
      await same(both, { encryption });
      await double.stop();
    }
  });
});

describe('faults', () => {
  it.each(['connect', 'prelogin', 'tls', 'login'] as const)('the connection ends at: %s', async (dropAt) => {
    const { result } = await same(`return ask({ encrypt: true })`, { encryption: 'required', dropAt });
    expect(result).toMatchObject(['threw', {}]);
  });

  it.each(['prelogin', 'tls', 'login', 'query'] as const)('there is no answer from: %s', async (silentAt) => {
    const { result } = await same(`return ask({ encrypt: true }, { connectionTimeout: 2500, requestTimeout: 2500 })`, {
      encryption: 'required',
      silentAt,
    });
    expect(result).toMatchObject(['threw', {}]);
  });

  it('a connection that dies in the middle of a result is an error of the request', async () => {
    const rows = Array.from({ length: 500 }, (_, n) => [n]);
    const handler = () => ({ columns: [{ name: 'n', type: 'int' }], rows, thenDrop: 'reset' as const });
    const { result } = await same(`return ask({ encrypt: true })`, { encryption: 'required', handler });
    expect(result).toMatchObject(['threw', { name: 'RequestError' }]);
  });

  it('is an outage to the run', async () => {
    double = await startSqlServerDouble({ encryption: 'required', dropAt: 'login' });
    const source = `async function login() { const { CA, CONFIG } = env; await require('mssql').connect({ server: 'localhost', ...JSON.parse(CONFIG), ...JSON.parse(env.MORE ?? '{}'), options: { cryptoCredentialsDetails: { ca: CA } } }) }`;
    expect((await host.run(source, { env: env() })).outcome).toBe('store_unreachable');
    double.behaviour.dropAt = 'query';
    // In plain Node tedious then ends the process: it throws where nobody can catch it.
    const asking = `const attempt = (call) => call(); ${PRELUDE} function login() { return ask({ encrypt: true }) }`;
    expect((await host.run(asking, { env: env() })).outcome).toBe('store_unreachable');
    const refused = await host.run(source, { env: { ...env(), MORE: '{"port":1}' } });
    expect(refused.outcome).toBe('store_unreachable');
    double.behaviour.dropAt = undefined;
    const denied = await host.run(source, { env: { ...env(), MORE: '{"password":"wrong"}' } });
    expect(denied).toMatchObject({ outcome: 'threw', error: { name: 'ConnectionError', code: 'ELOGIN' } });
  });
});

describe('large results', () => {
  it('100,000 wide rows pass through a memory of 64 MB while they are read one by one', async () => {
    const rows = function* () {
      for (let n = 0; n < 100_000; n++) yield [n, 'x'.repeat(200)];
    };
    const columns = [
      { name: 'n', type: 'int' },
      { name: 'pad', type: 'nvarchar(200)' },
    ];
    double = await startSqlServerDouble({
      handler: ({ sql }) => (sql === 'many' ? { columns, rows: rows() } : undefined),
    });
    const source = `const sql = require('mssql'); async function login() { const pool = await sql.connect({ server: 'localhost', ...JSON.parse(env.CONFIG), options: { cryptoCredentialsDetails: { ca: env.CA } } });
      const request = pool.request(); request.stream = true; let n = 0; request.on('row', () => { n++ }); const done = new Promise((resolve, reject) => request.on('done', resolve).on('error', reject)); request.query('many'); await done; await pool.close(); return n }`;
    const memoryLimitBytes = 64 * 1024 * 1024;
    const { outcome, resultJson, error } = await host.run(source, { env: env(), memoryLimitBytes, timeoutMs: 60_000 });
    expect({ outcome, resultJson, error }).toEqual({ outcome: 'completed', resultJson: '100000', error: undefined });
  });
});
