import { createLogger } from '@userferry/process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PublicIps } from '../clients/public-ips.ts';
import { createLastKnownIps } from './last-known-ips.ts';

afterEach(() => void vi.useRealTimers());

const log = createLogger({ service: 'test', level: 'silent' });
const call = { requestId: 'request-1', deadlineMs: Date.now() + 60_000 };

const listOf = (...addresses: string[]): PublicIps => ({
  ips: addresses.map((address) => ({ address, regions: [] })),
  regions: [],
  updatedAt: undefined,
});

/** A public-ip-service that answers or fails as the test says, at the test's time. */
const world = (staleMsMax = 60_000) => {
  const state = { nowMs: 1_000_000, list: listOf('192.0.2.1'), error: undefined as Error | undefined, asked: 0 };
  const list = async (): Promise<PublicIps> => {
    state.asked += 1;
    await Promise.resolve();
    if (state.error) throw state.error;
    return state.list;
  };
  const known = createLastKnownIps({ publicIps: { list }, staleMsMax, log, clock: () => state.nowMs });
  const get = async () => {
    const { list, staleMs } = await known.get(call);
    return [list.ips.map(({ address }) => address).join(), staleMs];
  };
  return { state, get };
};

describe('the last known list', () => {
  it('is asked for once, by one call for all, and again after a while', async () => {
    const { state, get } = world();
    const answers = await Promise.all(Array.from({ length: 100 }, get));
    expect(new Set(answers.map(String)).size).toBe(1);
    await get();
    expect(state.asked).toBe(1);
    state.nowMs += 2_000;
    state.list = listOf('192.0.2.2');
    expect(await get()).toEqual(['192.0.2.2', undefined]);
    expect(state.asked).toBe(2);
  });

  it('is told while the service is down, with its age, until it is too old', async () => {
    const { state, get } = world(60_000);
    await get();
    state.error = new Error('down');
    state.nowMs += 10_000;
    expect(await get()).toEqual(['192.0.2.1', 10_000]);
    state.nowMs += 50_000;
    expect(await get()).toEqual(['192.0.2.1', 60_000]);
    state.nowMs += 1;
    await expect(get()).rejects.toThrow('down');
    state.error = undefined;
    expect(await get()).toEqual(['192.0.2.1', undefined]);
  });

  it('does not wait for a service that is down: it is asked behind the answer, now and then', async () => {
    const { state, get } = world();
    await get();
    state.error = new Error('down');
    state.nowMs += 10_000;
    for (let n = 0; n < 20; n += 1) await get();
    expect(state.asked).toBe(2);
    state.list = listOf('192.0.2.2');
    state.error = undefined;
    state.nowMs += 2_000;
    expect(await get()).toEqual(['192.0.2.1', 12_000]);
    await expect.poll(get).toEqual(['192.0.2.2', undefined]);
    expect(state.asked).toBe(3);
  });

  it('is an error when nothing was ever known', async () => {
    const { state, get } = world();
    state.error = new Error('down');
    await expect(get()).rejects.toThrow('down');
    state.error = undefined;
    expect(await get()).toEqual(['192.0.2.1', undefined]);
  });

  it.each([3_600_000, -3_600_000])('is as old as it is, where the clock is set by %s ms meanwhile', async (setMs) => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const told = [listOf('192.0.2.1'), listOf('192.0.2.2')];
    const list = async () => told.shift() ?? Promise.reject(new Error('down'));
    const known = createLastKnownIps({ publicIps: { list }, staleMsMax: 60_000, log });
    await known.get(call);
    vi.setSystemTime(Date.now() + setMs);
    vi.advanceTimersByTime(2_000);
    expect((await known.get(call)).list).toEqual(listOf('192.0.2.2'));
    vi.advanceTimersByTime(3_000);
    expect((await known.get(call)).staleMs).toBe(3_000);
  });
});
