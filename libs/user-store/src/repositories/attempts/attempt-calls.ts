import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import { type Identifier, identifierKey } from '@userferry/user-model';
import type { KeyRing } from '../../secrets/sealing.ts';
import type { Statement, StatementCall } from '../../statements/statement.ts';
import { countLogin, loginCounts } from './count-login.ts';
import { countedForm } from './counted-identifier.ts';

/** How many wrong passwords are borne, and how long one waits then. */
export type AttemptLimits = {
  readonly perIdentifierMax: number;
  readonly perAddressMax: number;
  /** A count lives that long after its first attempt, or after its last wait. */
  readonly windowMs: number;
  /** The first wait; every further attempt doubles it. */
  readonly firstWaitMs: number;
  readonly waitMsMax: number;
};

/** Who is being guessed at, and from where ('' when nobody knows). */
export type AttemptSubject = {
  readonly userPoolId: string;
  readonly who: Identifier | { readonly userId: string };
  readonly address: string;
};

/** The attempt may go on, or how long it has to wait. */
export type AttemptAnswer = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterMs: number };

type Key = { readonly key: Buffer; readonly max: number };

/**
 * The key of the person as spelled; that of all spellings that a legacy user store may take for the same person, whichever
 * kind of identifier they are said to be, `null` where it is a user of ours; and that of the address, `null` where none is known.
 */
type Keys = readonly [Key, Key | null, Key | null];

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
const BEGIN: Statement = {
  name: 'begin_attempt_in_time',
  text: `
  WITH locked AS (
    SELECT key, CASE WHEN blocked_until > $7 AND blocked_until <= ${fromNow('$10')} THEN blocked_until END AS waits_until
    FROM login_attempts WHERE key IN ($1::bytea, $3::bytea, $5::bytea)
    ORDER BY key FOR UPDATE
  ), counted AS (
    INSERT INTO login_attempts AS a (key, failures, failures_max, expires_at)
    SELECT k.key, 1, k.failures_max, $7::timestamptz + $8::float8 * interval '1 ms'
    FROM (VALUES ($1::bytea, $2::int4), ($3::bytea, $4::int4), ($5::bytea, $6::int4)) AS k (key, failures_max)
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
// user perhaps, clears no guesses at this one.
const SETTLE = `
  UPDATE login_attempts AS a
  SET failures = greatest(a.failures - l.given, 0), blocked_until = NULL
  FROM (
    SELECT key, CASE WHEN key = $3::bytea THEN 1 WHEN $4::boolean THEN spelled ELSE least(spelled, 1) END AS given
    FROM (SELECT key, max(failures) FILTER (WHERE key = $1::bytea) OVER () AS spelled FROM (
      SELECT key, failures FROM login_attempts WHERE key IN ($1::bytea, $2::bytea, $3::bytea)
      ORDER BY key FOR UPDATE) AS locked) AS counted
  ) AS l
  WHERE a.key = l.key AND l.given > 0`;

const SETTLE_ATTEMPT: Statement = { name: 'settle_attempt', text: SETTLE };

// A row of the counts of logins is held as long as this statement takes.
const SETTLE_AND_COUNT: Statement = {
  name: 'settle_and_count',
  text: `WITH settled AS (${SETTLE}) ${countLogin(5)}`,
};

// The same behind the statement that stores a user: unless it did, nobody has logged in.
const SETTLE_AND_COUNT_STORED: Statement = {
  name: 'settle_and_count_stored',
  text: `
  WITH stored AS (SELECT FROM users WHERE id = $10::uuid),
    settled AS (${SETTLE} AND EXISTS (SELECT FROM stored)) ${countLogin(5, 'EXISTS (SELECT FROM stored)')}`,
};

const NOBODY = Buffer.alloc(0);

const createKeysOf = (keyRing: KeyRing, limits: AttemptLimits) => {
  const current = keyRing.keys.get(keyRing.currentKeyId) ?? NOBODY;
  const derived = hkdfSync('sha256', current, '', 'userferry:v1:login-attempts', 32);
  // As an object, of which nothing has to be made for each attempt.
  const macKey = createSecretKey(new Uint8Array(derived));
  const keysOf = ({ userPoolId, who, address }: AttemptSubject): Keys => {
    const mac = (...parts: string[]) =>
      createHmac('sha256', macKey)
        .update(JSON.stringify([userPoolId, ...parts]))
        .digest();
    const [max, maxOfAddress] = [limits.perIdentifierMax, limits.perAddressMax];
    return [
      { key: 'userId' in who ? mac('user', who.userId) : mac('identifier', who.kind, identifierKey(who)), max },
      'userId' in who ? null : { key: mac('spellings', countedForm(who)), max },
      address === '' ? null : { key: mac('address', address), max: maxOfAddress },
    ];
  };
  // A login is begun and settled under the same.
  const known = new WeakMap<AttemptSubject, Keys>();
  return (subject: AttemptSubject): Keys => {
    const keys = known.get(subject) ?? keysOf(subject);
    known.set(subject, keys);
    return keys;
  };
};

/** What begins and ends an attempt, as statements that can be part of a login's. */
export const createAttemptCalls = (keyRing: KeyRing, limits: AttemptLimits) => {
  const keysOf = createKeysOf(keyRing, limits);
  const settled = (subject: AttemptSubject, cleared: boolean) => [
    ...keysOf(subject).map((each) => each?.key ?? null),
    cleared,
  ];
  return {
    /** `givenUpAt`: from when on it is not to be counted any more. */
    begin: (subject: AttemptSubject, now: Date, givenUpAt: Date | null): StatementCall => {
      const keys = keysOf(subject).flatMap((each) => [each?.key ?? null, each?.max ?? null]);
      const { windowMs, firstWaitMs, waitMsMax } = limits;
      return { statement: BEGIN, values: [...keys, now, windowMs, firstWaitMs, waitMsMax, givenUpAt] };
    },
    settle: (subject: AttemptSubject, cleared: boolean): StatementCall => ({
      statement: SETTLE_ATTEMPT,
      values: settled(subject, cleared),
    }),
    giveAddressBack: (subject: AttemptSubject): StatementCall => ({
      statement: SETTLE_ATTEMPT,
      values: [null, null, keysOf(subject)[2]?.key ?? null, false],
    }),
    /** A proof that let somebody in: a login of the pool, counted by who answered it. */
    loggedIn: (subject: AttemptSubject, byLegacyStore: boolean, now: Date): StatementCall => ({
      statement: SETTLE_AND_COUNT,
      values: [...settled(subject, true), ...loginCounts(subject.userPoolId, byLegacyStore, now)],
    }),
    /** The same for a first login, if this user has been stored. */
    loggedInAs: (userId: string, subject: AttemptSubject, now: Date): StatementCall => ({
      statement: SETTLE_AND_COUNT_STORED,
      values: [...settled(subject, true), ...loginCounts(subject.userPoolId, true, now), userId],
    }),
  };
};

export type AttemptCalls = ReturnType<typeof createAttemptCalls>;

/** What the statement that begins an attempt answers with. */
export type BegunRow = { readonly until: Date | null; readonly late: boolean };

/**
 * Begins an attempt that counts only while it is waited for. One that was late, and still had its answer, was so by a clock
 * that the database has no more, after a failover perhaps: it is begun again, and counted.
 */
export const begunInTime = async <T>(
  givenUpAt: Date | null,
  begin: (givenUpAt: Date | null) => Promise<T>,
  begunOf: (begun: T) => BegunRow | undefined,
): Promise<T> => {
  const begun = await begin(givenUpAt);
  return begunOf(begun)?.late ? begin(null) : begun;
};

export const attemptAnswer = (row: BegunRow | undefined, now: Date): AttemptAnswer => {
  const until = row?.until ?? null;
  return until === null ? { allowed: true } : { allowed: false, retryAfterMs: until.getTime() - now.getTime() };
};
