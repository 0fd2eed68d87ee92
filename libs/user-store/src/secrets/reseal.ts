import type { DataSource } from 'typeorm';
import { connectDataSource } from '../data-source.ts';
import { toStoreFailure } from '../store-failures.ts';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts';
import { createSealer, KEY_ID, type KeyRing, type Sealer } from './sealing.ts';

const BATCH = 200;

/** What a re-encryption has done so far. `done` of `total` values of old keys are sealed with the current one. */
export type ResealProgress = { readonly table: string; readonly done: number; readonly total: number };

/** A value that does not open with the key that it names, or names none. `key` is the primary key of its row, as text. */
export type UnopenedValue = {
  readonly table: string;
  readonly column: string;
  readonly key: Readonly<Record<string, string>>;
};

export type ResealResult = {
  /** Values that this call has sealed anew. */
  readonly resealed: number;
  /** Values that do not open and were left as they are; `onUnopened` was told each. */
  readonly unopened: number;
  /** What is still sealed with another key: table, key id, how many. Empty: the other keys can go. */
  readonly left: readonly { readonly table: string; readonly keyId: string; readonly count: number }[];
};

export type ResealOptions = {
  /** A PostgreSQL connection string: a secret. */
  readonly databaseUrl: string;
  readonly connectTimeoutMs: number;
  /** See `DatabaseLimits`. */
  readonly throughPooler?: boolean | undefined;
  /** The current key seals; the others open what they have sealed. */
  readonly keyRing: KeyRing;
  readonly onProgress?: (progress: ResealProgress) => void;
  readonly onUnopened?: (value: UnopenedValue) => void;
};

type Row = { key: string[]; sealed: string };

const isOld = (column: string): string => `split_part(${column}, ':', 2) <> $1`;

const nextBatch = (
  dataSource: DataSource,
  { table, column, key }: SealedColumn,
  from: Row | undefined,
  keyId: string,
) => {
  const names = key.map(([name]) => name).join(', ');
  const texts = key.map(([name]) => `${name}::text`).join(', ');
  const values = key.map(([, type], place) => `$${place + 2}::text::${type}`).join(', ');
  const after = from === undefined ? '' : `AND (${names}) > (${values})`;
  return dataSource.query<Row[]>(
    `SELECT ARRAY[${texts}] AS key, ${column} AS sealed FROM ${table} WHERE ${isOld(column)} ${after}
     ORDER BY ${names} LIMIT ${BATCH}`,
    [keyId, ...(from?.key ?? [])],
  );
};

/** Only if the value is still the one that was read: whoever writes at the same time seals with a current key. */
const replace = async (dataSource: DataSource, { table, column, key }: SealedColumn, row: Row, sealed: string) => {
  const match = key.map(([name, type], place) => `${name} = $${place + 3}::text::${type}`).join(' AND ');
  const sql = `UPDATE ${table} SET ${column} = $1 WHERE ${column} = $2 AND ${match} RETURNING 1`;
  const [rows] = await dataSource.query<[unknown[], number]>(sql, [sealed, row.sealed, ...row.key]);
  return rows.length;
};

const keyIdOf = ({ sealed }: Row): string => sealed.split(':')[1] ?? '';

/** Sealed with a key that is not there: no fault of the value. */
const lacksKey = (row: Row, { keys }: KeyRing): boolean => KEY_ID.test(keyIdOf(row)) && !keys.has(keyIdOf(row));

type Scope = { readonly dataSource: DataSource; readonly sealer: Sealer; readonly options: ResealOptions };
type Counts = { readonly resealed: number; readonly unopened: number };

/** Undefined when the value was altered, belongs to another row, or was sealed with another key of the same id. */
const textOf = (sealer: Sealer, { sealed }: Row, place: string): string | undefined => {
  try {
    return sealer.open(sealed, place);
  } catch {
    return undefined;
  }
};

const plus = (one: Counts, other: Counts): Counts => ({
  resealed: one.resealed + other.resealed,
  unopened: one.unopened + other.unopened,
});

const NONE: Counts = { resealed: 0, unopened: 0 };

/** One value that is lost must not keep all others under an old key: it is told by its row, and left. */
const resealRow = async (scope: Scope, sealedColumn: SealedColumn, row: Row): Promise<Counts> => {
  const { dataSource, sealer, options } = scope;
  if (lacksKey(row, options.keyRing)) return NONE;
  const { table, column, key } = sealedColumn;
  const place = sealedColumn.place(row.key);
  const text = textOf(sealer, row, place);
  if (text !== undefined)
    return { ...NONE, resealed: await replace(dataSource, sealedColumn, row, sealer.seal(text, place)) };
  const names = Object.fromEntries(key.map(([name], at) => [name, row.key[at] ?? '']));
  options.onUnopened?.({ table, column, key: names });
  return { ...NONE, unopened: 1 };
};

const resealColumn = async (scope: Scope, sealedColumn: SealedColumn): Promise<Counts> => {
  const { dataSource, options } = scope;
  const { table, column } = sealedColumn;
  const keyId = options.keyRing.currentKeyId;
  const count = `SELECT count(*) AS n FROM ${table} WHERE ${isOld(column)}`;
  const total = Number((await dataSource.query<{ n: string }[]>(count, [keyId]))[0]?.n);
  let counts = NONE;
  let last: Row | undefined;
  do {
    const rows = await nextBatch(dataSource, sealedColumn, last, keyId);
    for (const row of rows) counts = plus(counts, await resealRow(scope, sealedColumn, row));
    last = rows.at(-1);
    options.onProgress?.({ table, done: counts.resealed, total });
  } while (last !== undefined);
  return counts;
};

const leftIn = async ({ dataSource, options }: Scope, { table, column }: SealedColumn) => {
  const rows: { id: string; n: string }[] = await dataSource.query(
    `SELECT split_part(${column}, ':', 2) AS id, count(*) AS n FROM ${table} WHERE ${isOld(column)} GROUP BY 1 ORDER BY 1`,
    [options.keyRing.currentKeyId],
  );
  // What has no key id there was told by its row, and may be anything.
  return rows.filter(({ id }) => KEY_ID.test(id)).map(({ id, n }) => ({ table, keyId: id, count: Number(n) }));
};

/** A table with two sealed columns is one line of the report. */
const perTable = (left: ResealResult['left']): ResealResult['left'] =>
  [...Map.groupBy(left, ({ table, keyId }) => `${table} ${keyId}`).values()].map((rows) => ({
    ...(rows[0] as (typeof rows)[number]),
    count: rows.reduce((sum, { count }) => sum + count, 0),
  }));

/**
 * Seals everything with the current key, in batches, while services run. Safe to interrupt and to repeat: each value is
 * replaced by itself. What was sealed with a key that the ring lacks is left and reported; so is, with its row, a value
 * that does not open with the key that it names.
 * @throws ServiceError STORE_UNAVAILABLE, Error when the ring is none
 */
export const resealAll = async (options: ResealOptions): Promise<ResealResult> => {
  const sealer = createSealer(options.keyRing);
  try {
    const dataSource = await connectDataSource({ ...options, poolSize: 2, statementTimeoutMs: 0 });
    try {
      const scope = { dataSource, sealer, options };
      let counts = NONE;
      for (const column of SEALED_COLUMNS) counts = plus(counts, await resealColumn(scope, column));
      const left = await Promise.all(SEALED_COLUMNS.map((column) => leftIn(scope, column)));
      return { ...counts, left: perTable(left.flat()) };
    } finally {
      await dataSource.destroy();
    }
  } catch (error) {
    throw toStoreFailure(error);
  }
};
