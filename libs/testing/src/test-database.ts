import { randomBytes } from 'node:crypto';
import { type LocalPgbouncer, type LocalPostgres, startPgbouncer, startPostgres } from '@userferry/local-databases';
import { type Hold, holdTable } from './hold-table.ts';

/** An empty database of its own on a real PostgreSQL. */
export type TestDatabase = AsyncDisposable & {
  /** Connection string of the database's owner. */
  readonly url: string;
  /** Runs SQL in the database as the superuser and returns the rows. */
  readonly query: <Row = Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<Row[]>;
  /** Locks a table as long as a test wants. */
  readonly hold: (table: string) => Promise<Hold>;
  /** Every row of every table as text, to look for what must not be there. */
  readonly dump: () => Promise<string>;
  /** The server, to be stopped and started under the subject. Other databases of the same test file share it. */
  readonly server: LocalPostgres;
};

type Shared = { readonly server: LocalPostgres; readonly pooler: LocalPgbouncer | undefined };

let users = 0;
let pooled = false;
let shared: Promise<Shared> | undefined;

const start = async (): Promise<Shared> => {
  const server = await startPostgres();
  return { server, pooler: pooled ? await startPgbouncer({ target: server, poolSize: 60 }) : undefined };
};

const release = async ({ server, pooler }: Shared): Promise<void> => {
  users -= 1;
  if (users > 0) return;
  shared = undefined;
  await pooler?.stop();
  await server.stop();
};

/** Until what this returns is called, new databases are reached through a PgBouncer in transaction mode, as services may. */
export const useTestPooler = (): (() => void) => {
  pooled = true;
  return () => {
    pooled = false;
  };
};

const dump = async (query: TestDatabase['query']): Promise<string> => {
  const tables = await query<{ name: string }>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await query<{ text: string }>(`SELECT t::text AS text FROM ${name} AS t`);
    texts.push(`-- ${name}`, ...rows.map(({ text }) => text));
  }
  return texts.join('\n');
};

/** Whether they are. */
export const leadsThroughPooler = (): boolean => pooled;

/**
 * A fresh database on a temporary embedded PostgreSQL, one server for all databases that are open at a time. Dispose
 * every one: the last takes the server and its folder with it.
 */
export const testDatabase = async (): Promise<TestDatabase> => {
  users += 1;
  shared ??= start();
  const running = await shared;
  const { server, pooler } = running;
  const name = `test_${randomBytes(8).toString('hex')}`;
  const direct = await server.createDatabase(name, { owner: name });
  const query: TestDatabase['query'] = <Row>(sql: string, values: unknown[] = []) =>
    server.query<Row>(sql, { values, database: name });
  const url = pooler === undefined ? direct : pooler.through(direct);
  const hold = (table: string) => holdTable({ server, database: name, table, mode: 'ACCESS EXCLUSIVE' });
  return { url, query, hold, dump: () => dump(query), server, [Symbol.asyncDispose]: () => release(running) };
};
