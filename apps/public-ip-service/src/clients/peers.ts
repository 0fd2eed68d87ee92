import { type EgressLease, PublicIpServiceClient } from '@userferry/contracts/publicip/v1/public_ip_service';
import { type ClientTls, createClient } from '@userferry/grpc';
import { entryOfWire, leaseOfWire } from '../handlers/wire.ts';
import { isAddress, type Lease } from '../table/entry.ts';
import type { TableState } from '../table/table-state.ts';

const CALL_MS_MAX = 2_000;

/**
 * What another replica knows.
 * @throws ServiceError when it cannot be asked
 */
export const fetchTable = async (address: string, token: string, tls?: ClientTls): Promise<TableState> => {
  using client = createClient(PublicIpServiceClient, { address, token, tls });
  const call = { requestId: crypto.randomUUID(), deadlineMs: Date.now() + CALL_MS_MAX };
  const { publicIps, leases, updatedAt } = await client.listPublicIps({ region: '', withLeases: true }, call);
  return {
    entries: new Map(
      publicIps.filter(({ address }) => isAddress(address)).map((each) => [each.address, entryOfWire(each)]),
    ),
    leases: new Map(leases.map((each) => [each.runnerId, leaseOf(each)])),
    updatedAtMs: updatedAt?.getTime() ?? 0,
  };
};

const leaseOf = (told: EgressLease): Lease => {
  const lease = leaseOfWire(told);
  return { ...lease, addresses: lease.addresses.filter(isAddress) };
};
