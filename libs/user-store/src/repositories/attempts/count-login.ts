import { randomInt } from 'node:crypto';

// A pool's logins of a day go to one of these rows, so that they do not all wait for one.
const SHARDS = 8;

/** Counts a successful login of a pool, if `condition` holds: from parameter `first` on, the values of `loginCounts`. */
export const countLogin = (first: number, condition = 'true'): string => {
  const [pool, day, shard, legacy, last] = [0, 1, 2, 3, 4].map((nth) => `$${first + nth}`);
  return `
    INSERT INTO login_days AS d (user_pool_id, day, shard, logins, legacy_logins, last_legacy_login_at)
    SELECT ${pool}::uuid, ${day}::date, ${shard}::int2, 1, ${legacy}::int8, ${last}::timestamptz WHERE ${condition}
    ON CONFLICT (user_pool_id, day, shard) DO UPDATE
    SET logins = d.logins + 1, legacy_logins = d.legacy_logins + excluded.legacy_logins,
      last_legacy_login_at = coalesce(excluded.last_legacy_login_at, d.last_legacy_login_at)`;
};

/** A day as the database writes it, UTC. */
export const dateOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Who logged in when, and who answered. */
export const loginCounts = (userPoolId: string, byLegacyStore: boolean, now: Date): readonly unknown[] => [
  userPoolId,
  dateOf(now),
  randomInt(SHARDS),
  byLegacyStore ? 1 : 0,
  byLegacyStore ? now : null,
];
