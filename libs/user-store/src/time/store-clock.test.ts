import { testDatabase } from '@userferry/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { UserStore } from '../open-user-store.ts';
import { openStoreForTests, poolWithConnection, randomRing } from '../store-for-tests.ts';
import { startStoreClock } from './store-clock.ts';

const HOUR_MS = 3_600_000;
const THEIRS = Date.parse('2031-05-06T07:08:09Z');
/** What the process has counted between two looks at its own clock, and the rounding of the other. */
const NEAR_MS = 1_000;

afterEach(() => {
  vi.useRealTimers();
});

describe('the store’s clock', () => {
  it('is the database’s, whatever the host’s says, then and later', async () => {
    using time = await startStoreClock(async () => new Date(THEIRS));
    expect(Math.abs(time.clock().getTime() - THEIRS)).toBeLessThan(NEAR_MS);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS });
    expect(Math.abs(time.clock().getTime() - THEIRS)).toBeLessThan(NEAR_MS);
  });

  it('fails where the database cannot say what time it is, since there is none yet', async () => {
    await expect(startStoreClock(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it.each([
    ['is asked for again', async (at: Date) => at, HOUR_MS],
    ['stays as it was where the database does not answer', () => Promise.reject(new Error('gone')), 0],
    [
      'stays as it was where an answer took so long that nobody knows when it was given',
      async (at: Date) => {
        vi.advanceTimersByTime(1_001);
        return at;
      },
      0,
    ],
  ])('%s', async (_, answer, isAheadMs) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    let next: () => Promise<Date> = async () => new Date(THEIRS);
    using time = await startStoreClock(() => next());
    const startedAtMs = performance.now();
    next = () => answer(new Date(THEIRS + HOUR_MS));
    await vi.advanceTimersByTimeAsync(30_000);
    const passedMs = performance.now() - startedAtMs;
    // What passed before the answer is in it.
    const expected = isAheadMs === 0 ? THEIRS + passedMs : THEIRS + isAheadMs;
    expect(Math.abs(time.clock().getTime() - expected)).toBeLessThan(NEAR_MS);
  });
});

describe('a replica whose host’s clock is hours ahead', () => {
  const stack = new AsyncDisposableStack();
  let right: UserStore;
  let ahead: UserStore;

  beforeAll(async () => {
    const { url } = stack.use(await testDatabase());
    const keyRing = randomRing('k1');
    right = stack.use(await openStoreForTests(url, { keyRing }));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * HOUR_MS });
    ahead = stack.use(await openStoreForTests(url, { keyRing }));
  });
  afterAll(() => stack.disposeAsync());

  it('lets nobody guess on who has to wait by the others', async () => {
    const { userPoolId } = await poolWithConnection(right);
    const subject = { userPoolId, who: { kind: 'email', value: 'ada@example.com' } as const, address: '' };
    while ((await right.attempts.begin(subject)).allowed);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * HOUR_MS });
    expect(await ahead.attempts.begin(subject)).toMatchObject({ allowed: false });
  });

  it('dates what it stores as the others do', async () => {
    const before = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: before + 5 * HOUR_MS });
    const { createdAt } = await ahead.pools.create({ name: 'p', metadata: {}, revealRejectionDetails: false });
    expect(Math.abs(createdAt.getTime() - before)).toBeLessThan(HOUR_MS);
  });
});

it('a database of another hour, after a failover, counts attempts as before', async () => {
  await using database = await testDatabase();
  const databaseClock = async () => new Date(Date.now() - HOUR_MS);
  await using store = await openStoreForTests(database.url, { databaseClock });
  const { userPoolId } = await poolWithConnection(store);
  const who = { kind: 'email', value: 'ada@example.com' } as const;
  const subject = { userPoolId, who, address: '' };
  const answers: boolean[] = [];
  for (let n = 0; n < 6; n += 1) answers.push((await store.attempts.begin(subject)).allowed);
  for (let n = 0; n < 5; n += 1) answers.push((await store.users.beginLogin(subject)).attempt.allowed);
  expect(answers).toEqual([...Array.from({ length: 10 }, () => true), false]);
});
