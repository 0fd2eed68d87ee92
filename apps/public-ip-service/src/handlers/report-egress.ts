import type { ReportEgressRequest, ReportEgressResponse } from '@userferry/contracts/publicip/v1/public_ip_service';
import { ServiceError } from '@userferry/errors';
import type { Handler } from '@userferry/grpc';
import { parseIpAddress, REGION_NAME } from '@userferry/process';
import type { Lease } from '../table/entry.ts';
import { LEASE_MS_MAX, type PublicIpTable } from '../table/public-ip-table.ts';
import type { TableFile } from '../table/table-file.ts';

const LEASE_MS_MIN = 1_000;
const REPORTED_ADDRESSES_MAX = 32;
const RUNNER_ID = /^[\w.-]{1,128}$/;

export type ReportEgressDeps = {
  readonly table: PublicIpTable;
  readonly file: TableFile;
  readonly clock: () => number;
};

/** Takes a script-runner's report. What it changes is on the disk before the runner is told that it counts. */
export const reportEgress =
  ({ table, file, clock }: ReportEgressDeps): Handler<ReportEgressRequest, ReportEgressResponse> =>
  async (request) => {
    const lease = leaseOf(request, clock());
    if (table.report(lease)) await file.save(table.state());
    const { entries } = table.state();
    return {
      expiresAt: new Date(lease.expiresAtMs),
      unpinned: lease.addresses.filter((address) => entries.get(address)?.unpinned),
    };
  };

const leaseOf = ({ runnerId, region, addresses, leaseMs }: ReportEgressRequest, nowMs: number): Lease => {
  if (!RUNNER_ID.test(runnerId)) throw invalid('runner_id', 'must be 1 to 128 letters, digits, ".", "_" or "-"');
  if (!REGION_NAME.test(region)) throw invalid('region', 'must be 1 to 63 lower-case letters, digits or "-"');
  if (leaseMs < LEASE_MS_MIN || leaseMs > LEASE_MS_MAX)
    throw invalid('lease_ms', `must be ${LEASE_MS_MIN} to ${LEASE_MS_MAX}`);
  if (addresses.length > REPORTED_ADDRESSES_MAX)
    throw invalid('addresses', `must be ${REPORTED_ADDRESSES_MAX} at most`);
  return {
    runnerId,
    region,
    addresses: [...new Set(addresses.map(publicAddress))].sort(),
    leaseMs,
    expiresAtMs: nowMs + leaseMs,
  };
};

const publicAddress = (text: string, index: number): string => {
  const address = parseIpAddress(text);
  if (address === undefined) throw invalid(`addresses[${index}]`, 'is no IPv4 or IPv6 address');
  if (!address.isPublic)
    throw invalid(
      `addresses[${index}]`,
      'is private, reserved or otherwise not seen from outside: report what the outside sees',
    );
  return address.text;
};

const invalid = (field: string, problem: string): ServiceError =>
  new ServiceError('INVALID_ARGUMENT', `${field} ${problem}`, { metadata: { field } });
