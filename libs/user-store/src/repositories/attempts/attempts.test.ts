import type { Identifier } from '@userferry/user-model';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserStore } from '../../open-user-store.ts';
import { openStoreForTests, randomRing, useTestStore } from '../../store-for-tests.ts';

let now = new Date('2026-11-24T12:00:00Z');
// Thirty statements have to wait at once, on a busy machine behind a pooler too: that takes as long as it takes.
const options = { keyRing: randomRing('k1'), clock: () => now, poolSize: 20, statementTimeoutMs: 30_000 };
const { database, store } = useTestStore(options);
let replica: UserStore;
beforeAll(async () => {
  replica = await openStoreForTests(database.url, options);
});
afterAll(() => replica[Symbol.asyncDispose]());
beforeEach(() => database.query('DELETE FROM login_attempts').then(() => undefined));

const ADA: Identifier = { kind: 'email', value: 'ada@example.com' };
const subject = (who: Identifier | { userId: string } = ADA, address = '') => ({ userPoolId: 'pool', who, address });
const passes = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};
const times = async (count: number, run: (turn: number) => Promise<unknown>) => {
  for (let turn = 0; turn < count; turn++) await run(turn);
};

describe('wrong passwords for one identifier', () => {
  it('are borne ten times, then the waits double up to fifteen minutes, on every replica', async () => {
    await times(10, async (turn) =>
      expect(await (turn % 2 ? store : replica).attempts.begin(subject())).toEqual({ allowed: true }),
    );
    for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
      expect(await replica.attempts.begin(subject())).toEqual({ allowed: false, retryAfterMs: seconds * 1000 });
      passes(seconds);
      expect(await store.attempts.begin(subject({ ...ADA, value: 'ADA@example.com' }))).toEqual({ allowed: true });
    }
  });

  it('are forgotten fifteen minutes after the first, or after the last wait', async () => {
    await times(9, () => store.attempts.begin(subject()));
    passes(901);
    await times(10, async () => expect((await store.attempts.begin(subject())).allowed).toBe(true));
    passes(30 + 901);
    await times(10, async () => expect((await store.attempts.begin(subject())).allowed).toBe(true));
    expect((await store.attempts.begin(subject())).allowed).toBe(false);
  });

  it('are ten when they come at once, too, however many statements run before the first has ended', async () => {
    await store.attempts.begin(subject());
    const holder = new pg.Client(database.url);
    await holder.connect();
    // Nobody sees this row, and everybody waits for it.
    await holder.query('BEGIN; CREATE TEMP TABLE held ON COMMIT DROP AS SELECT * FROM login_attempts');
    await database.query('DELETE FROM login_attempts');
    await holder.query('INSERT INTO login_attempts SELECT * FROM held');
    const attempts = Array.from({ length: 30 }, (_, turn) => (turn % 2 ? store : replica).attempts.begin(subject()));
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' HAVING count(*) = 30`;
    while ((await database.query(waiting)).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await holder.query('ROLLBACK');
    await holder.end();
    const answers = await Promise.all(attempts);
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(10);
    const waits = answers.flatMap((answer) => (answer.allowed ? [] : [answer.retryAfterMs]));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(30_000);
  });

  it('say nothing of another identifier, another pool or the user by id', async () => {
    await times(11, () => store.attempts.begin(subject()));
    expect((await store.attempts.begin({ ...subject(), userPoolId: 'other' })).allowed).toBe(true);
    expect((await store.attempts.begin(subject({ kind: 'username', value: 'ada' }))).allowed).toBe(true);
    expect((await store.attempts.begin(subject({ userId: ADA.value }))).allowed).toBe(true);
  });
});

describe('wrong passwords for spellings that a legacy user store may take for one person', () => {
  const named = (value: string, address = '') => subject({ kind: 'username', value }, address);

  it('are borne ten times for all of them together, on every replica', async () => {
    const spellings = ['alice', 'Alice', 'ALICE', 'alicé', 'ａlice', 'al\u200bice', 'alice\u0001', 'alice۞'];
    const padded = Array.from({ length: 30 }, (_, blanks) => `alice${' '.repeat(blanks)}`);
    const answers: boolean[] = [];
    for (const [turn, spelling] of [...padded, ...spellings].entries())
      answers.push((await (turn % 2 ? store : replica).attempts.begin(named(spelling))).allowed);
    expect(answers).toEqual([...Array(10).fill(true), ...Array(28).fill(false)]);
    expect((await store.attempts.begin(named('bob'))).allowed).toBe(true);
  });

  it('are borne ten times whether they are called e-mails or usernames: scripts may look for either in both columns', async () => {
    const kinds = ['email', 'username'] as const;
    const answers: boolean[] = [];
    for (let turn = 0; turn < 14; turn += 1) {
      const who = { kind: kinds[turn % 2] as (typeof kinds)[number], value: 'alice@example.com' };
      answers.push((await store.attempts.begin(subject(who))).allowed);
    }
    expect(answers).toEqual([...Array(10).fill(true), ...Array(4).fill(false)]);
  });

  it('are cleared by a login as far as its own spelling counted: another user’s login clears none', async () => {
    await times(6, () => store.attempts.begin(named('alice')));
    await times(3, () => store.attempts.begin(named('ALICE')));
    await store.attempts.proven(named('ALICE'));
    await times(50, async () => {
      expect((await store.attempts.begin(named('ALICE'))).allowed).toBe(true);
      await store.attempts.proven(named('ALICE'));
    });
    await times(4, async () => expect((await store.attempts.begin(named('alice'))).allowed).toBe(true));
    expect((await store.attempts.begin(named('ALICE'))).allowed).toBe(false);
    passes(30);
    await store.attempts.begin(named('alice'));
    await store.attempts.proven(named('alice'));
    await times(10, async () => expect((await store.attempts.begin(named('Alice'))).allowed).toBe(true));
  });

  it('are not given back twice: not by the logins that were under way with one that cleared them', async () => {
    await times(5, () => store.attempts.begin(named('ALICE')));
    await times(5, () => store.attempts.begin(named('alice')));
    await store.attempts.proven(named('ALICE'));
    await times(5, () => store.attempts.begin(named('Alice')));
    await times(4, () => store.attempts.undecided(named('ALICE')));
    expect((await store.attempts.begin(named('Alice'))).allowed).toBe(false);
  });
});

describe('an attempt', () => {
  it('that nobody could decide is given back, the wait that it brought too', async () => {
    await times(50, async () => {
      expect((await store.attempts.begin(subject(ADA, '10.0.0.1'))).allowed).toBe(true);
      await store.attempts.undecided(subject(ADA, '10.0.0.1'));
    });
    await times(10, () => store.attempts.begin(subject()));
    await store.attempts.undecided(subject());
    expect((await store.attempts.begin(subject())).allowed).toBe(true);
  });

  it('that succeeds clears the count of the identifier, but not of the address', async () => {
    await times(9, () => store.attempts.begin(subject(ADA, '10.0.0.1')));
    await store.attempts.begin(subject(ADA, '10.0.0.1'));
    await store.attempts.proven(subject(ADA, '10.0.0.1'));
    await times(9, async () => expect((await store.attempts.begin(subject())).allowed).toBe(true));
    const counts = await database.query<{ failures: number }>('SELECT failures FROM login_attempts ORDER BY 1');
    expect(counts.map(({ failures }) => failures)).toEqual([9, 9, 9]);
  });
});

describe('wrong passwords from one address', () => {
  it('are borne a hundred times over all identifiers, and the next counts for nobody', async () => {
    const guess = (turn: number) => store.attempts.begin(subject({ kind: 'username', value: `u${turn}` }, '10.0.0.1'));
    await times(100, async (turn) => expect((await guess(turn)).allowed).toBe(true));
    expect(await guess(100)).toEqual({ allowed: false, retryAfterMs: 30_000 });
    expect(await database.query('SELECT 1 FROM login_attempts')).toHaveLength(201);
    expect((await store.attempts.begin(subject({ kind: 'username', value: 'u1' }, '10.0.0.2'))).allowed).toBe(true);
  });
});

describe('a replica whose clock was a year ahead for a while', () => {
  const YEAR_S = 365 * 86_400;
  let started: Date;
  /** What the replica does by its own clock, before somebody sets that right. */
  const ahead = async (run: () => Promise<unknown>) => {
    started = now;
    passes(YEAR_S);
    await run();
    now = started;
  };
  const begin = () => store.attempts.begin(subject());

  it('locks nobody out for a year: its wait is none, and the next is that of so many wrong passwords', async () => {
    await ahead(() => times(11, () => replica.attempts.begin(subject())));
    expect(await begin()).toEqual({ allowed: true });
    expect(await begin()).toEqual({ allowed: false, retryAfterMs: 60_000 });
    passes(60);
    expect(await begin()).toEqual({ allowed: true });
  });

  it('keeps no count alive for longer than the first attempt that finds it would', async () => {
    await ahead(() => times(5, () => replica.attempts.begin(subject())));
    await begin();
    passes(899);
    await begin();
    passes(2);
    await times(10, async () => expect(await begin()).toEqual({ allowed: true }));
    passes(30 + 901);
    await store.attempts.sweep();
    expect(await database.query('SELECT 1 FROM login_attempts')).toHaveLength(0);
  });

  it('lets nobody guess more often by that: what it counted stays counted, whoever looks first', async () => {
    await ahead(() => times(9, () => replica.attempts.begin(subject())));
    expect(await begin()).toEqual({ allowed: true });
    expect(await begin()).toEqual({ allowed: false, retryAfterMs: 30_000 });
  });

  it('and one that is ahead by seconds has its waits heeded, the longest too', async () => {
    await times(9, begin);
    for (const seconds of [30, 60, 120, 240, 480, 900]) {
      await begin();
      passes(seconds);
    }
    passes(3);
    await replica.attempts.begin(subject());
    passes(-3);
    expect(await begin()).toEqual({ allowed: false, retryAfterMs: 903_000 });
    passes(903);
  });
});

describe('the counts', () => {
  it('name nobody, and are swept away when their life is over', async () => {
    await store.attempts.begin(subject(ADA, '203.0.113.7'));
    const dump = await database.dump();
    for (const clear of ['ada@example', '203.0.113', Buffer.from(ADA.value).toString('hex')])
      expect(dump).not.toContain(clear);
    passes(899);
    await store.attempts.sweep();
    expect(await database.query('SELECT 1 FROM login_attempts')).toHaveLength(3);
    passes(2);
    await store.attempts.sweep();
    expect(await database.query('SELECT 1 FROM login_attempts')).toHaveLength(0);
  });
});
