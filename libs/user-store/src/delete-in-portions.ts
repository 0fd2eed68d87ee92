import type { DataSource } from 'typeorm';

/** Rows of a table that are to go, found by an index. */
export type Outlived = {
  readonly table: string;
  /** The primary key's columns, with commas between. */
  readonly key: string;
  /** Which, with `$1`, `$2` … for the values; no alias. */
  readonly where: string;
  /** The column by which they are found, the oldest first. */
  readonly by: string;
  readonly values: readonly unknown[];
};

const PORTION = 5_000;
// A sweep that has fallen behind catches up over several rounds, and a connection is free in between.
const PORTIONS_MAX = 100;

/**
 * Deletes portion by portion, each one a statement of its own: none runs out of time, none holds many locks, and replicas
 * that sweep at once take different rows. Returns how many rows went.
 */
export const deleteInPortions = async (
  dataSource: DataSource,
  { table, key, where, by, values }: Outlived,
): Promise<number> => {
  const sql = `DELETE FROM ${table} WHERE (${key}) IN (
    SELECT ${key} FROM ${table} WHERE ${where} ORDER BY ${by} LIMIT ${PORTION} FOR UPDATE SKIP LOCKED)`;
  let total = 0;
  for (let portion = 0; portion < PORTIONS_MAX; portion += 1) {
    const [, deleted] = await dataSource.query<[unknown[], number]>(sql, [...values]);
    total += deleted;
    if (deleted < PORTION) break;
  }
  return total;
};
