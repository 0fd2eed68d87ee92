import type { Statement } from '../../statements/statement.ts';
import { countLogin } from './count-login.ts';
import { isKnown, noteAddress } from './known-addresses.ts';

/** The clocks of two replicas that are right may be as far apart. */
const CLOCKS_APART_MS = 60_000;

/** So many milliseconds from the time of the attempt, by any replica's clock that is right. */
const fromNow = (...values: readonly string[]): string =>
  `$7::timestamptz + (${values.map((value) => `${value}::float8`).join(' + ')} + ${CLOCKS_APART_MS}) * interval '1 ms'`;

// One statement: the rows are locked in one order, and an attempt that has to wait is not counted. Attempts that come
// at once before there is a row find nothing to lock: then what they were counted as says which of them have to wait.
// Keys by themselves and not in an array, whose length a plan that is kept could not know.
// A wait or a life that lies further ahead than any can was written by a clock that was ahead: the wait is none, the life
// begins anew, and what was counted stays.
// A server that was held up comes to it when whoever sent it has long been told that it is away, and counts nothing.
export const BEGIN: Statement = {
  name: 'begin_attempt_at_place',
  text: `
  WITH person AS MATERIALIZED (
    SELECT CASE WHEN p.is_known THEN $16::bytea ELSE $1::bytea END AS key,
      CASE WHEN NOT p.is_known THEN $3::bytea END AS spellings
    FROM (SELECT ${isKnown(12)} AS is_known) AS p
  ), locked AS (
    SELECT key, CASE WHEN blocked_until > $7 AND blocked_until <= ${fromNow('$10')} THEN blocked_until END AS waits_until
    FROM login_attempts WHERE key IN ((SELECT key FROM person), (SELECT spellings FROM person), $5::bytea)
    ORDER BY key FOR UPDATE
  ), counted AS (
    INSERT INTO login_attempts AS a (key, failures, failures_max, expires_at)
    SELECT k.key, 1, k.failures_max, $7::timestamptz + $8::float8 * interval '1 ms'
    FROM (VALUES ((SELECT key FROM person), $2::int4), ((SELECT spellings FROM person), $4::int4), ($5::bytea, $6::int4))
      AS k (key, failures_max)
    WHERE k.key IS NOT NULL AND ($11::timestamptz IS NULL OR statement_timestamp() <= $11) AND NOT EXISTS (SELECT 1 FROM locked WHERE waits_until IS NOT NULL)
    ORDER BY k.key
    ON CONFLICT (key) DO UPDATE SET (failures, failures_max, blocked_until, expires_at) = (
      SELECT n.failures, excluded.failures_max,
        CASE WHEN n.wait_ms > 0 THEN $7::timestamptz + n.wait_ms * interval '1 ms' END,
        CASE WHEN n.wait_ms > 0 THEN $7::timestamptz + (n.wait_ms + $8::float8) * interval '1 ms'
          WHEN n.failures = 1 OR a.expires_at > ${fromNow('$10', '$8')} THEN excluded.expires_at
          ELSE a.expires_at END
      FROM (
        SELECT c.failures, CASE WHEN c.failures < excluded.failures_max THEN 0
          ELSE least($9::float8 * power(2, least(c.failures - excluded.failures_max, 30)), $10::float8) END AS wait_ms
        FROM (SELECT CASE WHEN a.expires_at <= $7 THEN 1 ELSE a.failures + 1 END AS failures) AS c
      ) AS n
    )
    RETURNING key, failures, failures_max, blocked_until
  )
  SELECT max(blocked_until) AS until, coalesce(statement_timestamp() > $11, false) AS late FROM (
    SELECT waits_until AS blocked_until FROM locked
    UNION ALL
    SELECT blocked_until FROM counted
    WHERE failures > failures_max AND NOT EXISTS (SELECT 1 FROM locked WHERE locked.key = counted.key)
  ) AS waits`,
};

// An attempt that is given back takes the wait with it that it brought. A proof gives all back that the first key, the
// person's as spelled, has counted, and takes no more from the second: whoever logs in by another spelling, as another
// user perhaps, clears no guesses at this one. Where the user is known, nor does it clear what was guessed from elsewhere; and
// where they become known, what the place had counted is over.
const SETTLE = `
  UPDATE login_attempts AS a
  SET failures = greatest(a.failures - l.given, 0), blocked_until = NULL
  FROM (
    SELECT key, CASE WHEN key = $3::bytea THEN 1
      WHEN key = $9::bytea THEN CASE WHEN $4::boolean THEN failures WHEN p.is_known THEN 1 ELSE 0 END
      WHEN p.is_known THEN 0 WHEN $4::boolean THEN spelled ELSE least(spelled, 1) END AS given
    FROM (SELECT key, failures, max(failures) FILTER (WHERE key = $1::bytea) OVER () AS spelled FROM (
      SELECT key, failures FROM login_attempts WHERE key IN ($1::bytea, $2::bytea, $3::bytea, $9::bytea)
      ORDER BY key FOR UPDATE) AS locked) AS counted, (SELECT ${isKnown(5)} AS is_known) AS p
  ) AS l
  WHERE a.key = l.key AND l.given > 0`;

export const SETTLE_ATTEMPT: Statement = { name: 'settle_attempt_at_place', text: SETTLE };

// A row of the counts of logins is held as long as this statement takes. Whom the legacy user store has answered for may be
// left here from before, and stays untouched.
export const SETTLE_AND_COUNT: Statement = {
  name: 'settle_and_count_at_place',
  text: `WITH settled AS (${SETTLE}), noted AS (${noteAddress(5, '$13::int8 = 0')}) ${countLogin(10)}`,
};

// The same behind the statement that stores a user: unless it did, nobody has logged in.
export const SETTLE_AND_COUNT_STORED: Statement = {
  name: 'settle_and_count_stored_at_place',
  text: `
  WITH stored AS (SELECT FROM users WHERE id = $15::uuid),
    settled AS (${SETTLE} AND EXISTS (SELECT FROM stored)),
    noted AS (${noteAddress(5, 'EXISTS (SELECT FROM stored)')}) ${countLogin(10, 'EXISTS (SELECT FROM stored)')}`,
};

/** What the statement that begins an attempt answers with. */
export type BegunRow = { readonly until: Date | null; readonly late: boolean };
