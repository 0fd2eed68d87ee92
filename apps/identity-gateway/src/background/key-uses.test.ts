import { createLogger } from '@userferry/process';
import { describe, expect, it } from 'vitest';
import { createKeyUses } from './key-uses.ts';

const log = createLogger({ service: 'test', level: 'silent' });
type Use = { readonly apiKeyId: string; readonly at: Date };

const createStore = () => {
  const told: Use[][] = [];
  const state = { away: false };
  const noteApiKeyUses = async (uses: readonly Use[]) => {
    if (state.away) throw new Error('away');
    told.push([...uses]);
  };
  return { told, state, noteApiKeyUses };
};

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('the uses of keys', () => {
  it('are told once for many, off the calls’ path, each key with its last', async () => {
    const store = createStore();
    const uses = createKeyUses({ store, log, tellMs: 3_600_000 });
    for (let n = 0; n < 1_000; n++) uses.note(`key-${n % 3}`);
    expect(store.told).toEqual([]);
    const before = Date.now();
    uses.note('key-0');
    await uses[Symbol.asyncDispose]();
    expect(store.told).toHaveLength(1);
    expect(store.told[0]?.map(({ apiKeyId }) => apiKeyId).sort()).toEqual(['key-0', 'key-1', 'key-2']);
    const last = store.told[0]?.find(({ apiKeyId }) => apiKeyId === 'key-0')?.at.getTime() ?? 0;
    expect(last).toBeGreaterThanOrEqual(before);
  });

  it('that the store did not take are told again, and nothing is told where nothing was used', async () => {
    const store = createStore();
    store.state.away = true;
    await using uses = createKeyUses({ store, log, tellMs: 5 });
    uses.note('key-1');
    await new Promise((resolve) => setTimeout(resolve, 30));
    store.state.away = false;
    await until(() => store.told.length > 0);
    expect(store.told).toMatchObject([[{ apiKeyId: 'key-1' }]]);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(store.told).toHaveLength(1);
  });

  it('are bounded: of more keys than can be held, the newest are known', async () => {
    const store = createStore();
    const uses = createKeyUses({ store, log, tellMs: 3_600_000 });
    for (let n = 0; n < 50_001; n++) uses.note(`key-${n}`);
    await uses[Symbol.asyncDispose]();
    const told = store.told.flat().map(({ apiKeyId }) => apiKeyId);
    expect([told.length, told[0], told.at(-1)]).toEqual([50_000, 'key-1', 'key-50000']);
  });
});
