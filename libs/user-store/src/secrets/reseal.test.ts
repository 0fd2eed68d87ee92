import { leadsThroughPooler } from '@userferry/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, openStoreForTests, poolWithConnection, randomRing, useTestStore } from '../store-for-tests.ts';
import { type ResealOptions, type ResealProgress, resealAll, type UnopenedValue } from './reseal.ts';
import type { KeyRing } from './sealing.ts';

const both = randomRing('old', 'new');
const OLD: KeyRing = { currentKeyId: 'old', keys: new Map([['old', both.keys.get('old') as Uint8Array]]) };
const ROTATED: KeyRing = { ...both, currentKeyId: 'new' };
const NEW: KeyRing = { currentKeyId: 'new', keys: new Map([['new', both.keys.get('new') as Uint8Array]]) };
const RUNS = 450;

const TYPES = { language: 'typescript', written: 'as it was written' };
const { database, store } = useTestStore({ keyRing: OLD });
let userPoolId: string;
beforeEach(async () => {
  await database.query('TRUNCATE script_runs, scripts, connection_versions');
  userPoolId = (await poolWithConnection(store)).userPoolId;
  await store.connections.saveScript({ userPoolId, action: 'login', source: 'what runs', ...TYPES, ...ADMIN });
  const run = { endedAt: new Date(), action: 'login', outcome: 'threw', version: 1, requestId: '', test: false };
  const runs = Array.from({ length: RUNS }, (_, at) => ({
    ...run,
    runId: `run ${at}`,
    details: { said: `s3cr3t ${at}` },
  }));
  await store.scriptRuns.append(userPoolId, runs);
});

const reseal = (options: Partial<ResealOptions> = {}) =>
  resealAll({
    databaseUrl: database.url,
    connectTimeoutMs: 5_000,
    throughPooler: leadsThroughPooler(),
    keyRing: ROTATED,
    ...options,
  });
const sealedWith = async (keyId: string): Promise<number> => {
  const columns = [
    ['connection_versions', 'sealed_settings'],
    ['scripts', 'sealed_source'],
    ['scripts', 'sealed_written'],
    ['script_runs', 'sealed_details'],
  ];
  const counts = columns.map(([table, column]) =>
    database.query(`SELECT 1 FROM ${table} WHERE split_part(${column}, ':', 2) = $1`, [keyId]),
  );
  return (await Promise.all(counts)).flat().length;
};
const readsAll = async (keyRing: KeyRing) => {
  await using reader = await openStoreForTests(database.url, { keyRing });
  const { env, scripts } = await reader.connections.settings(userPoolId);
  expect([env.API_TOKEN, scripts[0]?.source]).toEqual(['s3cr3t-token', 'what runs']);
  expect((await reader.connections.script({ userPoolId, action: 'login', version: 2 })).source).toBe(
    'as it was written',
  );
  const { items } = await reader.scriptRuns.list({ userPoolId }, { size: 200, token: '' });
  expect(items[0]?.details).toHaveProperty('said');
};

describe('changing the encryption key', () => {
  it('seals everything anew, all versions and the whole history, tells how far it is, and the old key can go', async () => {
    const told: ResealProgress[] = [];
    const sealed = await sealedWith('old');
    expect(sealed).toBe(RUNS + 4);
    const result = await reseal({ onProgress: (progress) => told.push(progress) });
    expect(result).toEqual({ resealed: sealed, unopened: 0, left: [] });
    expect([await sealedWith('old'), await sealedWith('new')]).toEqual([0, sealed]);
    const runs = told.filter(({ table }) => table === 'script_runs');
    expect(runs.map(({ done }) => done)).toEqual([200, 400, 450, 450]);
    expect(new Set(runs.map(({ total }) => total))).toEqual(new Set([450]));
    await readsAll(NEW);
  });

  it('is done in no time when there is nothing to do', async () => {
    await reseal();
    expect(await reseal()).toEqual({ resealed: 0, unopened: 0, left: [] });
  });

  it('goes on where it was interrupted', async () => {
    let batches = 0;
    const interrupted = reseal({
      onProgress: ({ table }) => {
        if (table === 'script_runs' && ++batches === 2) throw new Error('somebody pulled the plug');
      },
    });
    await expect(interrupted).rejects.toThrow();
    const before = await sealedWith('old');
    expect(before).toBe(RUNS - 400);
    await readsAll(ROTATED);
    expect(await reseal()).toEqual({ resealed: before, unopened: 0, left: [] });
    await readsAll(NEW);
  });

  it('may be done by several at once, while others read and write', async () => {
    await using early = await openStoreForTests(database.url, { keyRing: { ...both, currentKeyId: 'old' } });
    await using late = await openStoreForTests(database.url, { keyRing: ROTATED });
    const results = await Promise.all([
      reseal(),
      reseal(),
      early.connections.saveScript({ userPoolId, action: 'getUser', source: 'of early', ...ADMIN }),
      late.connections.saveScript({ userPoolId, action: 'createUser', source: 'of late', ...ADMIN }),
      readsAll(ROTATED),
    ]);
    expect(results[0].resealed + results[1].resealed).toBeGreaterThanOrEqual(RUNS + 3);
    expect((await reseal()).left).toEqual([]);
    await using reader = await openStoreForTests(database.url, { keyRing: NEW });
    const { scripts } = await reader.connections.settings(userPoolId);
    expect(scripts.map(({ source }) => source).sort()).toEqual(['of early', 'of late', 'what runs']);
  });

  it('leaves what a key has sealed that is not there, and says which and how many', async () => {
    const result = await reseal({ keyRing: NEW });
    expect([result.resealed, result.unopened]).toEqual([0, 0]);
    expect(result.left).toEqual([
      { table: 'connection_versions', keyId: 'old', count: 2 },
      { table: 'scripts', keyId: 'old', count: 2 },
      { table: 'script_runs', keyId: 'old', count: RUNS },
    ]);
    await readsAll(OLD);
  });

  it('names a value that was altered by its row and leaves it, seals everything else anew, and still needs the old key', async () => {
    const [run] = await database.query(`UPDATE script_runs SET sealed_details = left(sealed_details, -4) || 'AAAA'
      WHERE run_id = 'run 7' RETURNING sealed_details`);
    const [script] = await database.query(`UPDATE scripts SET sealed_source = 'v1:old::s3cr3t' RETURNING id`);
    const unopened: UnopenedValue[] = [];
    const result = await reseal({ onUnopened: (value) => unopened.push(value) });
    expect(unopened).toEqual([
      { table: 'scripts', column: 'sealed_source', key: { id: script?.id } },
      { table: 'script_runs', column: 'sealed_details', key: { user_pool_id: userPoolId, run_id: 'run 7' } },
    ]);
    expect(result).toEqual({
      resealed: RUNS + 2,
      unopened: 2,
      left: [
        { table: 'scripts', keyId: 'old', count: 1 },
        { table: 'script_runs', keyId: 'old', count: 1 },
      ],
    });
    expect(await database.query(`SELECT sealed_details FROM script_runs WHERE run_id = 'run 7'`)).toEqual([run]);
    expect(JSON.stringify([unopened, result])).not.toContain('s3cr3t');
  });

  it('names a value that was never sealed, and repeats nothing of it as the id of a key', async () => {
    await database.query(`UPDATE connection_versions SET sealed_settings = 'x://u:s3cr3t@db' WHERE version = 1`);
    const unopened: UnopenedValue[] = [];
    const result = await reseal({ onUnopened: (value) => unopened.push(value) });
    expect(unopened).toMatchObject([{ table: 'connection_versions', key: { version: '1' } }]);
    expect(result).toEqual({ resealed: RUNS + 3, unopened: 1, left: [] });
    expect(await sealedWith('old')).toBe(0);
  });
});
