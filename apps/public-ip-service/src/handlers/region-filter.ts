import { ServiceError } from '@userferry/errors';
import { type Entry, isFor } from '../table/entry.ts';
import type { TableState } from '../table/table-state.ts';

/** Every region that an address or a script-runner is of, sorted. */
export const regionsOf = ({ entries, leases }: TableState): readonly string[] =>
  [
    ...new Set([
      ...[...entries.values()].flatMap(({ regions }) => regions),
      ...[...leases.values()].map(({ region }) => region),
    ]),
  ].sort();

/**
 * The entries that a caller asks for. An unknown region is refused: an empty list would be taken for the truth, and
 * close a firewall.
 * @throws ServiceError REGION_NOT_FOUND
 */
export const entriesFor = (state: TableState, region: string): readonly Entry[] => {
  if (region !== '' && !regionsOf(state).includes(region))
    throw new ServiceError('REGION_NOT_FOUND', 'no script-runner and no address is of that region', {
      metadata: { regions: regionsOf(state).slice(0, 32).join(',') },
    });
  return [...state.entries.values()].filter((entry) => isFor(region === '' ? undefined : region, entry));
};
