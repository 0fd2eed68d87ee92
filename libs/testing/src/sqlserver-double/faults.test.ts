import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sql from 'mssql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Stage } from './double-options.ts';
import { type SqlServerDouble, startSqlServerDouble } from './start-sql-server-double.ts';

let double: SqlServerDouble;
let pools: sql.ConnectionPool[];
beforeEach(async () => {
  double = await startSqlServerDouble();
  pools = [];
});
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  await double.stop();
});

const connect = (change: Partial<sql.config> = {}): Promise<sql.ConnectionPool> => {
  const { port, user, password, database, caCertificate: ca } = double;
  const options = { encrypt: true, cryptoCredentialsDetails: { ca }, ...change.options };
  const pool = new sql.ConnectionPool({ server: 'localhost', port, user, password, database, ...change, options });
  pools.push(pool);
  return pool.connect();
};
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('it was to fail'),
    (error) => error,
  );
const untilClosed = async (): Promise<void> => {
  while (double.openConnections() > 0) await new Promise((resolve) => setImmediate(resolve));
};

describe('a server that misbehaves', () => {
  it.each<Stage>(['connect', 'prelogin', 'tls', 'login'])('hangs up at %s', async (stage) => {
    double.behaviour.dropAt = stage;
    expect(await rejection(connect())).toMatchObject({ name: 'ConnectionError', code: 'ESOCKET' });
  });

  it.each<Stage>(['connect', 'prelogin', 'tls', 'login'])('falls silent at %s', async (stage) => {
    double.behaviour.silentAt = stage;
    expect(await rejection(connect({ connectionTimeout: 300 }))).toMatchObject({ code: 'ETIMEOUT' });
    await untilClosed();
  });

  it('answers late', async () => {
    double.behaviour.delayMs = 60;
    const pool = await connect();
    const startedMs = performance.now();
    await pool.query('SELECT 2 AS two');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(55);
  });

  it.each(['close', 'reset'] as const)(
    'hangs up (%s) in the middle of a result, after rows that arrived',
    async (thenDrop) => {
      const pool = await connect();
      const rows = Array.from({ length: 3000 }, (_, at) => [at]);
      double.behaviour.handler = () => ({ columns: [{ name: 'n', type: 'int' }], rows, thenDrop });
      const request = pool.request();
      request.stream = true;
      let seen = 0;
      request.on('row', () => {
        seen += 1;
      });
      const failed = new Promise((resolve) => request.on('error', resolve));
      request.query('go');
      expect(await failed).toMatchObject({ name: 'RequestError' });
      expect(seen).toBeGreaterThan(1000);
    },
  );

  it('falls silent at a query, and answers its cancel neither', async () => {
    const pool = await connect({ requestTimeout: 100, options: { cancelTimeout: 100 } });
    double.behaviour.silentAt = 'query';
    expect(await rejection(pool.query('go'))).toMatchObject({ name: 'RequestError' });
    expect(double.ownRequests()).toMatchObject([{ kind: 'query', sql: 'go' }, { kind: 'cancel' }]);
  });

  // In a process of its own: besides its error, tedious 19.2.2 leaves a rejection behind that nobody handles.
  it('hangs up on a query without a word', async () => {
    double.behaviour.dropAt = 'query';
    const { port, user, password, database } = double;
    const config = { server: 'localhost', port, user, password, database, options: { encrypt: false } };
    const script = `
      import sql from 'mssql';
      process.on('unhandledRejection', () => {});
      const pool = await new sql.ConnectionPool(JSON.parse(process.argv[1])).connect();
      await pool.query('go').catch(({ name, code }) => console.log(name, code));
      await pool.close();`;
    const child = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, JSON.stringify(config)]);
    expect((await child).stdout).toBe('RequestError ECONNRESET\n');
  });

  it('sends a client that has logged in to another address', async () => {
    await using other = await startSqlServerDouble({
      user: double.user,
      password: double.password,
      encryption: 'none',
    });
    double.behaviour.redirectTo = { host: '127.0.0.1', port: other.port };
    const pool = await connect();
    expect((await pool.query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
    expect(double.ownRequests()).toEqual([]);
    expect(other.logins.at(-1)).toMatchObject({ succeeded: true, serverName: '127.0.0.1' });
    expect(other.ownRequests()).toHaveLength(1);
  });

  it('is gone after stop, and so are its connections', async () => {
    const pool = await connect();
    await pool.query('SELECT 1 AS one');
    expect(double.openConnections()).toBeGreaterThan(0);
    await double.stop();
    expect(double.openConnections()).toBe(0);
    expect(await rejection(connect())).toMatchObject({ name: 'ConnectionError', code: 'ESOCKET' });
  });

  it('rolls back what a lost connection left open', async () => {
    const pool = await connect();
    await pool.query('CREATE TABLE t (a int)');
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    await transaction.request().query('INSERT INTO t (a) VALUES (1)');
    expect(double.rowsOf('t')).toEqual([{ a: 1 }]);
    double.dropConnections();
    await untilClosed();
    await transaction.rollback().catch(() => {});
    expect(double.rowsOf('t')).toEqual([]);
  });
});
