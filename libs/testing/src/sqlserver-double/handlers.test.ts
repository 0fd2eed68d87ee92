import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'mssql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlHandler, SqlQuery } from './query.ts';
import { type SqlServerDouble, startSqlServerDouble } from './start-sql-server-double.ts';

let double: SqlServerDouble;
let pool: sql.ConnectionPool;
beforeAll(async () => {
  double = await startSqlServerDouble({ encryption: 'none' });
  const { port, user, password, database } = double;
  pool = await new sql.ConnectionPool({ server: 'localhost', port, user, password, database }).connect();
});
afterAll(async () => {
  await pool.close();
  await double.stop();
});
const answerWith = (handler: SqlHandler): void => {
  double.behaviour.handler = handler;
};
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('it was to fail'),
    (error) => error,
  );

describe('what a test answers itself', () => {
  it('a handler sees statement, parameters with their types, and whether a transaction is open', async () => {
    const seen: SqlQuery[] = [];
    answerWith((query) => {
      seen.push(query);
      return { rowsAffected: 0 };
    });
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    await transaction
      .request()
      .input('id', sql.BigInt, '7')
      .input('email', sql.NVarChar(50), 'a@b.c')
      .query('anything at all');
    await transaction.rollback();
    await pool.query('outside');
    expect(seen).toMatchObject([
      {
        sql: 'anything at all',
        parameters: { id: 7n, email: 'a@b.c' },
        declared: { id: { type: 'bigint', output: false }, email: { type: 'nvarchar(50)', output: false } },
        inTransaction: true,
      },
      { sql: 'outside', parameters: {}, inTransaction: false },
    ]);
  });

  it('result sets, counts, messages and an error come in the order of the steps', async () => {
    answerWith(() => [
      { print: 'first' },
      { columns: [{ name: 'a', type: 'int' }], rows: [[1], { a: 2 }] },
      { rowsAffected: 5 },
      { print: { message: 'careful', number: 50010, class: 5, state: 3 } },
      {
        error: {
          number: 50001,
          message: 'then this',
          state: 7,
          class: 12,
          serverName: 'LEGACY',
          procedure: 'p',
          line: 42,
        },
      },
    ]);
    const request = pool.request();
    const messages: unknown[] = [];
    request.on('info', ({ message, number, class: severity, state }) =>
      messages.push([message, number, severity, state]),
    );
    const error = await rejection(request.query('go'));
    expect(messages).toEqual([
      ['first', 0, 0, 1],
      ['careful', 50010, 5, 3],
    ]);
    expect(error).toMatchObject({
      message: 'then this',
      number: 50001,
      state: 7,
      class: 12,
      serverName: 'LEGACY',
      procName: 'p',
      lineNumber: 42,
    });
  });

  it('a stored procedure gives rows, output values and a status', async () => {
    answerWith(({ procedure, parameters }) =>
      procedure === 'find_user'
        ? [
            { columns: [{ name: 'id', type: 'int', nullable: false }], rows: [[parameters.id]] },
            { outputs: { found: true, name: 'Ada' } },
            { returnStatus: 3 },
          ]
        : undefined,
    );
    const result = await pool
      .request()
      .input('id', sql.Int, 5)
      .output('found', sql.Bit)
      .output('name', sql.NVarChar(50))
      .execute('find_user');
    expect(result).toMatchObject({ recordsets: [[{ id: 5 }]], output: { found: true, name: 'Ada' }, returnValue: 3 });
    expect(await rejection(pool.request().execute('no_such'))).toMatchObject({ number: 2812, class: 16 });
  });

  it('columns of every type carry their values and NULL', async () => {
    const types = ['text', 'ntext', 'xml', 'varchar(max)', 'nvarchar(max)', 'char(3)', 'nchar(3)'];
    const columns = types.map((type, at) => ({ name: `c${at}`, type }));
    answerWith(() => ({ columns, rows: [types.map(() => 'aé€'), types.map(() => null)] }));
    const { recordset } = await pool.query('go');
    expect(recordset).toEqual([
      Object.fromEntries(columns.map(({ name }) => [name, 'aé€'])),
      Object.fromEntries(columns.map(({ name }) => [name, null])),
    ]);
    answerWith(() => ({ columns: [{ name: 'i', type: 'image' }], rows: [[Buffer.from('bytes')], [null]] }));
    expect((await pool.query('go')).recordset).toEqual([{ i: Buffer.from('bytes') }, { i: null }]);
  });

  it('columns that are never NULL are sent in their fixed types', async () => {
    const row = { a: true, b: 1, c: 2, d: 3, e: '4', f: 1.5, g: 2.5, h: 1.25, i: 2.25 };
    const types = ['bit', 'tinyint', 'smallint', 'int', 'bigint', 'real', 'float', 'smallmoney', 'money'];
    const columns = Object.keys(row).map((name, at) => ({ name, type: types[at] ?? '', nullable: false }));
    const moment = new Date('2024-02-29T13:14:00.000Z');
    const moments = ['datetime', 'smalldatetime'].map((type) => ({ name: type, type, nullable: false }));
    answerWith(() => ({
      columns: [...columns, ...moments],
      rows: [{ ...row, datetime: moment, smalldatetime: moment }],
    }));
    expect((await pool.query('go')).recordset).toEqual([{ ...row, datetime: moment, smalldatetime: moment }]);
  });

  it('rows may come from an asynchronous source', async () => {
    let made = 0;
    answerWith(() => ({
      columns: [{ name: 'n', type: 'int' }],
      rows: (async function* () {
        for (; made < 5000; made += 1) yield [made];
      })(),
    }));
    expect((await pool.query('go')).recordset.length).toBe(5000);
  });

  it('rows are made no faster than the client reads them', async () => {
    let made = 0;
    answerWith(() => ({
      columns: [{ name: 'wide', type: 'nvarchar(max)' }],
      rows: (function* () {
        for (; made < 20_000; made += 1) yield ['x'.repeat(4000)];
      })(),
    }));
    const request = pool.request();
    request.stream = true;
    const ended = new Promise((resolve) => request.on('error', resolve));
    request.once('row', () => request.pause());
    request.query('go');
    let before = -1;
    while (made === 0 || made !== before) {
      before = made;
      await sleep(50);
    }
    expect(made).toBeLessThan(10_000);
    request.cancel();
    expect(await ended).toMatchObject({ code: 'ECANCEL' });
    expect(made).toBeLessThan(20_000);
  });

  it('a parameter of a type that is not spoken is an error by name, and the connection goes on', async () => {
    const table = new sql.Table('ids');
    table.columns.add('id', sql.Int);
    table.rows.add(1);
    answerWith(() => undefined);
    const error = await rejection(pool.request().input('ids', table).execute('p'));
    expect(error).toMatchObject({ number: 8009, message: expect.stringContaining('"ids"') });
    expect((await pool.query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
  });

  it('a handler that fails, or gives a value of the wrong type, is an error at the client', async () => {
    answerWith(() => {
      throw new Error('a slip');
    });
    expect(await rejection(pool.query('go'))).toMatchObject({
      number: 50000,
      message: expect.stringContaining('a slip'),
    });
    answerWith(() => ({ columns: [{ name: 'n', type: 'int' }], rows: [[1], ['x']] }));
    expect(await rejection(pool.query('go'))).toMatchObject({ number: 50000 });
    answerWith(() => undefined);
    expect((await pool.query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
  });

  it('a cancel aborts the handler that is at work', async () => {
    let aborted: Promise<void> | undefined;
    answerWith(({ signal }) => {
      aborted = new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      return aborted.then(() => undefined);
    });
    const request = pool.request();
    const cancelled = rejection(request.query('go'));
    while (aborted === undefined) await new Promise((resolve) => setImmediate(resolve));
    request.cancel();
    await aborted;
    expect(await cancelled).toMatchObject({ code: 'ECANCEL' });
  });

  it('a cancel leaves rows behind that would never come', async () => {
    answerWith(() => ({
      columns: [{ name: 'n', type: 'int' }],
      rows: (async function* () {
        for (let n = 0; n < 20_000; n += 1) yield [n];
        await new Promise(() => {});
      })(),
    }));
    const request = pool.request();
    request.stream = true;
    const ended = new Promise((resolve) => request.on('error', resolve));
    request.once('row', () => request.cancel());
    request.query('go');
    expect(await ended).toMatchObject({ code: 'ECANCEL' });
    answerWith(() => undefined);
    expect((await pool.query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
  });

  it('requests are kept as they were seen, the drivers own ones apart', async () => {
    answerWith(() => ({ rowsAffected: 1 }));
    const before = double.ownRequests().length;
    const statement = new sql.PreparedStatement(pool);
    statement.input('id', sql.Int);
    await statement.prepare('UPDATE x');
    await statement.execute({ id: 4 });
    await statement.unprepare();
    expect(double.ownRequests().slice(before)).toMatchObject([
      { kind: 'prepare', sql: 'UPDATE x', parameters: {} },
      { kind: 'execute', sql: 'UPDATE x', parameters: { id: 4 } },
      { kind: 'unprepare', sql: 'UPDATE x', parameters: {} },
    ]);
  });
});
