import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import { type Identifier, identifierKey } from '@userferry/user-model';
import type { KeyRing } from '../sealing.ts';
import type { Statement, StatementCall } from '../statements/statement.ts';
import { countLogin, loginCounts } from './count-login.ts';

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

/** The key of the person and that of the address, `null` where no address is known. */
type Keys = readonly [Key, Key | null];

// One statement: the rows are locked in one order, and an attempt that has to wait is not counted. Attempts that come
// at once before there is a row find nothing to lock: then what they were counted as says which of them have to wait.
// Keys by themselves and not in an array, whose length a plan that is kept could not know.
const BEGIN: Statement = {
  name: 'begin_attempt',
  text: `
  WITH locked AS (
    SELECT key, blocked_until FROM login_attempts WHERE key IN ($1::bytea, $3::bytea) ORDER BY key FOR UPDATE
  ), counted AS (
    INSERT INTO login_attempts AS a (key, failures, failures_max, expires_at)
    SELECT k.key, 1, k.failures_max, $5::timestamptz + $6::float8 * interval '1 ms'
    FROM (VALUES ($1::bytea, $2::int4), ($3::bytea, $4::int4)) AS k (key, failures_max)
    WHERE k.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM locked WHERE blocked_until > $5)
    ORDER BY k.key
    ON CONFLICT (key) DO UPDATE SET (failures, failures_max, blocked_until, expires_at) = (
      SELECT n.failures, excluded.failures_max,
        CASE WHEN n.wait_ms > 0 THEN $5::timestamptz + n.wait_ms * interval '1 ms' END,
        CASE WHEN n.wait_ms > 0 THEN $5::timestamptz + (n.wait_ms + $6::float8) * interval '1 ms'
          WHEN n.failures = 1 THEN excluded.expires_at ELSE a.expires_at END
      FROM (
        SELECT c.failures, CASE WHEN c.failures < excluded.failures_max THEN 0
          ELSE least($7::float8 * power(2, least(c.failures - excluded.failures_max, 30)), $8::float8) END AS wait_ms
        FROM (SELECT CASE WHEN a.expires_at <= $5 THEN 1 ELSE a.failures + 1 END AS failures) AS c
      ) AS n
    )
    RETURNING key, failures, failures_max, blocked_until
  )
  SELECT max(blocked_until) AS until FROM (
    SELECT blocked_until FROM locked WHERE blocked_until > $5
    UNION ALL
    SELECT blocked_until FROM counted
    WHERE failures > failures_max AND NOT EXISTS (SELECT 1 FROM locked WHERE locked.key = counted.key)
  ) AS waits`,
};

// An attempt that is given back takes the wait with it that it brought. The first key is the person's.
const SETTLE = `
  UPDATE login_attempts AS a
  SET failures = CASE WHEN a.key = $1::bytea AND $3::boolean THEN 0 ELSE greatest(a.failures - 1, 0) END,
    blocked_until = NULL
  FROM (SELECT key FROM login_attempts WHERE key IN ($1::bytea, $2::bytea) ORDER BY key FOR UPDATE) AS l
  WHERE a.key = l.key`;

const SETTLE_ATTEMPT: Statement = { name: 'settle_attempt', text: SETTLE };

// A row of the counts of logins is held as long as this statement takes.
const SETTLE_AND_COUNT: Statement = {
  name: 'settle_and_count',
  text: `WITH settled AS (${SETTLE}) ${countLogin(4)}`,
};

// The same behind the statement that stores a user: unless it did, nobody has logged in.
const SETTLE_AND_COUNT_STORED: Statement = {
  name: 'settle_and_count_stored',
  text: `
  WITH stored AS (SELECT FROM users WHERE id = $9::uuid),
    settled AS (${SETTLE} AND EXISTS (SELECT FROM stored)) ${countLogin(4, 'EXISTS (SELECT FROM stored)')}`,
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
    const person = 'userId' in who ? mac('user', who.userId) : mac('identifier', who.kind, identifierKey(who));
    const key = { key: person, max: limits.perIdentifierMax };
    return [key, address === '' ? null : { key: mac('address', address), max: limits.perAddressMax }];
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
    begin: (subject: AttemptSubject, now: Date): StatementCall => {
      const keys = keysOf(subject).flatMap((each) => [each?.key ?? null, each?.max ?? null]);
      const { windowMs, firstWaitMs, waitMsMax } = limits;
      return { statement: BEGIN, values: [...keys, now, windowMs, firstWaitMs, waitMsMax] };
    },
    settle: (subject: AttemptSubject, cleared: boolean): StatementCall => ({
      statement: SETTLE_ATTEMPT,
      values: settled(subject, cleared),
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
export type BegunRow = { readonly until: Date | null };

export const attemptAnswer = (row: BegunRow | undefined, now: Date): AttemptAnswer => {
  const until = row?.until ?? null;
  return until === null ? { allowed: true } : { allowed: false, retryAfterMs: until.getTime() - now.getTime() };
};
