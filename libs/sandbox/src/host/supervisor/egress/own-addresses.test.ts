import { afterEach, expect, it, vi } from 'vitest';
import { createOwnAddresses } from './own-addresses.ts';

afterEach(() => void vi.useRealTimers());

it.each([0, -3_600_000])(
  'an interface that comes is known within seconds, where the clock is set by %s ms',
  (setMs) => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    let address = '203.0.113.1';
    const isOwn = createOwnAddresses(() => ({ eth0: [{ address }] }));
    expect([isOwn('203.0.113.1'), isOwn('203.0.113.2')]).toEqual([true, false]);
    address = '203.0.113.2';
    vi.setSystemTime(Date.now() + setMs);
    vi.advanceTimersByTime(5_000);
    expect([isOwn('203.0.113.1'), isOwn('203.0.113.2')]).toEqual([false, true]);
  },
);
