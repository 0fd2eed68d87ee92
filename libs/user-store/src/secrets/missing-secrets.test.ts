import { beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  openStoreForTests,
  poolWithConnection,
  randomRing,
  someCredential,
  useTestStore,
} from '../store-for-tests.ts';
import type { KeyRing } from './sealing.ts';

const keyRing = randomRing('k1');
const { database, store } = useTestStore({ keyRing });
let userPoolId: string;
const run = (runId: string) => ({
  ...{ runId, endedAt: new Date(), action: 'login', outcome: 'threw', version: 1, requestId: '', test: false },
  details: { said: 's3cr3t' },
});
beforeAll(async () => {
  const pool = await poolWithConnection(store);
  ({ userPoolId } = pool);
  await poolWithConnection(store);
  await store.connections.saveScript({ userPoolId, action: 'login', source: 's3cr3t source', ...ADMIN });
  await store.scriptRuns.append(userPoolId, [run('a')]);
  const typed = { kind: 'email', value: 'ada@example.com' } as const;
  await store.users.migrate({ ...pool, externalId: 1, profile: {}, typed, credential: someCredential });
});

const missingWith = async (ring: KeyRing, pepperIds = ['p1']) => {
  await using other = await openStoreForTests(database.url, { keyRing: ring });
  return await other.missingSecrets(pepperIds);
};
const ofKey = (given: 'none' | 'another', whats: readonly (readonly [string, number])[]) =>
  whats.map(([what, count]) => ({ kind: 'encryption key', id: 'k1', given, what, count }));
const ALL = [
  ['connections', 2],
  ['scripts', 1],
  ['runs of the log history', 1],
] as const;

describe('the secrets that a store needs', () => {
  it('are missed by nobody who has them, however many others are given', async () => {
    const ring = { ...randomRing('k2'), keys: new Map([...keyRing.keys, ...randomRing('k2').keys]) };
    expect(await missingWith(ring, ['p1', 'p2'])).toEqual([]);
  });

  it('are missing where nobody gave their ids, with what was made with them', async () => {
    expect(await missingWith(randomRing('k2'), ['p2'])).toEqual([
      ...ofKey('none', ALL),
      { kind: 'pepper', id: 'p1', given: 'none', what: 'password hashes', count: 1 },
    ]);
  });

  it('are others where an encryption key of the same id opens nothing', async () => {
    expect(await missingWith(randomRing('k1'))).toEqual(ofKey('another', ALL));
  });

  it('are others also where something was saved with the wrong key since', async () => {
    const wrong = randomRing('k1');
    await using other = await openStoreForTests(database.url, { keyRing: wrong });
    await other.scriptRuns.append(userPoolId, [run('b')]);
    for (const ring of [wrong, keyRing])
      expect(await missingWith(ring)).toContainEqual(ofKey('another', [['runs of the log history', 2]])[0]);
  });
});
