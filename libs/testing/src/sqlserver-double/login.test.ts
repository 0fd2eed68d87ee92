import { inspect } from 'node:util';
import sql from 'mssql';
import { afterEach, describe, expect, it } from 'vitest';
import { type SqlServerDouble, startSqlServerDouble } from './start-sql-server-double.ts';

let double: SqlServerDouble;
afterEach(() => double.stop());

const connect = (change: Partial<sql.config> = {}): Promise<sql.ConnectionPool> => {
  const { port, user, password, database } = double;
  const options = { encrypt: false, ...change.options };
  return new sql.ConnectionPool({ server: 'localhost', port, user, password, database, ...change, options }).connect();
};
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('it was to fail'),
    (error) => error,
  );

describe('logins', () => {
  it('a wrong password is error 18456, and the double does not show what was sent or expected', async () => {
    double = await startSqlServerDouble({ password: 'right-4711' });
    const error = await rejection(connect({ password: 'wrong-0815' }));
    expect(error).toMatchObject({
      name: 'ConnectionError',
      code: 'ELOGIN',
      message: "Login failed for user 'legacy_login'.",
    });
    const shown = inspect([error, double.logins, double.requests], { depth: 10 });
    expect(shown).not.toMatch(/right-4711|wrong-0815/);
  });

  it('the error of a failed login has number 18456, state 1 and class 14', async () => {
    double = await startSqlServerDouble();
    const seen: unknown[] = [];
    const beforeConnect = (connection: { on: (event: 'errorMessage', listener: (token: unknown) => void) => void }) =>
      connection.on('errorMessage', (token) => seen.push(token));
    await rejection(connect({ user: 'nobody', beforeConnect: beforeConnect as never }));
    expect(seen).toEqual([
      expect.objectContaining({ number: 18456, state: 1, class: 14, serverName: 'SQLSERVER-DOUBLE' }),
    ]);
  });

  it('passwords of any characters are read as they were written', async () => {
    double = await startSqlServerDouble({ password: 'pä$$ “w;ö=r{d}” 漢字 😀' });
    const pool = await connect();
    expect(pool.connected).toBe(true);
    await pool.close();
  });

  it('a database that is not there is refused', async () => {
    double = await startSqlServerDouble();
    expect(await rejection(connect({ database: 'elsewhere' }))).toMatchObject({ code: 'ELOGIN' });
  });

  it('the session has the packet size, language and database that the client asked for', async () => {
    double = await startSqlServerDouble();
    const pool = await connect({ options: { packetSize: 16_384, appName: 'suite' } });
    const long = 'x'.repeat(100_000);
    const { recordset } = await pool
      .request()
      .input('long', sql.NVarChar(sql.MAX), long)
      .query('SELECT @long AS long, DB_NAME() AS db');
    await pool.close();
    expect(recordset).toEqual([{ long, db: 'legacy' }]);
    expect(double.logins.at(-1)).toMatchObject({
      packetBytes: 16_384,
      appName: 'suite',
      database: 'legacy',
      succeeded: true,
    });
  });

  it.each(['7_4', '7_3_B', '7_3_A', '7_2'])('a client of TDS %s is served', async (tdsVersion) => {
    double = await startSqlServerDouble();
    const pool = await connect({ options: { tdsVersion } as sql.IOptions });
    const { recordset } = await pool.request().input('a', null).input('b', 2).query('SELECT @a AS a, @b AS b');
    await pool.close();
    expect(recordset).toEqual([{ a: null, b: 2 }]);
  });
});
