import { randomUUID } from 'node:crypto';
import type { LocalPostgres } from '@userferry/local-databases';

/** A table that is locked, so that whoever needs it waits. */
export type Hold = {
  /** Resolves when somebody waits for the table. */
  readonly met: () => Promise<void>;
  readonly release: () => Promise<void>;
};

export type HoldOptions = {
  readonly server: Pick<LocalPostgres, 'query'>;
  readonly database: string;
  readonly table: string;
  /** As PostgreSQL names it: `ACCESS EXCLUSIVE` for everyone, `SHARE ROW EXCLUSIVE` for writers alone. */
  readonly mode: string;
};

/** SQL that lasts until a session of the server waits for a lock, for half a minute at the most: a transaction that is to meet one. */
export const UNTIL_SOMEBODY_WAITS = `DO $$ BEGIN FOR n IN 1..1500 LOOP
  EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted); PERFORM pg_sleep(0.02); END LOOP; END $$`;

const PATIENCE_MS = 20_000;

const until = async (what: string, isTrue: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`${what} did not come about`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Locks a table in a session of its own, for a minute at the most. */
export const holdTable = async ({ server, database, table, mode }: HoldOptions): Promise<Hold> => {
  const tag = `hold ${randomUUID()}`;
  const any = async (sql: string, values: unknown[]) => (await server.query(sql, { database, values })).length > 0;
  const sleeping = `SELECT 1 FROM pg_stat_activity WHERE query LIKE $1 AND wait_event = 'PgSleep' AND pid <> pg_backend_pid()`;
  const waiting = 'SELECT 1 FROM pg_locks WHERE NOT granted AND relation = $1::regclass';
  const session = server
    .query(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE; SELECT pg_sleep(60) /* ${tag} */`, { database })
    .catch(() => undefined);
  await until(`the lock of ${table}`, () => any(sleeping, [`%${tag}%`]));
  return {
    met: () => until(`anybody who waits for ${table}`, () => any(waiting, [table])),
    release: async () => {
      const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE $1 AND pid <> pg_backend_pid()`;
      await server.query(end, { database, values: [`%${tag}%`] }).catch(() => undefined);
      await session;
    },
  };
};
