import { hasPgbouncer, startPgbouncer } from '@userferry/local-databases';
import { type TestDatabase, testDatabase, UNTIL_SOMEBODY_WAITS } from '@userferry/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDataSource } from '../data-source.ts';
import { createStatements, type Statements } from './create-statements.ts';
import type { Row, StatementCall } from './statement.ts';

const stack = new AsyncDisposableStack();
let database: TestDatabase;
let source: DataSource;
let run: Statements;

const connect = (databaseUrl: string) =>
  connectDataSource({ databaseUrl, poolSize: 3, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 });

beforeAll(async () => {
  database = stack.use(await testDatabase());
  source = await connect(database.url);
  stack.defer(() => source.destroy());
  run = createStatements(source, {});
  await source.query('CREATE TABLE things (n int PRIMARY KEY)');
});
afterAll(() => stack.disposeAsync());

const call = (name: string, text: string, ...values: unknown[]): StatementCall => ({
  statement: { name, text },
  values,
});
const insert = (n: unknown) => call('insert_thing', 'INSERT INTO things VALUES ($1)', n);
const select = (n: number) => call('select_thing', 'SELECT n FROM things WHERE n = $1', n);
const halve = (by: number) => call('halve', 'SELECT 10 / $1::int AS n', by);
const has = async (n: number): Promise<boolean> =>
  (await database.query(`SELECT FROM things WHERE n = ${n}`)).length > 0;

describe('statements that are sent together', () => {
  it('answer with the rows of each, in types of their own', async () => {
    const text = 'SELECT $1::timestamptz AS at, $2::bytea AS bytes, $3::jsonb AS json, $4::int AS none';
    const facts = call('facts', text, new Date(7), Buffer.from([0, 255]), '{"a":[1]}', null);
    const [[row], none, [two]] = await run<[Row[], Row[], Row[]]>(facts, select(-1), halve(5));
    expect(row).toEqual({ at: new Date(7), bytes: Buffer.from([0, 255]), json: { a: [1] }, none: null });
    expect([none, two]).toEqual([[], { n: 2 }]);
  });

  it.each([0, 1, 2])('are done all or not at all, whichever fails (%s), and can be sent again', async (place) => {
    const n = 100 + place;
    const calls = [insert(n), insert(n + 10), insert(n + 20)];
    const failing = calls.toSpliced(place, 0, halve(0));
    await expect(run(...failing)).rejects.toMatchObject({ code: '22012' });
    expect([await has(n), await has(n + 10), await has(n + 20)]).toEqual([false, false, false]);
    await run(...calls);
    expect([await has(n), await has(n + 10), await has(n + 20)]).toEqual([true, true, true]);
    await expect(run(...calls)).rejects.toMatchObject({ code: '23505' });
  });

  it('each see what was committed when they began: one that waited for a row does not hide it from the next', async () => {
    await database.query('INSERT INTO things VALUES (1)');
    const other = database.query(
      `BEGIN; SELECT FROM things WHERE n = 1 FOR UPDATE; INSERT INTO things VALUES (2); ${UNTIL_SOMEBODY_WAITS}; COMMIT`,
    );
    const asleep = `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
    await expect.poll(() => database.query(asleep)).toHaveLength(1);
    const lock = call('lock_thing', 'SELECT FROM things WHERE n = $1 FOR KEY SHARE', 1);
    const [, [seen]] = await run<[Row[], Row[]]>(lock, select(2));
    await other;
    expect(seen).toEqual({ n: 2 });
  });

  it('are not begun when a value cannot be written', async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    await expect(run(insert(50), insert(circular))).rejects.toThrow(/circular/);
    expect(await has(50)).toBe(false);
    await run(insert(50));
    expect(await has(50)).toBe(true);
  });

  it('many at once, more than there are connections', async () => {
    const halves = await Promise.all(
      Array.from({ length: 40 }, (_, n) => run<[Row[], Row[], Row[]]>(halve(n + 1), select(-1), halve(1))),
    );
    expect(halves.map(([[row]]) => row?.n)).toEqual(Array.from({ length: 40 }, (_, n) => Math.floor(10 / (n + 1))));
  });
});

describe('statements that were prepared', () => {
  const prepared = () => source.query<{ name: string }[]>('SELECT name FROM pg_prepared_statements');

  it('are kept by the server, under their names', async () => {
    await run(halve(2));
    expect((await prepared()).map(({ name }) => name)).toContain('halve');
  });

  it('and are gone, do no harm: they go without', async () => {
    const own = createStatements(source, {});
    await own(halve(2), insert(60));
    await Promise.all(Array.from({ length: 3 }, () => source.query('SELECT pg_sleep(0.1); DEALLOCATE ALL')));
    const [[row]] = await own<[Row[], Row[]]>(halve(5), insert(61));
    expect([row, await has(61)]).toEqual([{ n: 2 }, true]);
    expect(await prepared()).toEqual([]);
  });

  it.skipIf(!hasPgbouncer())('do none behind a pooler of which nobody told', async () => {
    const sessions = { ignore_startup_parameters: 'statement_timeout, idle_in_transaction_session_timeout, options' };
    await using pooler = await startPgbouncer({ target: database.server, poolSize: 2, settings: sessions });
    const pooled = await connect(pooler.through(database.url));
    try {
      const own = createStatements(pooled, {});
      const halves = await Promise.all(
        Array.from({ length: 40 }, (_, n) => own<[Row[], Row[]]>(halve(n + 1), insert(1_000 + n))),
      );
      expect(halves.map(([[row]]) => row?.n)).toEqual(Array.from({ length: 40 }, (_, n) => Math.floor(10 / (n + 1))));
      expect(await database.query('SELECT FROM things WHERE n >= 1000')).toHaveLength(40);
    } finally {
      await pooled.destroy();
    }
  });
});
