import { type PublicIpServiceServer, PublicIpServiceService } from '@userferry/contracts/publicip/v1/public_ip_service';
import { createServer, type RunningServer, service, serviceTokenAuthenticate } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import type { Config } from './config.ts';
import { listPublicIps } from './handlers/list-public-ips.ts';

/** Starts the service on the configured address. */
export const createPublicIpService = (config: Config, { log }: { readonly log: Logger }): Promise<RunningServer> =>
  createServer({
    host: config.host,
    port: config.port,
    services: [
      service<PublicIpServiceServer>(PublicIpServiceService, {
        listPublicIps: listPublicIps(config.publicIps, new Date()),
      }),
    ],
    authenticate: serviceTokenAuthenticate(config.serviceToken),
    log,
    callMsMax: 5_000,
  });
