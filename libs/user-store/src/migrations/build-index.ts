import type { QueryRunner } from 'typeorm';

const INVALID = `
  SELECT 1 FROM pg_index AS i WHERE i.indexrelid = to_regclass($1) AND NOT i.indisvalid`;

/**
 * Builds an index while the table is written to, outside a transaction. A build that was cut off leaves one that is kept up
 * and never used: it is built anew.
 */
export const buildIndex = async (runner: QueryRunner, name: string, on: string): Promise<void> => {
  const cutOff = await runner.query(INVALID, [name]);
  if (cutOff.length > 0) await runner.query(`DROP INDEX CONCURRENTLY ${name}`);
  await runner.query(`CREATE INDEX CONCURRENTLY IF NOT EXISTS ${name} ON ${on}`);
};
