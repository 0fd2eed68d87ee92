import type { ListPublicIpsRequest, ListPublicIpsResponse } from '@userferry/contracts/publicip/v1/public_ip_service';
import type { Handler } from '@userferry/grpc';
import type { PublicIpTable } from '../table/public-ip-table.ts';
import { entriesFor, regionsOf } from './region-filter.ts';
import { wireEntry, wireLease } from './wire.ts';

/** The list as it is now. */
export const listPublicIps =
  (table: PublicIpTable): Handler<ListPublicIpsRequest, ListPublicIpsResponse> =>
  async ({ region, withLeases }) => {
    const state = table.state();
    const entries = entriesFor(state, region);
    return {
      ips: entries.map(({ address }) => address),
      updatedAt: new Date(state.updatedAtMs),
      publicIps: entries.map(wireEntry),
      regions: [...regionsOf(state)],
      leases: withLeases ? [...state.leases.values()].map(wireLease) : [],
    };
  };
