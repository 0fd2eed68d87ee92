import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { replicaAddresses, type ServerTls, tlsTo } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import { createPublicIpReplica } from '../clients/public-ips.ts';
import type { Config } from '../config.ts';
import { egressSources } from './egress-sources.ts';
import { createEgressReports } from './report-egress.ts';
import { createEgressWatch } from './watch-egress.ts';

export type EgressAddressConfig = Pick<Config, 'egressAddress' | 'serviceTokens'> & {
  readonly tls?: ServerTls | undefined;
};

/** Finds out where our connections come from and reports it, when there is anything to find it out by. */
export const startEgressAddress = (config: EgressAddressConfig, log: Logger): Disposable => {
  const { region, publicIpAddress, leaseMs, ...how } = config.egressAddress;
  const stack = new DisposableStack();
  const sources = egressSources(how);
  if (sources.length + how.configured.length === 0) return stack;
  const watch = stack.use(createEgressWatch({ ...how, sources, log }));
  const runnerId = newRunnerId();
  const replicas = () => replicaAddresses(publicIpAddress);
  const tls = tlsTo(config.tls, 'public-ip-service');
  const connect = (address: string) => createPublicIpReplica(address, config.serviceTokens[0], tls);
  stack.use(createEgressReports({ runnerId, region, leaseMs, watch, replicas, connect, log }));
  return stack;
};

/** One for each process: a runner that starts again is another one, and the old one's lease ends by itself. */
const newRunnerId = (): string =>
  `${hostname()
    .replaceAll(/[^\w.-]/g, '-')
    .slice(0, 100)}-${randomBytes(8).toString('hex')}`;
