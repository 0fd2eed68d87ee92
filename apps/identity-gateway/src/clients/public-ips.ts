import { PublicIpServiceClient } from '@userferry/contracts/publicip/v1/public_ip_service';
import type { CallContext, ClientTls } from '@userferry/grpc';
import { createOwnClient } from './own-client.ts';

/** An address that scripts' connections come from, and the regions it is for; none for every region. */
export type PublicIp = { readonly address: string; readonly regions: readonly string[] };

export type PublicIps = {
  /** Sorted by address. */
  readonly ips: readonly PublicIp[];
  /** Every region that may be asked for, sorted. */
  readonly regions: readonly string[];
  /** When the list last changed. */
  readonly updatedAt: Date | undefined;
};

export type PublicIpsClient = Disposable & { readonly list: (call: CallContext) => Promise<PublicIps> };

export const createPublicIpsClient = (address: string, token: string, tls?: ClientTls): PublicIpsClient => {
  const client = createOwnClient(PublicIpServiceClient, { address, token, tls, repeatable: ['listPublicIps'] });
  return {
    list: async (call) => {
      const { ips, publicIps, regions, updatedAt } = await client.listPublicIps(
        { region: '', withLeases: false },
        call,
      );
      const regionsOf = new Map(publicIps.map((each) => [each.address, each.regions]));
      // A service of the version before knows of addresses only.
      return { ips: ips.map((ip) => ({ address: ip, regions: regionsOf.get(ip) ?? [] })), regions, updatedAt };
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};
