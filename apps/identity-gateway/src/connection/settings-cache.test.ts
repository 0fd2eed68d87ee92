import { ServiceError } from '@userferry/errors';
import { FROZEN_FOUND_MS } from '@userferry/grpc';
import { LIMITS, SCRIPT_ACTIONS } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import { callFacts } from '../testing/table-world.ts';
import type { ConnectionSettings } from './script-run.ts';
import { createSettingsCache } from './settings-cache.ts';

const NOTHING_SAVED = { env: {}, scripts: new Map() };

const createWorld = (answers: readonly Partial<ConnectionSettings>[]) => {
  const asked: string[] = [];
  const getConnectionSettings = async (userPoolId: string) => {
    asked.push(userPoolId);
    return { ...NOTHING_SAVED, ...answers[asked.length - 1] } as ConnectionSettings;
  };
  return { asked, cache: createSettingsCache({ getConnectionSettings }) };
};
const wanted = (connectionId: string, version: bigint) => ({ connectionId, version });

describe('settings in memory', () => {
  it('are fetched once for a version, and anew for a later one', async () => {
    const { asked, cache } = createWorld([
      { connectionId: 'c', version: 1n },
      { connectionId: 'c', version: 2n },
    ]);
    await Promise.all([1, 2, 3].map(() => cache.current('pool', wanted('c', 1n), callFacts())));
    await cache.current('pool', wanted('c', 1n), callFacts());
    expect(asked).toHaveLength(1);
    expect((await cache.current('pool', wanted('c', 2n), callFacts())).version).toBe(2n);
  });

  it('of a version that our store has lost in a failover are given up for those that it tells of', async () => {
    const { asked, cache } = createWorld([
      { connectionId: 'c', version: 3n },
      { connectionId: 'c', version: 2n },
    ]);
    await cache.current('pool', wanted('c', 3n), callFacts());
    expect((await cache.current('pool', wanted('c', 2n), callFacts())).version).toBe(2n);
    expect(asked).toHaveLength(2);
  });

  it('are held in 256 MiB at the most, however large the scripts: those that were not used for longest go first', async () => {
    const asked: string[] = [];
    const source = ' '.repeat(LIMITS.sourceBytesMax);
    const scripts = new Map(SCRIPT_ACTIONS.map((action) => [action, source]));
    const getConnectionSettings = async (userPoolId: string) => {
      asked.push(userPoolId);
      return { ...NOTHING_SAVED, connectionId: userPoolId, version: 1n, scripts } as unknown as ConnectionSettings;
    };
    const cache = createSettingsCache({ getConnectionSettings });
    const ask = (userPoolId: string) => cache.current(userPoolId, wanted(userPoolId, 1n), callFacts());
    const held = Math.floor((256 * 1024 * 1024) / (2 * SCRIPT_ACTIONS.length * LIMITS.sourceBytesMax));
    const pools = Array.from({ length: held + 1 }, (_, nth) => `pool ${nth}`);
    for (const pool of pools) await ask(pool);
    expect(asked).toEqual(pools);
    await ask(`pool ${held}`);
    expect(asked).toHaveLength(held + 1);
    await ask('pool 0');
    expect(asked.at(-1)).toBe('pool 0');
  });

  it('reach those who wait for them when whoever asked first hangs up, or has no time left', async () => {
    for (const timeLeftMs of [10_000, 0]) {
      const store = Promise.withResolvers<ConnectionSettings>();
      const cache = createSettingsCache({
        getConnectionSettings: (_, { signal }) =>
          new Promise((resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('the fetch was ended')));
            void store.promise.then(resolve);
          }),
      });
      const ending = new AbortController();
      const first = { ...callFacts(), signal: ending.signal, deadlineMs: Date.now() + timeLeftMs };
      const gone = cache.current('pool', wanted('c', 1n), first).catch(({ reason }) => reason);
      const waiting = cache.current('pool', wanted('c', 1n), callFacts());
      ending.abort();
      expect(await gone).toBe(timeLeftMs > 0 ? 'CANCELLED' : 'DEADLINE_EXCEEDED');
      store.resolve({ ...NOTHING_SAVED, connectionId: 'c', version: 1n } as unknown as ConnectionSettings);
      expect((await waiting).version).toBe(1n);
    }
  });

  it('are waited for until another replica of our store has been asked, where the first one was frozen', async () => {
    let timeMs = 0;
    const getConnectionSettings = async (_: string, { deadlineMs }: { readonly deadlineMs: number }) => {
      timeMs = deadlineMs - Date.now();
      return { ...NOTHING_SAVED, connectionId: 'c', version: 1n } as unknown as ConnectionSettings;
    };
    await createSettingsCache({ getConnectionSettings }).current('pool', wanted('c', 1n), callFacts());
    expect(timeMs).toBeGreaterThan(FROZEN_FOUND_MS + 5_000);
  });

  it('of a connection that was deleted are not taken for those of its successor, whose versions start anew', async () => {
    const { asked, cache } = createWorld([
      { connectionId: 'old', version: 9n },
      { connectionId: 'new', version: 1n },
    ]);
    await cache.current('pool', wanted('old', 9n), callFacts());
    const settings = await cache.current('pool', wanted('new', 1n), callFacts());
    expect([settings.connectionId, asked.length]).toEqual(['new', 2]);
  });

  it('of a connection that is deleted while they are on their way are those of a call that may be repeated', async () => {
    const ask = (reason: 'CONNECTION_NOT_FOUND' | 'STORE_UNAVAILABLE') => {
      const getConnectionSettings = () => Promise.reject(new ServiceError(reason, 'words of our store'));
      return createSettingsCache({ getConnectionSettings }).current('pool', wanted('c', 1n), callFacts());
    };
    await expect(ask('CONNECTION_NOT_FOUND')).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    await expect(ask('STORE_UNAVAILABLE')).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE' });
  });
});
