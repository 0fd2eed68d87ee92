import { setTimeout } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { ServiceError } from '@userferry/errors';
import type { Caller } from '@userferry/grpc';
import { describe, expect, it, vi } from 'vitest';
import type { KnownKey } from '../clients/pool-store.ts';
import { createAuthenticate, createCallerOf } from './authenticate.ts';

const caller: Caller = { role: 'edge', userPoolIds: ['pool'], scopes: ['logins'], id: 'key-1' };
const known = (validUntilMs = Number.POSITIVE_INFINITY): KnownKey => ({ caller, validUntilMs });

const withKey = (key: string): Metadata => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${key}`);
  return metadata;
};

const createWorld = (find: () => Promise<KnownKey | undefined>) => {
  const used: string[] = [];
  let asked = 0;
  const findApiKey = () => {
    asked += 1;
    return find();
  };
  const authenticate = createAuthenticate(createCallerOf({ store: { findApiKey }, onUse: (id) => used.push(id) }));
  const ask = (key: string) => authenticate(withKey(key)).catch((error: ServiceError) => error.reason);
  return { ask, used, asked: () => asked };
};

describe('an API key', () => {
  it('is looked up once in a while, and each use of it is noted', async () => {
    const { ask, used, asked } = createWorld(async () => known());
    expect([await ask('a'), await ask('a')]).toEqual([caller, caller]);
    expect([asked(), used]).toEqual([1, ['key-1', 'key-1']]);
  });

  it('is told of each time that it was looked up and found, and nobody else is', async () => {
    const found: KnownKey[] = [];
    const keys = [known(7), undefined];
    const findApiKey = async () => keys.shift();
    const onFound = (key: KnownKey) => found.push(key);
    const authenticate = createAuthenticate(createCallerOf({ store: { findApiKey }, onUse: () => undefined, onFound }));
    for (const key of ['a', 'a', 'b']) await authenticate(withKey(key)).catch(() => undefined);
    expect(found).toMatchObject([known(7)]);
  });

  it('that ends while it is believed is not believed any more, and that is no use of it', async () => {
    const { ask, used, asked } = createWorld(async () => known(Date.now() + 200));
    expect(await ask('a')).toEqual(caller);
    await setTimeout(300);
    expect([await ask('a'), await ask('a'), asked()]).toEqual(['API_KEY_EXPIRED', 'API_KEY_EXPIRED', 1]);
    expect(used).toEqual(['key-1']);
  });

  it('that the store finds is believed although it has ended by the clock of this process, which may be ahead', async () => {
    const { ask, asked } = createWorld(async () => known(Date.now() - 60_000));
    expect([await ask('a'), await ask('a'), asked()]).toEqual([caller, caller, 1]);
  });

  it('that has expired, or is unknown, is told so without asking the store each time', async () => {
    const expired = createWorld(() => Promise.reject(new ServiceError('API_KEY_EXPIRED', 'expired')));
    expect([await expired.ask('a'), await expired.ask('a')]).toEqual(['API_KEY_EXPIRED', 'API_KEY_EXPIRED']);
    const unknown = createWorld(async () => undefined);
    expect([await unknown.ask('a'), await unknown.ask('a')]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    expect([expired.asked(), unknown.asked()]).toEqual([1, 1]);
  });

  it('is believed for ten seconds from when the store was asked, however late it answers', async () => {
    let now = 1;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    // The cache looks at the clock once in a millisecond.
    const pass = async (ms: number) => {
      now += ms;
      await setTimeout(5);
    };
    try {
      const slow = createWorld(() => pass(6_000).then(() => known()));
      for (const waitMs of [3_900, 200]) {
        await slow.ask('a');
        await pass(waitMs);
      }
      expect(slow.asked()).toBe(1);
      await slow.ask('a');
      expect(slow.asked()).toBe(2);
    } finally {
      clock.mockRestore();
    }
  });

  it('is not judged by a store that is away', async () => {
    const { ask, asked } = createWorld(() => Promise.reject(new ServiceError('STORE_UNAVAILABLE', 'away')));
    expect([await ask('a'), await ask('a'), asked()]).toEqual(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE', 2]);
  });
});
