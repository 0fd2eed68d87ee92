import { describe, expect, it } from 'vitest';
import type { SqlRow, SqlStep } from '../query.ts';
import { createSessionState } from '../session/session-state.ts';
import { parseSqlType } from '../types/sql-type.ts';
import { runBatch } from './run-batch.ts';
import type { Tables } from './table.ts';

const start = () => {
  const tables: Tables = new Map();
  const session = createSessionState(51);
  const run = (sql: string, values: Record<string, [type: string, value: unknown]> = {}): SqlStep[] => {
    const parameters = Object.entries(values).map(([name, [type, value]]) => ({
      name,
      output: false,
      type: parseSqlType(type),
      value,
    }));
    const steps: SqlStep[] = [];
    for (const step of runBatch(sql, { tables, parameters, session })) {
      if ('transaction' in step) session.transactions[step.transaction]();
      steps.push(step);
    }
    return steps;
  };
  const rows = (sql: string, values?: Record<string, [string, unknown]>): SqlRow[] =>
    run(sql, values).flatMap((step) => ('columns' in step ? [...(step.rows as Iterable<SqlRow>)] : []));
  const error = (sql: string): number | undefined =>
    run(sql).flatMap((step) => ('error' in step ? [step.error.number] : []))[0];
  run(`CREATE TABLE [dbo].[people] (id int IDENTITY(1,1) PRIMARY KEY, "name" nvarchar(20), age int, seen datetime2(3),
       kind varchar(10) NOT NULL DEFAULT ('user'), token uniqueidentifier DEFAULT NEWID())`);
  run("INSERT INTO people (name, age) VALUES (N'Ada', 36), ('Bob', NULL), (N'O''Brien', 50)");
  return { run, rows, error };
};

describe('conditions', () => {
  it.each([
    ["name = 'ADA'", [1]],
    ["name = N'Ada   '", [1]],
    ['age > 36', [3]],
    ['age >= 36 AND age <= 50', [1, 3]],
    ['age <> 36', [3]],
    ['NOT age = 36', [3]],
    ['age IS NULL', [2]],
    ['age IS NOT NULL', [1, 3]],
    ["age = 36 OR name = 'bob'", [1, 2]],
    ["(age = 36 OR name = 'bob') AND id > 1", [2]],
    ['id IN (1, 3, 99)', [1, 3]],
    ['id NOT IN (1, 3)', [2]],
    ['age NOT IN (1, NULL)', []],
    ["name LIKE 'o''%'", [3]],
    ["name NOT LIKE '_d_'", [2, 3]],
    ["LOWER(name) = 'bob'", [2]],
    ["age = '36'", [1]],
    ['p.age = 36', [1]],
    ['token = token', [1, 2, 3]],
    ["kind = 'user' -- a remark\n /* and another */", [1, 2, 3]],
  ])('WHERE %s', (where, ids) => {
    const { rows } = start();
    expect(rows(`SELECT p.id FROM dbo.people AS p WHERE ${where} ORDER BY id`)).toEqual(ids.map((id) => [id]));
  });

  it('parameters compare as their types, NULL with nothing', () => {
    const { rows } = start();
    expect(rows('SELECT id FROM people WHERE age = @a', { a: ['decimal(9, 2)', '36.00'] })).toEqual([[1]]);
    expect(rows('SELECT id FROM people WHERE age = @a OR id = @b', { a: ['int', null], b: ['bigint', 3n] })).toEqual([
      [3],
    ]);
  });
});

describe('statements', () => {
  it('rows are sorted by several columns, NULL first, and cut by TOP', () => {
    const { rows } = start();
    expect(rows('SELECT TOP (2) name AS who, age FROM people p ORDER BY age, who DESC')).toEqual([
      ['Bob', null],
      ['Ada', 36],
    ]);
  });

  it('an update changes what its condition meets, from values of the row itself', () => {
    const { run, rows } = start();
    expect(
      run("UPDATE people SET kind = name, seen = '2024-02-29T10:00:00' OUTPUT INSERTED.id WHERE age = 36"),
    ).toMatchObject([{ columns: [{ name: 'id' }], rows: [[1]] }]);
    expect(rows('SELECT kind, seen FROM people WHERE id = 1')).toEqual([['Ada', new Date('2024-02-29T10:00:00Z')]]);
  });

  it('a statement that fails for one row leaves all rows as they were, and the batch goes on', () => {
    const { run, rows } = start();
    expect(run('UPDATE people SET id = 7; SELECT COUNT(*) AS n FROM people WHERE id = 7')).toMatchObject([
      { error: { number: 2627, class: 14 } },
      { print: { number: 3621 } },
      { rows: [[0]] },
    ]);
    expect(rows('SELECT id FROM people')).toEqual([[1], [2], [3]]);
  });

  it('a rollback takes back inserts, updates and deletes, in the order of the rows', () => {
    const { run, rows } = start();
    const before = rows('SELECT * FROM people');
    run(
      "BEGIN TRAN; DELETE FROM people WHERE id = 2; INSERT INTO people (name) VALUES ('new'); UPDATE people SET age = 1",
    );
    expect(rows('SELECT name FROM people')).toEqual([['Ada'], ["O'Brien"], ['new']]);
    run('ROLLBACK TRANSACTION');
    expect(rows('SELECT * FROM people')).toEqual(before);
  });

  it.each([
    ['SELECT * FROM nowhere', 208],
    ['SELECT nope FROM people', 207],
    ['UPDATE people SET nope = 1', 207],
    ['SELECT @missing AS a', 137],
    ['SELECT frobnicate(1) AS a', 195],
    ["UPDATE people SET age = 'old'", 245],
    ["SELECT id FROM people WHERE age = 'old'", 245],
    ["INSERT INTO people (name) VALUES ('a name that is much too long')", 2628],
    ['INSERT INTO people (kind) VALUES (NULL)', 515],
    ['INSERT INTO people (name, age) VALUES (1)', 110],
    ['CREATE TABLE people (a int)', 2714],
    ['DROP TABLE nowhere', 208],
    ['COMMIT', 3902],
    ['ROLLBACK', 3903],
    ["THROW 50007, 'own', 9", 50007],
    ['MERGE INTO people USING x', 102],
    ['SELECT id FROM people WHERE', 102],
    ['SELECT id FROM people; SELECT ^', 102],
  ])('%s is error %i', (sql, number) => {
    expect(start().error(sql)).toBe(number);
  });

  it('settings are taken without semicolons between them, as drivers send them', () => {
    const { run } = start();
    expect(run('set ansi_nulls on\nset transaction isolation level read committed\nset nocount on')).toEqual([]);
  });
});
