import { subscriberOf } from '@userferry/process';
import { LRUCache } from 'lru-cache';

const FAILURES_MAX = 10;
const WINDOW_MS = 15 * 60_000;
const ADDRESSES_MAX = 10_000;

/** Counts sign-ins that failed, by the address that they came from. */
export type SignInLimits = {
  /** Counts an attempt as failed until it is forgiven. Tells how long to wait where there were too many; else 0. */
  readonly begin: (address: string) => number;
  readonly forgive: (address: string) => void;
};

type Count = { failures: number; readonly endsMs: number };

export const createSignInLimits = (now: () => number = () => performance.now()): SignInLimits => {
  const counts = new LRUCache<string, Count>({ max: ADDRESSES_MAX });
  const current = (address: string): Count => {
    const key = subscriberOf(address) ?? address;
    const held = counts.get(key);
    if (held !== undefined && now() < held.endsMs) return held;
    const count = { failures: 0, endsMs: now() + WINDOW_MS };
    counts.set(key, count);
    return count;
  };
  return {
    begin: (address) => {
      const count = current(address);
      if (count.failures >= FAILURES_MAX) return Math.ceil(count.endsMs - now());
      count.failures += 1;
      return 0;
    },
    forgive: (address) => {
      const count = current(address);
      count.failures = Math.max(0, count.failures - 1);
    },
  };
};
