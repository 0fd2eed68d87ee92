import type { Logger } from '@userferry/process';
import type { KnownKey } from '../clients/pool-store.ts';

const DAY_MS = 86_400_000;
const SOON_MS = 7 * DAY_MS;

/**
 * Says of each key that is in use, once a day, that it ends within a week, or that the one that follows it is there already:
 * with an edge's only key end all of its logins, and callers are told so only then.
 */
export const createTellEndingKeys = (log: Pick<Logger, 'warn'>): ((found: KnownKey) => void) => {
  const told = new Set<string>();
  let began = performance.now();
  const isNewToday = (id: string): boolean => {
    if (performance.now() - began >= DAY_MS) {
      told.clear();
      began = performance.now();
    }
    return told.size < told.add(id).size;
  };
  return ({ caller, validUntilMs }) => {
    const leftMs = validUntilMs - Date.now();
    if (leftMs <= 0 || leftMs > SOON_MS || !isNewToday(caller.id)) return;
    const { id: apiKeyId, role, userPoolIds } = caller;
    const ends = new Date(validUntilMs).toISOString();
    log.warn(
      { apiKeyId, role, userPoolIds, ends, daysLeft: Math.floor(leftMs / DAY_MS) },
      'an API key in use ends soon',
    );
  };
};
