import type { LocalPostgres } from '@userferry/local-databases';
import type { LegacyShop } from '../legacy/legacy-shop.ts';

type Counted = {
  readonly users: number;
  readonly identifiers: number;
  readonly externalIds: number;
  readonly credentials: number;
};

const SQL = `
  WITH people AS (SELECT DISTINCT user_id AS id FROM user_identifiers WHERE value = ANY($1))
  SELECT (SELECT count(*)::int FROM users WHERE id IN (SELECT id FROM people)) AS users,
    (SELECT count(*)::int FROM user_identifiers WHERE user_id IN (SELECT id FROM people)) AS identifiers,
    (SELECT count(*)::int FROM external_ids WHERE user_id IN (SELECT id FROM people)) AS "externalIds",
    (SELECT count(*)::int FROM credentials WHERE user_id IN (SELECT id FROM people)) AS credentials`;

/** What our store holds of the people who have one of these identifiers, counted row by row. */
export const countHere = async (store: LocalPostgres, identifiers: readonly string[]): Promise<Counted | undefined> =>
  (await store.query<Counted>(SQL, { database: 'userferry', values: [identifiers] }))[0];

/** Nobody, and one person with an e-mail and a username, who has moved over whole. */
export const NOBODY: Counted = { users: 0, identifiers: 0, externalIds: 0, credentials: 0 };
export const ONE: Counted = { users: 1, identifiers: 2, externalIds: 1, credentials: 1 };

/** As many, each of them whole. */
export const times = (n: number): Counted => ({ users: n, identifiers: 2 * n, externalIds: n, credentials: n });

/** The most wrong passwords that are counted against anyone. */
export const wrongPasswordsCounted = async (store: LocalPostgres): Promise<number> => {
  const sql = 'SELECT coalesce(max(failures), 0)::int AS n FROM login_attempts';
  const [row] = await store.query<{ n: number }>(sql, { database: 'userferry' });
  return row?.n ?? -1;
};

/** Every user of a legacy user store, as one text: to see that nothing changed there. */
export const everybodyThere = async (shop: LegacyShop): Promise<string> =>
  JSON.stringify(await shop.query('SELECT * FROM users ORDER BY id'));
