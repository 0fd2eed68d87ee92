import { createHmac, hkdfSync } from 'node:crypto';
import { type Identifier, identifierKey } from '@userferry/user-model';
import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.ts';
import { retryConflicts } from '../retry-conflicts.ts';
import type { KeyRing } from '../sealing.ts';
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

// One statement: the rows are locked in one order, and an attempt that has to wait is not counted. Attempts that come
// at once before there is a row find nothing to lock: then what they were counted as says which of them have to wait.
const BEGIN = `
  WITH locked AS (
    SELECT key, blocked_until FROM login_attempts WHERE key = ANY ($1::bytea[]) ORDER BY key FOR UPDATE
  ), counted AS (
    INSERT INTO login_attempts AS a (key, failures, failures_max, expires_at)
    SELECT k.key, 1, k.failures_max, $3::timestamptz + $4::float8 * interval '1 ms'
    FROM unnest($1::bytea[], $2::int4[]) AS k (key, failures_max)
    WHERE NOT EXISTS (SELECT 1 FROM locked WHERE blocked_until > $3)
    ON CONFLICT (key) DO UPDATE SET (failures, failures_max, blocked_until, expires_at) = (
      SELECT n.failures, excluded.failures_max,
        CASE WHEN n.wait_ms > 0 THEN $3::timestamptz + n.wait_ms * interval '1 ms' END,
        CASE WHEN n.wait_ms > 0 THEN $3::timestamptz + (n.wait_ms + $4::float8) * interval '1 ms'
          WHEN n.failures = 1 THEN excluded.expires_at ELSE a.expires_at END
      FROM (
        SELECT c.failures, CASE WHEN c.failures < excluded.failures_max THEN 0
          ELSE least($5::float8 * power(2, least(c.failures - excluded.failures_max, 30)), $6::float8) END AS wait_ms
        FROM (SELECT CASE WHEN a.expires_at <= $3 THEN 1 ELSE a.failures + 1 END AS failures) AS c
      ) AS n
    )
    RETURNING key, failures, failures_max, blocked_until
  )
  SELECT max(blocked_until) AS until FROM (
    SELECT blocked_until FROM locked WHERE blocked_until > $3
    UNION ALL
    SELECT blocked_until FROM counted
    WHERE failures > failures_max AND NOT EXISTS (SELECT 1 FROM locked WHERE locked.key = counted.key)
  ) AS waits`;

// An attempt that is given back takes the wait with it that it brought.
const SETTLE = `
  UPDATE login_attempts AS a
  SET failures = CASE WHEN a.key = $2::bytea THEN 0 ELSE greatest(a.failures - 1, 0) END, blocked_until = NULL
  FROM (SELECT key FROM login_attempts WHERE key = ANY ($1::bytea[]) ORDER BY key FOR UPDATE) AS l
  WHERE a.key = l.key`;

// A row of the counts of logins is taken last, and held as long as this statement takes.
const SETTLE_AND_COUNT = `WITH settled AS (${SETTLE}) ${countLogin(3)}`;

const NOBODY = Buffer.alloc(0);

const keysOf = (macKey: Uint8Array, { userPoolId, who, address }: AttemptSubject, limits: AttemptLimits): Key[] => {
  const mac = (...parts: string[]) =>
    createHmac('sha256', macKey)
      .update(JSON.stringify([userPoolId, ...parts]))
      .digest();
  const person = 'userId' in who ? mac('user', who.userId) : mac('identifier', who.kind, identifierKey(who));
  const keys = [{ key: person, max: limits.perIdentifierMax }];
  return address === '' ? keys : [...keys, { key: mac('address', address), max: limits.perAddressMax }];
};

/**
 * Counts of wrong passwords, kept under HMACs, so that replicas agree and no row names anyone. An attempt counts from
 * its beginning: many at once are as many. A library's counters (rate-limiter-flexible was weighed) take a statement for
 * each count and each wait, and cannot tell of both in one.
 */
export const createAttemptRepository = (
  dataSource: DataSource,
  { keyRing, limits, clock }: { keyRing: KeyRing; limits: AttemptLimits; clock: Clock },
) => {
  const current = keyRing.keys.get(keyRing.currentKeyId) ?? NOBODY;
  const macKey = new Uint8Array(hkdfSync('sha256', current, '', 'userferry:v1:login-attempts', 32));
  const settle = async (subject: AttemptSubject, cleared: boolean): Promise<void> => {
    const keys = keysOf(macKey, subject, limits).map(({ key }) => key);
    await retryConflicts(() => dataSource.query(SETTLE, [keys, cleared ? keys[0] : NOBODY]));
  };
  return {
    /** Counts an attempt, unless it has to wait. */
    begin: async (subject: AttemptSubject): Promise<AttemptAnswer> => {
      const keys = keysOf(macKey, subject, limits).sort((a, b) => Buffer.compare(a.key, b.key));
      const now = clock();
      const [row] = await retryConflicts<{ until: Date | null }[]>(() =>
        dataSource.query(BEGIN, [
          keys.map(({ key }) => key),
          keys.map(({ max }) => max),
          now,
          limits.windowMs,
          limits.firstWaitMs,
          limits.waitMsMax,
        ]),
      );
      const until = row?.until ?? null;
      return until === null ? { allowed: true } : { allowed: false, retryAfterMs: until.getTime() - now.getTime() };
    },

    /** The password was right: the person's count is cleared, and the address gets its attempt back. */
    proven: (subject: AttemptSubject): Promise<void> => settle(subject, true),

    /** The same for who is let in: a login of the pool, counted by who answered it. One statement. */
    loggedIn: async (subject: AttemptSubject, byLegacyStore: boolean): Promise<void> => {
      const keys = keysOf(macKey, subject, limits).map(({ key }) => key);
      const counts = loginCounts(subject.userPoolId, byLegacyStore, clock());
      await retryConflicts(() => dataSource.query(SETTLE_AND_COUNT, [keys, keys[0], ...counts]));
    },

    /** Nobody could say: both get the attempt back. */
    undecided: (subject: AttemptSubject): Promise<void> => settle(subject, false),

    /** Forgets counts whose life is over. */
    sweep: async (): Promise<void> => {
      await dataSource.query('DELETE FROM login_attempts WHERE expires_at <= $1', [clock()]);
    },
  };
};
