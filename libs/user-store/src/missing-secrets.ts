import type { DataSource } from 'typeorm';

/** A key or pepper that stored values were made with, and that nobody gave us. */
export type MissingSecret = {
  readonly kind: 'encryption key' | 'pepper';
  readonly id: string;
  /** What was made with it, and how much of what was looked at. */
  readonly what: string;
  readonly count: number;
};

export type KnownSecrets = { readonly keyIds: readonly string[]; readonly pepperIds: readonly string[] };

// A start must not take longer the more users there are. What an old secret has made lies in front.
const LOOKED_AT_MAX = 100_000;

const idOf = (sealed: string): string => `split_part(substr(${sealed}, 1, 64), ':', 2)`;

const look = (what: string, id: string, from: string): string =>
  `SELECT '${what}' AS what, id, count(*)::int AS count FROM (SELECT ${id} AS id ${from} LIMIT ${LOOKED_AT_MAX}) AS t
   WHERE id <> ALL ($1::text[]) GROUP BY id`;

const KEYS = [
  look(
    'connections',
    idOf('v.sealed_settings'),
    'FROM connections AS c JOIN connection_versions AS v ON v.connection_id = c.id AND v.version = c.version',
  ),
  look('scripts', idOf('sealed_source'), 'FROM scripts'),
  look('runs of the log history', idOf('sealed_details'), 'FROM script_runs'),
].join(' UNION ALL ');

const PEPPERS = look('password hashes', 'pepper_id', 'FROM credentials');

type Row = { what: string; id: string; count: number };

/** Which secrets are missing: for a start to say, after a restore above all, and not the first login. */
export const findMissingSecrets = async (
  dataSource: DataSource,
  { keyIds, pepperIds }: KnownSecrets,
): Promise<readonly MissingSecret[]> => {
  const keys: Row[] = await dataSource.query(KEYS, [keyIds]);
  const peppers: Row[] = await dataSource.query(PEPPERS, [pepperIds]);
  return [
    ...keys.map((row) => ({ kind: 'encryption key' as const, ...row })),
    ...peppers.map((row) => ({ kind: 'pepper' as const, ...row })),
  ];
};
