import type { LocalPostgres } from '@userferry/local-databases';

type Definition = { readonly table: string; readonly name: string; readonly definition: string };

/** What is kept up to date at each row: primary keys and unique constraints, foreign keys to and from, other indexes. */
const definitionsOf = async (query: <Row>(sql: string) => Promise<Row[]>, tables: readonly string[]) => {
  const list = tables.map((table) => `'${table}'::regclass`).join(', ');
  const constraints = (kinds: string, where: string) =>
    query<Definition>(
      `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE contype IN (${kinds}) AND (${where})`,
    );
  const keys = await constraints(`'p', 'u'`, `conrelid IN (${list})`);
  const references = await constraints(`'f'`, `conrelid IN (${list}) OR confrelid IN (${list})`);
  const indexes = await query<Definition>(
    `SELECT indrelid::regclass::text AS table, indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
     FROM pg_index WHERE indrelid IN (${list}) AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)`,
  );
  return { keys, references, indexes };
};

/** Enough for the largest of these to be sorted in memory. */
const FAST = `SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 2;`;

/**
 * Loads rows into tables that have neither index nor constraint meanwhile, and gives those back: of many rows, a fraction of
 * the time. Foreign keys count for new rows from then on, and what was loaded is believed.
 */
export const bulkLoad = async (
  { server, database }: { readonly server: LocalPostgres; readonly database: string },
  tables: readonly string[],
  load: () => Promise<void>,
): Promise<void> => {
  const query = <Row>(sql: string) => server.query<Row>(sql, { database });
  const { keys, references, indexes } = await definitionsOf(query, tables);
  for (const { table, name } of [...references, ...keys]) await query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  for (const { name } of indexes) await query(`DROP INDEX ${name}`);
  await load();
  for (const { table, name, definition } of keys)
    await query(`${FAST} ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  for (const { definition } of indexes) await query(`${FAST} ${definition}`);
  for (const { table, name, definition } of references)
    await query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition} NOT VALID`);
};
