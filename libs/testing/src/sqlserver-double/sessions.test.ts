import sql from 'mssql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SqlServerUnderTest, startSqlServer } from './start-sql-server.ts';

// Runs on the double, and on the real server that MSSQL_URL names: so it keeps to what both know.
const server: SqlServerUnderTest = await startSqlServer();
const TABLE = `userferry_${process.pid}`;
const ADA = { id: 1, email: 'ada@example.com', name: 'Ada', logins: 0 };
let pool: sql.ConnectionPool;

beforeAll(async () => {
  pool = await new sql.ConnectionPool(server.config).connect();
});
beforeEach(async () => {
  await pool.query(`DROP TABLE IF EXISTS ${TABLE}`);
  await pool.query(`CREATE TABLE ${TABLE} (
    id int IDENTITY PRIMARY KEY, email nvarchar(255) NOT NULL UNIQUE, name nvarchar(100), logins int NOT NULL DEFAULT 0)`);
  await pool.query(
    `INSERT INTO ${TABLE} (email, name) VALUES (N'ada@example.com', N'Ada'), (N'bob@example.com', NULL)`,
  );
});
afterAll(async () => {
  await pool.query(`DROP TABLE IF EXISTS ${TABLE}`);
  await pool.close();
  await server.stop();
});

const rejection = (promise: Promise<unknown>): Promise<Record<string, unknown> & Error> =>
  promise.then(
    () => expect.unreachable('it was to fail'),
    (error) => error,
  );
const countUsers = async (): Promise<number> =>
  (await pool.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${TABLE}`)).recordset[0]?.n ?? -1;

describe(`connecting with mssql, ${server.description}`, () => {
  it('sql.connect takes a config object, and sql.query then asks that server', async () => {
    const connected = await sql.connect(server.config);
    const { recordset } = await sql.query(`SELECT * FROM ${TABLE} WHERE id = 1`);
    await connected.close();
    expect(recordset).toEqual([ADA]);
  });

  it('sql.connect takes a connection string', async () => {
    const connected = await sql.connect(server.connectionString);
    const { recordset } = await new sql.Request().query('SELECT 1 AS one');
    await connected.close();
    expect(recordset).toEqual([{ one: 1 }]);
  });

  it('a pool serves more requests at once than it has connections', async () => {
    const small = await new sql.ConnectionPool({ ...server.config, pool: { max: 2, min: 0 } }).connect();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        small.request().input('n', sql.Int, n).query<{ n: number }>('SELECT @n AS n'),
      ),
    );
    await small.close();
    expect(answers.map(({ recordset }) => recordset[0]?.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

describe(`queries of mssql, ${server.description}`, () => {
  it('a named input finds a row, whatever the case of the text', async () => {
    const { recordset } = await pool
      .request()
      .input('email', sql.NVarChar, 'ADA@EXAMPLE.COM')
      .query(`SELECT * FROM ${TABLE} WHERE email = @email`);
    expect(recordset).toEqual([ADA]);
  });

  it('a tagged template sends its values as parameters, so that a quote in them is only a quote', async () => {
    const email = "x' OR 1 = 1 --@example.com";
    const { recordset } = await pool.query<{ email: string; n: number; nothing: null }>`
      SELECT ${email} AS email, ${42} AS n, ${null} AS nothing`;
    expect(recordset).toEqual([{ email, n: 42, nothing: null }]);
  });

  it('a row is inserted and gives its new key back', async () => {
    const { recordset, rowsAffected } = await pool
      .request()
      .input('email', 'cy@example.com')
      .input('name', 'Cy')
      .query(`INSERT INTO ${TABLE} (email, name) OUTPUT INSERTED.id, INSERTED.logins VALUES (@email, @name)`);
    expect(recordset).toEqual([{ id: 3, logins: 0 }]);
    expect(rowsAffected).toEqual([1]);
  });

  it('SCOPE_IDENTITY gives the key of the row that the same batch inserted', async () => {
    const { recordset } = await pool
      .request()
      .query(`INSERT INTO ${TABLE} (email) VALUES (N'cy@example.com'); SELECT SCOPE_IDENTITY() AS id`);
    expect(recordset).toEqual([{ id: 3 }]);
  });

  it('updates and deletes say how many rows they changed', async () => {
    const update = await pool.request().input('id', 1).query(`UPDATE ${TABLE} SET logins = 7 WHERE id = @id`);
    const remove = await pool.request().input('id', 99).query(`DELETE FROM ${TABLE} WHERE id = @id`);
    expect([update.rowsAffected, remove.rowsAffected]).toEqual([[1], [0]]);
    expect((await pool.query(`SELECT logins FROM ${TABLE} ORDER BY id`)).recordset).toEqual([
      { logins: 7 },
      { logins: 0 },
    ]);
  });

  it('a page is cut by ORDER BY, OFFSET and FETCH', async () => {
    const { recordset } = await pool
      .request()
      .input('skip', 1)
      .input('take', 5)
      .query(`SELECT email FROM ${TABLE} ORDER BY email DESC OFFSET @skip ROWS FETCH NEXT @take ROWS ONLY`);
    expect(recordset).toEqual([{ email: 'ada@example.com' }]);
  });

  it('one batch gives several result sets and their counts', async () => {
    const { recordsets, rowsAffected } = await pool
      .request()
      .query(
        `SELECT id FROM ${TABLE} WHERE id = 1; UPDATE ${TABLE} SET logins = 1; SELECT email FROM ${TABLE} WHERE id = 2`,
      );
    expect(recordsets).toEqual([[{ id: 1 }], [{ email: 'bob@example.com' }]]);
    expect(rowsAffected).toEqual([1, 2, 1]);
  });

  it('a batch that is no call is answered as well', async () => {
    const { recordset } = await pool.request().batch(`SELECT COUNT(*) AS n FROM ${TABLE}`);
    expect(recordset).toEqual([{ n: 2 }]);
  });

  it('PRINT arrives as an info event', async () => {
    const request = pool.request();
    const messages: string[] = [];
    request.on('info', ({ message }: { message: string }) => messages.push(message));
    await request.query("PRINT N'two grüße'; SELECT 1 AS one");
    expect(messages).toEqual(['two grüße']);
  });

  it('100,000 rows arrive whole and in order', async () => {
    const { recordset } = await pool.query<{ value: number }>('SELECT value FROM GENERATE_SERIES(1, 100000)');
    expect(recordset.length).toBe(100_000);
    expect(recordset.every(({ value }, at) => value === at + 1)).toBe(true);
  });

  it('a stream gives its rows one by one and may pause', async () => {
    const request = pool.request();
    request.stream = true;
    let rows = 0;
    const done = new Promise((resolve, reject) => request.on('done', resolve).on('error', reject));
    request.on('row', () => {
      rows += 1;
      if (rows % 1000 !== 0) return;
      request.pause();
      setImmediate(() => request.resume());
    });
    request.query('SELECT value FROM GENERATE_SERIES(1, 10000)');
    await done;
    expect(rows).toBe(10_000);
  });
});

describe(`prepared statements and transactions of mssql, ${server.description}`, () => {
  it('a prepared statement runs again and again with other values', async () => {
    const statement = new sql.PreparedStatement(pool);
    statement.input('id', sql.Int);
    await statement.prepare(`SELECT email FROM ${TABLE} WHERE id = @id`);
    const answers = [
      await statement.execute({ id: 1 }),
      await statement.execute({ id: 2 }),
      await statement.execute({ id: 9 }),
    ];
    await statement.unprepare();
    expect(answers.map(({ recordset }) => recordset)).toEqual([
      [{ email: 'ada@example.com' }],
      [{ email: 'bob@example.com' }],
      [],
    ]);
  });

  it('a statement is prepared and run in one call, and run again by its handle', async () => {
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    const first = await transaction
      .request()
      .output('handle', sql.Int)
      .input('params', sql.NVarChar, '@id int')
      .input('stmt', sql.NVarChar, `SELECT email FROM ${TABLE} WHERE id = @id`)
      .input('id', sql.Int, 1)
      .execute('sp_prepexec');
    const { handle } = first.output;
    const again = await transaction
      .request()
      .input('handle', sql.Int, handle)
      .input('id', sql.Int, 2)
      .execute('sp_execute');
    await transaction.request().input('handle', sql.Int, handle).execute('sp_unprepare');
    const gone = await rejection(transaction.request().input('handle', sql.Int, handle).execute('sp_execute'));
    await transaction.rollback();
    expect([first.recordset, again.recordset]).toEqual([
      [{ email: 'ada@example.com' }],
      [{ email: 'bob@example.com' }],
    ]);
    expect(gone.number).toBe(8179);
  });

  it('what a transaction wrote is there after its commit', async () => {
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    await transaction.request().query(`INSERT INTO ${TABLE} (email) VALUES (N'cy@example.com')`);
    await transaction.commit();
    expect(await countUsers()).toBe(3);
  });

  it('what a transaction wrote is gone after its rollback', async () => {
    const transaction = new sql.Transaction(pool);
    await transaction.begin(sql.ISOLATION_LEVEL.SERIALIZABLE);
    await transaction.request().query(`INSERT INTO ${TABLE} (email) VALUES (N'cy@example.com')`);
    await transaction.request().query(`UPDATE ${TABLE} SET name = N'changed'`);
    await transaction.request().query(`DELETE FROM ${TABLE} WHERE id = 1`);
    await transaction.rollback();
    expect((await pool.query(`SELECT id, name FROM ${TABLE} ORDER BY id`)).recordset).toEqual([
      { id: 1, name: 'Ada' },
      { id: 2, name: null },
    ]);
  });

  it('with XACT_ABORT an error rolls the transaction back and tells the client', async () => {
    const options = { ...server.config.options, abortTransactionOnError: true };
    const strict = await new sql.ConnectionPool({ ...server.config, options }).connect();
    const transaction = new sql.Transaction(strict);
    const rolledBack: boolean[] = [];
    transaction.on('rollback', (aborted: boolean) => rolledBack.push(aborted));
    await transaction.begin();
    await transaction.request().query(`INSERT INTO ${TABLE} (email) VALUES (N'cy@example.com')`);
    const error = await rejection(
      transaction.request().query(`INSERT INTO ${TABLE} (email) VALUES (N'cy@example.com')`),
    );
    await strict.close();
    expect([error.number, rolledBack]).toEqual([2627, [true]]);
    expect(await countUsers()).toBe(2);
  });
});

describe(`errors that mssql reports, ${server.description}`, () => {
  it('a duplicate key is error 2627 of class 14, and the connection goes on', async () => {
    const error = await rejection(pool.query(`INSERT INTO ${TABLE} (email) VALUES (N'Ada@example.com')`));
    expect(error).toMatchObject({ name: 'RequestError', code: 'EREQUEST', number: 2627, class: 14, state: 1 });
    expect(error.message).toMatch(
      /^Violation of UNIQUE KEY constraint .* Cannot insert duplicate key in object 'dbo\./,
    );
    expect(await countUsers()).toBe(2);
  });

  it.each([
    ['an unknown table', 'SELECT * FROM no_such_table', 208, 16, "Invalid object name 'no_such_table'."],
    ['an unknown column', `SELECT nope FROM ${TABLE}`, 207, 16, "Invalid column name 'nope'."],
    ['an unknown column in WHERE', `DELETE FROM ${TABLE} WHERE nope = 1`, 207, 16, "Invalid column name 'nope'."],
    [
      'an undeclared variable',
      `SELECT * FROM ${TABLE} WHERE id = @nope`,
      137,
      15,
      'Must declare the scalar variable "@nope".',
    ],
    ['an error of the script itself', "THROW 51000, 'as it likes', 3", 51000, 16, 'as it likes'],
  ])('%s has its number and class', async (_, query, number, severity, message) => {
    const error = await rejection(pool.query(query));
    expect({ number: error.number, class: error.class, message: error.message }).toEqual({
      number,
      class: severity,
      message,
    });
  });

  it('NULL in a column that takes none is error 515, a text that is too long 2628', async () => {
    const nothing = await rejection(pool.query(`INSERT INTO ${TABLE} (name) VALUES (N'Nobody')`));
    const long = await rejection(
      pool.request().input('name', 'n'.repeat(101)).query(`UPDATE ${TABLE} SET name = @name WHERE id = 1`),
    );
    expect([nothing.number, long.number]).toEqual([515, 2628]);
  });

  it('a statement of several rows happens as a whole or not at all', async () => {
    const error = await rejection(
      pool.query(`INSERT INTO ${TABLE} (email) VALUES (N'cy@example.com'), (N'cy@example.com')`),
    );
    expect(error.number).toBe(2627);
    expect(await countUsers()).toBe(2);
  });

  it('a cancelled request ends with ECANCEL, and its connection goes on', async () => {
    const one = await new sql.ConnectionPool({ ...server.config, pool: { max: 1, min: 1 } }).connect();
    const request = one.request();
    const cancelled = rejection(request.query("WAITFOR DELAY '00:00:30'"));
    setTimeout(() => request.cancel(), 100);
    expect(await cancelled).toMatchObject({ name: 'RequestError', code: 'ECANCEL' });
    expect((await one.query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
    await one.close();
  });

  it('a request that takes too long ends with ETIMEOUT, and its connection goes on', async () => {
    const one = await new sql.ConnectionPool({
      ...server.config,
      requestTimeout: 200,
      pool: { max: 1, min: 1 },
    }).connect();
    const error = await rejection(one.query("WAITFOR DELAY '00:00:30'"));
    expect(error).toMatchObject({ code: 'ETIMEOUT' });
    expect((await one.query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
    await one.close();
  });

  it('a cancel in the middle of a large result leaves a connection that works', async () => {
    const one = await new sql.ConnectionPool({ ...server.config, pool: { max: 1, min: 1 } }).connect();
    const request = one.request();
    request.stream = true;
    const ended = new Promise((resolve) => request.on('error', resolve));
    request.once('row', () => request.cancel());
    request.query('SELECT value FROM GENERATE_SERIES(1, 1000000)');
    expect(await ended).toMatchObject({ code: 'ECANCEL' });
    expect((await one.query('SELECT 2 AS two')).recordset).toEqual([{ two: 2 }]);
    await one.close();
  });
});
