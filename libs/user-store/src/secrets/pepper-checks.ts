import type { DataSource } from 'typeorm';
import { isReadOnly } from '../store-failures.ts';

/** Of each pepper, by its id, a value that is made of it and of which it cannot be had back. */
export type PepperChecks = ReadonlyMap<string, Uint8Array>;

// As many as there ever were peppers: a handful.
const KNOWN = 'SELECT pepper_id AS id, check_value AS value FROM pepper_checks';

// Of replicas that start at once one is the first; the others are held against what it noted.
const NOTE = `INSERT INTO pepper_checks (pepper_id, check_value)
  SELECT * FROM unnest($1::text[], $2::bytea[]) ON CONFLICT DO NOTHING`;

const knownChecks = async (dataSource: DataSource): Promise<ReadonlyMap<string, Buffer>> => {
  const rows = await dataSource.query<{ id: string; value: Buffer }[]>(KNOWN);
  return new Map(rows.map(({ id, value }) => [id, value]));
};

const note = async (dataSource: DataSource, checks: PepperChecks, ids: readonly string[]): Promise<void> => {
  try {
    // In one order, so that two who note the same do not wait for each other.
    const sorted = [...ids].sort();
    await dataSource.query(NOTE, [sorted, sorted.map((id) => Buffer.from(checks.get(id) ?? []))]);
  } catch (error) {
    // A store that is read-only for now takes no hash either: a later start notes it.
    if (!isReadOnly(error)) throw error;
  }
};

/**
 * The ids under which the store has known other peppers than these. An id that it does not know yet is noted with what is
 * given now; where hashes were made with it before, by a version that noted nothing, nobody can say whether it is the same.
 */
export const findOtherPeppers = async (dataSource: DataSource, checks: PepperChecks): Promise<readonly string[]> => {
  const ids = [...checks.keys()];
  let known = await knownChecks(dataSource);
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    await note(dataSource, checks, unknown);
    known = await knownChecks(dataSource);
  }
  return ids.filter((id) => known.get(id)?.equals(checks.get(id) ?? Buffer.alloc(0)) === false);
};
