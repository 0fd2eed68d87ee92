import { PublicIpServiceClient } from '@userferry/contracts/publicip/v1/public_ip_service';
import { type ClientTls, createClient } from '@userferry/grpc';

export type EgressReport = {
  readonly runnerId: string;
  readonly region: string;
  readonly addresses: readonly string[];
  readonly leaseMs: number;
};

/** One replica of public-ip-service. */
export type PublicIpReplica = Disposable & {
  /** @returns those of the addresses that the configured list lacks. Rejects with a ServiceError. */
  readonly report: (report: EgressReport, callMsMax: number) => Promise<readonly string[]>;
};

export const createPublicIpReplica = (address: string, token: string, tls?: ClientTls): PublicIpReplica => {
  const client = createClient(PublicIpServiceClient, { address, token, tls, repeatable: ['reportEgress'] });
  return {
    report: async (report, callMsMax) => {
      const call = { requestId: crypto.randomUUID(), deadlineMs: Date.now() + callMsMax };
      const { unpinned } = await client.reportEgress({ ...report, addresses: [...report.addresses] }, call);
      return unpinned;
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};
