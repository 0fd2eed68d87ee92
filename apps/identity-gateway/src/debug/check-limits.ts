import { ServiceError } from '@userferry/errors';
import { LRUCache } from 'lru-cache';

const AT_ONCE_MAX = 4;
const BURST = 10;
const EVERY_MS = 500;
const POOLS_MAX = 10_000;

type Bucket = { left: number; atMs: number; running: boolean };

const tooMany = (retryAfterMs: number) =>
  new ServiceError('TOO_MANY_CHECKS', 'scripts of this user pool are checked too often: wait before the next check', {
    metadata: { retry_after_ms: String(Math.ceil(retryAfterMs)) },
  });

/**
 * Lets checks of sources through, of which whoever types makes many: one at a time for a user pool, ten at once and then two
 * a second, and four at a time altogether, so that the runner is there for logins.
 */
export const createCheckLimits = (now: () => number = () => performance.now()) => {
  const buckets = new LRUCache<string, Bucket>({ max: POOLS_MAX });
  let running = 0;

  const bucketOf = (userPoolId: string): Bucket => {
    const held = buckets.get(userPoolId) ?? { left: BURST, atMs: now(), running: false };
    held.left = Math.min(BURST, held.left + (now() - held.atMs) / EVERY_MS);
    held.atMs = now();
    buckets.set(userPoolId, held);
    return held;
  };

  return {
    /** @throws ServiceError TOO_MANY_CHECKS */
    run: async <T>(userPoolId: string, check: () => Promise<T>): Promise<T> => {
      const bucket = bucketOf(userPoolId);
      if (bucket.left < 1) throw tooMany((1 - bucket.left) * EVERY_MS);
      if (bucket.running || running >= AT_ONCE_MAX) throw tooMany(EVERY_MS);
      bucket.left -= 1;
      bucket.running = true;
      running += 1;
      try {
        return await check();
      } finally {
        bucket.running = false;
        running -= 1;
      }
    },
  };
};

export type CheckLimits = ReturnType<typeof createCheckLimits>;
