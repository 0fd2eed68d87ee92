import type { DataSource } from 'typeorm';
import { connectDataSource } from './data-source.ts';
import { settingsPlace, sourcePlace, writtenPlace } from './repositories/connection-versions.ts';
import { detailsPlace } from './repositories/script-runs.ts';
import { createSealer, type KeyRing, type Sealer } from './sealing.ts';
import { toStoreFailure } from './store-failures.ts';

/** Everything that is sealed: where it is, what names its row, and the place that it was sealed to. */
type SealedColumn = {
  readonly table: string;
  readonly column: string;
  /** The primary key, with its types for a comparison. */
  readonly key: readonly (readonly [name: string, type: string])[];
  readonly place: (key: readonly string[]) => string;
};

const at = (key: readonly string[], place: number): string => key[place] ?? '';

const SEALED: readonly SealedColumn[] = [
  {
    table: 'connection_versions',
    column: 'sealed_settings',
    key: [
      ['connection_id', 'uuid'],
      ['version', 'int4'],
    ],
    place: (key) => settingsPlace(at(key, 0), Number(at(key, 1))),
  },
  { table: 'scripts', column: 'sealed_source', key: [['id', 'uuid']], place: (key) => sourcePlace(at(key, 0)) },
  { table: 'scripts', column: 'sealed_written', key: [['id', 'uuid']], place: (key) => writtenPlace(at(key, 0)) },
  {
    table: 'script_runs',
    column: 'sealed_details',
    key: [
      ['user_pool_id', 'uuid'],
      ['run_id', 'text'],
    ],
    place: (key) => detailsPlace(at(key, 0), at(key, 1)),
  },
];

const BATCH = 200;

/** What a re-encryption has done so far. `done` of `total` values of old keys are sealed with the current one. */
export type ResealProgress = { readonly table: string; readonly done: number; readonly total: number };

export type ResealResult = {
  /** Values that this call has sealed anew. */
  readonly resealed: number;
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

const openable = (row: Row, { keys }: KeyRing): boolean => keys.has(row.sealed.split(':')[1] ?? '');

type Scope = { readonly dataSource: DataSource; readonly sealer: Sealer; readonly options: ResealOptions };

const resealColumn = async ({ dataSource, sealer, options }: Scope, sealedColumn: SealedColumn): Promise<number> => {
  const { table, column, place } = sealedColumn;
  const keyId = options.keyRing.currentKeyId;
  const count = `SELECT count(*) AS n FROM ${table} WHERE ${isOld(column)}`;
  const total = Number((await dataSource.query<{ n: string }[]>(count, [keyId]))[0]?.n);
  let done = 0;
  let last: Row | undefined;
  do {
    const rows = await nextBatch(dataSource, sealedColumn, last, keyId);
    for (const row of rows.filter((one) => openable(one, options.keyRing))) {
      const sealed = sealer.seal(sealer.open(row.sealed, place(row.key)), place(row.key));
      done += await replace(dataSource, sealedColumn, row, sealed);
    }
    last = rows.at(-1);
    options.onProgress?.({ table, done, total });
  } while (last !== undefined);
  return done;
};

const leftIn = async ({ dataSource, options }: Scope, { table, column }: SealedColumn) => {
  const rows: { id: string; n: string }[] = await dataSource.query(
    `SELECT split_part(${column}, ':', 2) AS id, count(*) AS n FROM ${table} WHERE ${isOld(column)} GROUP BY 1 ORDER BY 1`,
    [options.keyRing.currentKeyId],
  );
  return rows.map(({ id, n }) => ({ table, keyId: id, count: Number(n) }));
};

/** A table with two sealed columns is one line of the report. */
const perTable = (left: ResealResult['left']): ResealResult['left'] =>
  [...Map.groupBy(left, ({ table, keyId }) => `${table} ${keyId}`).values()].map((rows) => ({
    ...(rows[0] as (typeof rows)[number]),
    count: rows.reduce((sum, { count }) => sum + count, 0),
  }));

/**
 * Seals everything with the current key, in batches, while services run. Safe to interrupt and to repeat: each value is
 * replaced by itself. What was sealed with a key that the ring lacks is left and reported.
 * @throws ServiceError STORE_UNAVAILABLE, Error when a value does not open with the key that it names
 */
export const resealAll = async (options: ResealOptions): Promise<ResealResult> => {
  const sealer = createSealer(options.keyRing);
  try {
    const dataSource = await connectDataSource({ ...options, poolSize: 2, statementTimeoutMs: 0 });
    try {
      const scope = { dataSource, sealer, options };
      let resealed = 0;
      for (const column of SEALED) resealed += await resealColumn(scope, column);
      const left = await Promise.all(SEALED.map((column) => leftIn(scope, column)));
      return { resealed, left: perTable(left.flat()) };
    } finally {
      await dataSource.destroy();
    }
  } catch (error) {
    throw toStoreFailure(error);
  }
};
