import type { DataSource } from 'typeorm';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts';
import type { Sealer } from './sealing.ts';

/** What a secret was needed for. */
export type MadeWithSecret = 'connections' | 'scripts' | 'runs of the log history' | 'password hashes';

/** A key or pepper that stored values were made with, and that we were not given. */
export type MissingSecret = {
  readonly kind: 'encryption key' | 'pepper';
  readonly id: string;
  /** Nothing of this id, or another key, which does not open what names this id. */
  readonly given: 'none' | 'another';
  /** What was made with it, and how much of what was looked at. */
  readonly what: MadeWithSecret;
  readonly count: number;
};

export type KnownSecrets = {
  readonly sealer: Sealer;
  readonly keyIds: readonly string[];
  readonly pepperIds: readonly string[];
};

// A start must not take longer the more users there are. What an old secret has made lies in front.
const LOOKED_AT_MAX = 100_000;

type Place = { readonly what: MadeWithSecret; readonly column: SealedColumn; readonly from: string };

const placesOf = (what: MadeWithSecret, sealed: string, from: string): readonly Place[] =>
  SEALED_COLUMNS.filter(({ column }) => column === sealed).map((column) => ({ what, column, from }));

const PLACES: readonly Place[] = [
  ...placesOf(
    'connections',
    'sealed_settings',
    'connections AS c JOIN connection_versions AS t ON t.connection_id = c.id AND t.version = c.version',
  ),
  ...placesOf('scripts', 'sealed_source', 'scripts AS t'),
  ...placesOf('runs of the log history', 'sealed_details', 'script_runs AS t'),
];

/** Of each key id: how many values name it, and the rows of two of them. */
const lookSql = ({ column: { column, key }, from }: Place): string => {
  const id = `split_part(substr(t.${column}, 1, 64), ':', 2)`;
  const texts = key.map(([name]) => `t.${name}::text`).join(', ');
  return `SELECT id, count(*)::int AS count, min(key) AS first, max(key) AS last
    FROM (SELECT ${id} AS id, ARRAY[${texts}] AS key FROM ${from} LIMIT ${LOOKED_AT_MAX}) AS looked
    GROUP BY id ORDER BY id`;
};

const PEPPERS = `SELECT id, count(*)::int AS count
  FROM (SELECT pepper_id AS id FROM credentials LIMIT ${LOOKED_AT_MAX}) AS looked
  WHERE id <> ALL ($1::text[]) GROUP BY id ORDER BY id`;

type Count = { readonly id: string; readonly count: number };
type Look = Count & { readonly first: string[]; readonly last: string[] };

const opens = (sealer: Sealer, sealed: string, place: string): boolean => {
  try {
    sealer.open(sealed, place);
    return true;
  } catch {
    return false;
  }
};

/** Whether a row opens; one that was deleted, or sealed with another key meanwhile, says nothing against this one. */
const rowOpens = async (dataSource: DataSource, sealer: Sealer, { column: of }: Place, id: string, key: string[]) => {
  const match = of.key.map(([name, type], place) => `${name} = $${place + 1}::text::${type}`).join(' AND ');
  const sql = `SELECT ${of.column} AS sealed FROM ${of.table} WHERE ${match}`;
  const rows = await dataSource.query<{ sealed: string }[]>(sql, key);
  return rows.every(({ sealed }) => sealed.split(':')[1] !== id || opens(sealer, sealed, of.place(key)));
};

/** Of two rows: where something was saved with a wrong key since, one of them may open with either. */
const missingKeys = async (dataSource: DataSource, { sealer, keyIds }: KnownSecrets, place: Place) => {
  const missing: MissingSecret[] = [];
  for (const { id, count, first, last } of await dataSource.query<Look[]>(lookSql(place))) {
    const fact = { kind: 'encryption key', id, what: place.what, count } as const;
    const works = (key: string[]) => rowOpens(dataSource, sealer, place, id, key);
    if (!keyIds.includes(id)) missing.push({ ...fact, given: 'none' });
    else if (!(await works(first)) || !(await works(last))) missing.push({ ...fact, given: 'another' });
  }
  return missing;
};

/**
 * Which secrets are missing: for a start to say, after a restore above all, and not the first login. Of a pepper it is
 * known here only whether its id was given; see `checkPeppers`.
 */
export const findMissingSecrets = async (
  dataSource: DataSource,
  known: KnownSecrets,
): Promise<readonly MissingSecret[]> => {
  const keys: MissingSecret[] = [];
  for (const place of PLACES) keys.push(...(await missingKeys(dataSource, known, place)));
  const peppers = await dataSource.query<Count[]>(PEPPERS, [known.pepperIds]);
  const fact = { kind: 'pepper', given: 'none', what: 'password hashes' } as const;
  return [...keys, ...peppers.map((row) => ({ ...fact, ...row }))];
};
