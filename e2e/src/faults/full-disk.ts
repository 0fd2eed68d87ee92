import type { LocalPostgres } from '@userferry/local-databases';

/**
 * No table of users can grow any more, as where the disk is full: PostgreSQL says `disk_full` (53100) of that statement and goes on reading
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html). Resolves to what makes room again.
 */
export const fillDisk = async (store: LocalPostgres): Promise<() => Promise<unknown>> => {
  const query = (sql: string) => store.query(sql, { database: 'userferry' });
  await query(`CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$`);
  await query('CREATE TRIGGER disk_is_full BEFORE INSERT ON users EXECUTE FUNCTION disk_is_full()');
  return () => query('DROP FUNCTION disk_is_full() CASCADE');
};
