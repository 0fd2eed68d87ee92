import { ServiceError } from '@userferry/errors';
import type { Entry } from './entry.ts';
import type { TableState } from './table-state.ts';

/** More than any deployment has. */
export const ADDRESSES_MAX = 1_000;

/**
 * The state without the draining addresses that it has no room for: those that would leave first, since an address that
 * nobody uses any more must not keep out one that somebody does. Only what is pinned or in use is counted for the refusal.
 * @throws ServiceError PUBLIC_IP_TABLE_FULL
 */
export const makeRoom = (state: TableState): TableState => {
  const draining = [...state.entries.values()].filter((entry) => entry.state === 'draining');
  const live = state.entries.size - draining.length;
  if (live > ADDRESSES_MAX)
    throw new ServiceError('PUBLIC_IP_TABLE_FULL', `more than ${ADDRESSES_MAX} addresses would be pinned or in use`);
  const tooMany = Math.max(0, state.entries.size - ADDRESSES_MAX);
  if (tooMany === 0) return state;
  const dropped = new Set(draining.sort(byEnd).slice(0, tooMany));
  return { ...state, entries: new Map([...state.entries].filter(([, entry]) => !dropped.has(entry))) };
};

const byEnd = ({ drainsUntilMs: one = 0 }: Entry, { drainsUntilMs: other = 0 }: Entry): number => one - other;
