import { type PublicIpServiceServer, PublicIpServiceService } from '@userferry/contracts/publicip/v1/public_ip_service';
import { createServer, service, serviceTokenAuthenticate } from '@userferry/grpc';
import { createLogger } from '@userferry/process';
import { expect, it } from 'vitest';
import { wireEntry, wireLease } from '../handlers/wire.ts';
import type { Entry } from '../table/entry.ts';
import { TOKEN } from '../testing/service-for-tests.ts';
import { fetchTable } from './peers.ts';

const entry = (address: string): Entry => ({
  address,
  state: 'observed',
  regions: ['eu'],
  sinceMs: 1,
  runners: 1,
  unpinned: false,
});

const LEASE = { runnerId: 'a', region: 'eu', leaseMs: 60_000, expiresAtMs: 60_000 };

it('what a peer has for an address and is none is not taken over, and what is beside it is', async () => {
  const told = ['203.0.113.1', '10.0.0.300', 'nonsense'];
  const listPublicIps = async () => ({
    ips: told,
    updatedAt: new Date(1),
    publicIps: told.map((each) => wireEntry(entry(each))),
    regions: ['eu'],
    leases: [wireLease({ ...LEASE, addresses: told })],
  });
  await using peer = await createServer({
    host: '127.0.0.1',
    port: 0,
    services: [service<PublicIpServiceServer>(PublicIpServiceService, { listPublicIps } as never)],
    authenticate: serviceTokenAuthenticate([TOKEN]),
    log: createLogger({ service: 'test', level: 'silent' }),
    callMsMax: 5_000,
  });
  const { entries, leases } = await fetchTable(`127.0.0.1:${peer.port}`, TOKEN);
  expect([...entries.values()]).toEqual([entry('203.0.113.1')]);
  expect([...leases.values()]).toEqual([{ ...LEASE, addresses: ['203.0.113.1'] }]);
});
