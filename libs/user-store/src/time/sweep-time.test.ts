import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserStore } from '../open-user-store.ts';
import { openStoreForTests, randomRing, usePoolWithConnection, useTestStore } from '../store-for-tests.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const keyRing = randomRing('k1');
const { database, store } = useTestStore({ keyRing });
const pool = usePoolWithConnection(store);

/** How far the clock of another replica's host is ahead of the database's. */
let aheadMs = 0;
let replica: UserStore;
beforeAll(async () => {
  const clock = () => new Date(Date.now() + aheadMs);
  const runLimits = { runsPerPoolMax: 2, runsKeptMs: 30 * DAY_MS };
  replica = await openStoreForTests(database.url, { keyRing, clock, databaseClock: undefined, runLimits });
});
afterAll(() => replica[Symbol.asyncDispose]());

const ADA = { kind: 'email', value: 'ada@example.com' } as const;
const runOf = (runId: string, ageMs: number) => ({
  runId,
  endedAt: new Date(Date.now() - ageMs),
  action: 'login',
  outcome: 'completed',
  version: 1,
  requestId: '',
  test: false,
  details: {},
});
const sweeps = (by: UserStore) => [by.attempts, by.scriptRuns, by.progress, by.audit].map((rows) => rows.sweep());
const kept = async () => {
  const count = async (table: string) => (await database.query(`SELECT FROM ${table}`)).length;
  const names = ['login_attempts', 'script_runs', 'login_days', 'audit_entries'];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await count(name)])));
};

beforeEach(async () => {
  aheadMs = 0;
  await database.query('TRUNCATE login_attempts, script_runs, login_days, audit_entries');
  const { userPoolId } = pool;
  const subject = { userPoolId, who: ADA, address: '' };
  await store.attempts.begin(subject);
  await store.attempts.loggedIn(subject, true);
  await store.attempts.loggedIn(subject, false);
  await store.audit.append(userPoolId, { actor: 'key-1', action: 'a', target: 't', requestId: '' });
  await store.scriptRuns.append(userPoolId, [runOf('r1', MINUTE_MS)]);
});

describe('a sweep by a host whose clock is ahead of the database’s', () => {
  it('by two years, takes nothing away that is young by the database’s, and names both clocks', async () => {
    const before = await kept();
    aheadMs = 2 * 365 * DAY_MS;
    for (const sweep of sweeps(replica))
      await expect(sweep).rejects.toThrow(/^this host's clock \(20.+Z\) is ahead of the database's \(20.+Z\)/);
    expect(await kept()).toEqual(before);
    expect(Object.values(before).every((rows) => Number(rows) > 0)).toBe(true);
  });

  it('still holds a pool to its cap of runs, which is no matter of clocks', async () => {
    await replica.scriptRuns.append(pool.userPoolId, [runOf('r2', 2 * MINUTE_MS), runOf('r3', 3 * MINUTE_MS)]);
    aheadMs = 2 * 365 * DAY_MS;
    await expect(replica.scriptRuns.sweep()).rejects.toThrow('ahead');
    const runs = await database.query('SELECT run_id AS id FROM script_runs ORDER BY 1');
    expect(runs).toEqual([{ id: 'r1' }, { id: 'r2' }]);
  });

  it('has no run lost that it was told of', async () => {
    aheadMs = 2 * 365 * DAY_MS;
    await replica.scriptRuns.append(pool.userPoolId, [runOf('r2', MINUTE_MS)]);
    aheadMs = 0;
    const { items } = await replica.scriptRuns.list({ userPoolId: pool.userPoolId }, { size: 0, token: '' });
    expect(items.map(({ runId }) => runId).sort()).toEqual(['r1', 'r2']);
  });

  it('by a few minutes, takes away what is over by the database’s clock, and nothing else', async () => {
    await store.scriptRuns.append(pool.userPoolId, [runOf('nearly over', 30 * DAY_MS - 2 * MINUTE_MS)]);
    const over = runOf('over', 30 * DAY_MS - 1_000);
    await store.scriptRuns.append(pool.userPoolId, [over]);
    await new Promise((resolve) => setTimeout(resolve, over.endedAt.getTime() + 30 * DAY_MS + 50 - Date.now()));
    aheadMs = 4 * MINUTE_MS;
    await Promise.all(sweeps(replica));
    const runs = await database.query('SELECT run_id AS id FROM script_runs ORDER BY 1');
    expect(runs).toEqual([{ id: 'nearly over' }, { id: 'r1' }]);
  });
});

describe('a sweep by a host whose clock is behind the database’s', () => {
  it('takes nothing away that is young by its own: one of the two is wrong, and nobody knows which', async () => {
    const before = await kept();
    await database.query("UPDATE audit_entries SET at = at - interval '500 days'");
    aheadMs = -200 * DAY_MS;
    await Promise.all(sweeps(replica));
    expect(await kept()).toEqual(before);
    aheadMs = 0;
    await Promise.all(sweeps(replica));
    expect(await kept()).toEqual({ ...before, audit_entries: 0 });
  });
});
