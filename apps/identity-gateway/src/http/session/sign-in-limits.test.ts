import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSignInLimits } from './sign-in-limits.ts';

afterEach(() => void vi.useRealTimers());

const fail = (limits: ReturnType<typeof createSignInLimits>, address: string, times: number) =>
  Array.from({ length: times }, () => limits.begin(address)).at(-1);

describe('failed sign-ins', () => {
  it('are ten in a quarter of an hour at the most, of each address alone', () => {
    let nowMs = 0;
    const limits = createSignInLimits(() => nowMs);
    expect(fail(limits, '192.0.2.1', 10)).toBe(0);
    nowMs = 60_000;
    expect([limits.begin('192.0.2.1'), limits.begin('192.0.2.2')]).toEqual([14 * 60_000, 0]);
    nowMs = 15 * 60_000;
    expect(limits.begin('192.0.2.1')).toBe(0);
  });

  it('do not count when they were none', () => {
    const limits = createSignInLimits();
    for (let n = 0; n < 30; n += 1) {
      expect(limits.begin('192.0.2.1')).toBe(0);
      limits.forgive('192.0.2.1');
    }
  });

  it('count apart for IPv4 clients of a server that listens on ::', () => {
    const limits = createSignInLimits();
    for (let last = 1; last <= 10; last += 1) fail(limits, `::ffff:192.0.2.${last}`, 1);
    expect(limits.begin('::ffff:192.0.2.11')).toBe(0);
  });

  it('count together for the addresses of one IPv6 network of 64 bits', () => {
    const limits = createSignInLimits();
    fail(limits, '2001:db8::1', 5);
    fail(limits, '2001:db8:0:0:ffff::2', 5);
    expect(limits.begin('2001:db8::3')).toBeGreaterThan(0);
    expect(limits.begin('2001:db8:0:1::1')).toBe(0);
    expect(limits.begin('::1')).toBe(0);
  });

  it('of more addresses than anybody has are not all remembered', () => {
    const limits = createSignInLimits();
    fail(limits, '192.0.2.1', 10);
    for (let n = 0; n < 10_000; n += 1) limits.begin(`10.0.${n >> 8}.${n & 255}`);
    expect(limits.begin('192.0.2.1')).toBe(0);
  });

  it.each([3_600_000, -3_600_000])(
    'count for a quarter of an hour, where the clock is set by %s ms meanwhile',
    (setMs) => {
      vi.useFakeTimers({ toFake: ['Date', 'performance'] });
      const limits = createSignInLimits();
      fail(limits, '192.0.2.1', 10);
      vi.setSystemTime(Date.now() + setMs);
      expect(limits.begin('192.0.2.1')).toBe(15 * 60_000);
      vi.advanceTimersByTime(15 * 60_000);
      expect(limits.begin('192.0.2.1')).toBe(0);
    },
  );
});
