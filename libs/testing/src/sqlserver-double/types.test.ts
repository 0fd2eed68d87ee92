import sql from 'mssql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SqlServerUnderTest, startSqlServer } from './start-sql-server.ts';

const server: SqlServerUnderTest = await startSqlServer();
let pool: sql.ConnectionPool;
beforeAll(async () => {
  pool = await new sql.ConnectionPool(server.config).connect();
});
afterAll(async () => {
  await pool.close();
  await server.stop();
});

const day = new Date('2024-02-29T00:00:00.000Z');
const moment = new Date('2024-02-29T13:14:15.678Z');
const old = new Date('0001-01-01T00:00:00.000Z');
const clock = new Date('1970-01-01T23:59:59.999Z');
const id = '6F9619FF-8B86-D011-B42D-00C04FC964FF';
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

type Case = [name: string, type: sql.ISqlType | (() => sql.ISqlType), value: unknown, result?: unknown];

// The declared types know no length for Binary, the driver does.
const binaryOf = sql.Binary as unknown as (length: number) => sql.ISqlType;

const CASES: Case[] = [
  ['bit, true', sql.Bit, true],
  ['bit, false', sql.Bit, false],
  ['tinyint', sql.TinyInt, 255],
  ['smallint', sql.SmallInt, -32_768],
  ['int, least', sql.Int, -2_147_483_648],
  ['int, zero', sql.Int, 0],
  ['bigint beyond doubles', sql.BigInt, '9223372036854775807'],
  ['bigint, least', sql.BigInt, '-9223372036854775808'],
  ['real', sql.Real, 1.5],
  ['float', sql.Float, -1.7976931348623157e308],
  ['decimal', sql.Decimal(9, 2), -1234567.89],
  ['decimal of 19 digits', sql.Decimal(19, 4), 1234.5678],
  ['numeric of 28 digits', sql.Numeric(28, 3), 1234567.125],
  ['numeric of 38 digits', sql.Numeric(38, 0), 42],
  ['money', sql.Money, -922337.2036],
  ['smallmoney', sql.SmallMoney, 214.7483],
  ['date', sql.Date, day],
  ['date, first of all', sql.Date, old],
  ['time', sql.Time(7), clock],
  ['time of whole seconds', sql.Time(0), new Date('1970-01-01T23:59:58.000Z')],
  ['datetime2', sql.DateTime2(7), moment],
  ['datetime2 of milliseconds', sql.DateTime2(3), moment],
  ['datetimeoffset', sql.DateTimeOffset(7), moment],
  ['datetime, in steps of 1/300 s', sql.DateTime, moment, new Date('2024-02-29T13:14:15.677Z')],
  ['datetime before 1900', sql.DateTime, new Date('1753-01-01T23:59:59.000Z')],
  ['smalldatetime', sql.SmallDateTime, new Date('2024-02-29T13:14:00.000Z')],
  ['char, filled up', sql.Char(5), 'abc', 'abc  '],
  ['nchar, filled up', sql.NChar(4), 'ü', 'ü   '],
  ['varchar', sql.VarChar(50), 'Grüße für 5 € … “quoted”'],
  ['varchar(max)', sql.VarChar(sql.MAX), 'é'.repeat(20_000)],
  ['nvarchar', sql.NVarChar(50), '漢字 😀 ñ'],
  ['nvarchar, empty', sql.NVarChar(50), ''],
  ['nvarchar of 4000', sql.NVarChar(4000), 'ß'.repeat(4000)],
  ['nvarchar(max), empty', sql.NVarChar(sql.MAX), ''],
  ['nvarchar(max) over many packets', sql.NVarChar(sql.MAX), '😀'.repeat(50_000)],
  ['binary', binaryOf(4), Buffer.from([1, 2, 0, 255])],
  ['varbinary', sql.VarBinary(300), everyByte],
  ['varbinary(max)', sql.VarBinary(sql.MAX), Buffer.alloc(70_000, everyByte)],
  ['uniqueidentifier', sql.UniqueIdentifier, id],
];

describe(`types that mssql sends and gets back, ${server.description}`, () => {
  it.each(CASES)('%s', async (_, type, value, result = value) => {
    const { recordset } = await pool.request().input('v', type, value).query<{ v: unknown }>('SELECT @v AS v');
    expect(recordset[0]?.v).toEqual(result);
  });

  it.each(CASES)('NULL as %s', async (_, type) => {
    const { recordset } = await pool.request().input('v', type, null).query('SELECT @v AS v');
    expect(recordset).toEqual([{ v: null }]);
  });

  it('the fraction of a datetime2 survives to its last of seven digits', async () => {
    const precise: Date & { nanosecondDelta?: number } = new Date('2024-02-29T13:14:15.678Z');
    precise.nanosecondDelta = 0.0009 / 1000;
    const { recordset } = await pool.request().input('v', sql.DateTime2(7), precise).query('SELECT @v AS v');
    expect(recordset[0].v).toEqual(new Date(precise.getTime()));
    expect(recordset[0].v.nanosecondsDelta).toBeCloseTo(0.0000009, 8);
  });

  it('columns say their types, sizes and whether they may be NULL', async () => {
    const table = `userferry_types_${process.pid}`;
    await pool.query(
      `CREATE TABLE ${table} (id int IDENTITY PRIMARY KEY, name nvarchar(40), price decimal(9, 2) NOT NULL)`,
    );
    const { columns } = (await pool.query(`SELECT * FROM ${table}`)).recordset;
    await pool.query(`DROP TABLE ${table}`);
    expect(columns.id).toMatchObject({ type: sql.Int, nullable: false, identity: true });
    expect(columns.name).toMatchObject({ type: sql.NVarChar, length: 80, nullable: true });
    expect(columns.price).toMatchObject({ type: sql.Decimal, precision: 9, scale: 2, nullable: false });
  });

  it('rows with many NULLs among other values keep every value in its column', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `c${at}`);
    const request = pool.request();
    for (const [at, name] of names.entries()) request.input(name, sql.Int, at % 3 === 0 ? null : at);
    const { recordset } = await request.query(`SELECT ${names.map((name) => `@${name} AS ${name}`).join(', ')}`);
    expect(recordset).toEqual([Object.fromEntries(names.map((name, at) => [name, at % 3 === 0 ? null : at]))]);
  });
});
