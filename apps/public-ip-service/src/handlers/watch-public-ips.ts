import type { WatchPublicIpsRequest, WatchPublicIpsResponse } from '@userferry/contracts/publicip/v1/public_ip_service';
import { ServiceError } from '@userferry/errors';
import type { StreamHandler } from '@userferry/grpc';
import { type Entry, isFor } from '../table/entry.ts';
import type { PublicIpTable } from '../table/public-ip-table.ts';
import { diffEntries, isNothing, type TableState } from '../table/table-state.ts';
import { entriesFor } from './region-filter.ts';
import { wireEntry } from './wire.ts';

/**
 * First the present list, then what is different from what this watcher was last told. Nothing is queued for anybody: a
 * watcher that reads slowly is told the difference to the list of the moment at which it reads.
 */
export const watchPublicIps = (
  table: PublicIpTable,
  { watchersMax }: { readonly watchersMax: number },
): StreamHandler<WatchPublicIpsRequest, WatchPublicIpsResponse> => {
  let watchers = 0;
  return async function* ({ region }, { signal }) {
    if (watchers >= watchersMax)
      throw new ServiceError('TOO_MANY_WATCHERS', `${watchersMax} are watching here; try again, or another replica`);
    watchers += 1;
    try {
      let told = table.state();
      yield listEvent(told, entriesFor(told, region));
      while (!signal.aborted) {
        await table.changed(told, signal);
        const now = table.state();
        const change = diffEntries(byRegion(told, region), byRegion(now, region));
        told = now;
        if (!isNothing(change) && !signal.aborted) yield changeEvent(now, change);
      }
    } finally {
      watchers -= 1;
    }
  };
};

const byRegion = ({ entries }: TableState, region: string): ReadonlyMap<string, Entry> =>
  region === '' ? entries : new Map([...entries].filter(([, entry]) => isFor(region, entry)));

const listEvent = ({ updatedAtMs }: TableState, entries: readonly Entry[]): WatchPublicIpsResponse => ({
  event: {
    $case: 'list',
    value: {
      ips: entries.map(({ address }) => address),
      updatedAt: new Date(updatedAtMs),
      publicIps: entries.map(wireEntry),
    },
  },
});

const changeEvent = (
  { updatedAtMs }: TableState,
  { changed, removed }: ReturnType<typeof diffEntries>,
): WatchPublicIpsResponse => ({
  event: {
    $case: 'change',
    value: { changed: changed.map(wireEntry), removed: [...removed], updatedAt: new Date(updatedAtMs) },
  },
});
