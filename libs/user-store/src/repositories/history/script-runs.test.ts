import { beforeEach, describe, expect, it } from 'vitest';
import { openStoreForTests, poolWithConnection, randomRing, useTestStore } from '../../store-for-tests.ts';
import type { RunQuery, StoredRun } from './script-runs.ts';

const DAY_MS = 86_400_000;
const runLimits = { runsPerPoolMax: 10, runsKeptMs: 30 * DAY_MS };
const keyRing = randomRing('k1');
let now = new Date('2026-11-24T12:00:00Z');
const { database, store } = useTestStore({ keyRing, runLimits, clock: () => now });
let userPoolId: string;
beforeEach(async () => {
  ({ userPoolId } = await poolWithConnection(store));
});

const run = (runId: string, more: Partial<StoredRun> = {}): StoredRun => ({
  runId,
  endedAt: now,
  action: 'login',
  outcome: 'completed',
  version: 3,
  requestId: `request of ${runId}`,
  test: false,
  details: { logs: [{ level: 'info', text: 's3cr3t that a script printed', atMs: 1 }] },
  ...more,
});
const ago = (ms: number) => new Date(now.getTime() - ms);
const append = (...runs: StoredRun[]) => store.scriptRuns.append(userPoolId, runs);
const list = async (query: Partial<RunQuery> = {}, page = { size: 0, token: '' }) =>
  store.scriptRuns.list({ userPoolId, ...query }, page);
const ids = async (query: Partial<RunQuery> = {}) => (await list(query)).items.map(({ runId }) => runId);

describe('the log history', () => {
  it('gives a run back as it was told, and keeps what the script said sealed', async () => {
    const error = { name: 'Error', message: 's3cr3t', line: 3, column: 1 };
    const told = run('a', { version: 2 ** 40, outcome: 'threw', details: { error, logs: [], usage: { wallMs: 1.5 } } });
    await append(told);
    expect((await list()).items).toEqual([told]);
    expect(await database.dump()).not.toContain('s3cr3t');
  });

  it('keeps a run once, however often and by however many it is told', async () => {
    await append(run('a'), run('a'));
    await Promise.all([append(run('a'), run('b')), append(run('b'), run('a', { outcome: 'threw' }))]);
    expect((await list()).items.map(({ runId, outcome }) => `${runId} ${outcome}`).sort()).toEqual([
      'a completed',
      'b completed',
    ]);
  });

  it('comes the newest first, page by page', async () => {
    await append(
      ...['a', 'b', 'c', 'd', 'e'].map((id, place) => run(id, { endedAt: ago(place < 2 ? 0 : place * 1_000) })),
    );
    const first = await list({}, { size: 2, token: '' });
    const second = await list({}, { size: 2, token: first.nextPageToken });
    const third = await list({}, { size: 2, token: second.nextPageToken });
    expect([first, second, third].map(({ items }) => items.map(({ runId }) => runId))).toEqual([
      ['b', 'a'],
      ['c', 'd'],
      ['e'],
    ]);
    expect(third.nextPageToken).toBe('');
    await expect(list({}, { size: 2, token: 'x' })).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it('is narrowed by every filter, and by several together', async () => {
    await append(
      run('ok'),
      run('lookup', { action: 'getUser' }),
      run('threw', { outcome: 'threw' }),
      run('late', { outcome: 'timed_out', action: 'getUser' }),
      run('old', { endedAt: ago(5_000) }),
    );
    expect((await ids({ action: 'getUser' })).sort()).toEqual(['late', 'lookup']);
    expect(await ids({ outcome: 'threw' })).toEqual(['threw']);
    expect((await ids({ failedOnly: true })).sort()).toEqual(['late', 'threw']);
    expect(await ids({ failedOnly: true, action: 'getUser' })).toEqual(['late']);
    expect(await ids({ requestId: 'request of ok' })).toEqual(['ok']);
    expect(await ids({ until: ago(1_000) })).toEqual(['old']);
    expect(await ids({ since: ago(5_000), until: ago(4_999) })).toEqual(['old']);
    expect((await ids({ since: ago(4_999) })).length).toBe(4);
  });

  it('is one pool’s own, with equal run ids in two pools told apart', async () => {
    await append(run('a'));
    const other = (await poolWithConnection(store)).userPoolId;
    await store.scriptRuns.append(other, [run('a', { outcome: 'threw' })]);
    expect(await ids()).toEqual(['a']);
    expect((await list()).items[0]?.outcome).toBe('completed');
    const nobody = '00000000-0000-4000-8000-000000000000';
    for (const wrong of [nobody, 'no uuid'])
      await expect(store.scriptRuns.list({ userPoolId: wrong }, { size: 0, token: '' })).rejects.toMatchObject({
        reason: 'USER_POOL_NOT_FOUND',
      });
  });

  it('has a cap for each pool: the oldest go with the next sweep, whatever the order in which they come', async () => {
    for (const batch of [
      [3, 1, 12],
      [7, 2, 11, 5],
      [4, 6, 8, 9, 10],
    ])
      await append(...batch.map((age) => run(`age ${age}`, { endedAt: ago(age * 1_000) })));
    await store.scriptRuns.sweep();
    expect(await ids()).toEqual(Array.from({ length: 10 }, (_, place) => `age ${place + 1}`));
    const rows = await database.query('SELECT 1 FROM script_runs WHERE user_pool_id = $1', [userPoolId]);
    expect(rows).toHaveLength(10);
  });

  it('has it with a later sweep, too, where one failed', async () => {
    await append(...Array.from({ length: 12 }, (_, age) => run(`age ${age}`, { endedAt: ago(age * 1_000) })));
    await database.query('ALTER TABLE script_runs RENAME TO gone');
    await expect(store.scriptRuns.sweep()).rejects.toThrow('42P01');
    await database.query('ALTER TABLE gone RENAME TO script_runs');
    await store.scriptRuns.sweep();
    expect(await database.query('SELECT 1 FROM script_runs WHERE user_pool_id = $1', [userPoolId])).toHaveLength(10);
  });

  it('forgets what is older than its retention time, first to the eye and then in the table', async () => {
    await append(
      run('young'),
      run('old', { endedAt: ago(30 * DAY_MS - 1_000) }),
      run('too old', { endedAt: ago(31 * DAY_MS) }),
    );
    expect(await ids()).toEqual(['young', 'old']);
    now = new Date(now.getTime() + 2_000);
    expect(await ids()).toEqual(['young']);
    await store.scriptRuns.sweep();
    expect(await database.query('SELECT run_id FROM script_runs WHERE user_pool_id = $1', [userPoolId])).toEqual([
      { run_id: 'young' },
    ]);
  });

  it('lists a run that does not open, by another key of the same id or moved to another pool, without what is sealed', async () => {
    const unopened = { error: { name: '', message: expect.stringContaining('cannot be opened') }, logs: [] };
    await append(run('mine'));
    await using other = await openStoreForTests(database.url, { keyRing: randomRing('k1') });
    await other.scriptRuns.append(userPoolId, [run('sealed otherwise', { outcome: 'threw' })]);
    const elsewhere = (await poolWithConnection(store)).userPoolId;
    await store.scriptRuns.append(elsewhere, [run('moved')]);
    await database.query('UPDATE script_runs SET user_pool_id = $1 WHERE user_pool_id = $2', [userPoolId, elsewhere]);
    const { items } = await list();
    expect(items).toEqual([
      run('sealed otherwise', { outcome: 'threw', details: unopened }),
      run('moved', { details: unopened }),
      run('mine'),
    ]);
    expect(JSON.stringify(items.slice(0, 2))).not.toContain('s3cr3t');
  });
});
