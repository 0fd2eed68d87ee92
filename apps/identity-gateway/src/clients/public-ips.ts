import { PublicIpServiceClient } from '@userferry/contracts/publicip/v1/public_ip_service';
import { type CallContext, createClient } from '@userferry/grpc';

/** The addresses that scripts' connections come from, sorted, and when the list last changed. */
export type PublicIps = { readonly ips: readonly string[]; readonly updatedAt: Date | undefined };

export type PublicIpsClient = Disposable & { readonly list: (call: CallContext) => Promise<PublicIps> };

export const createPublicIpsClient = (address: string, token: string): PublicIpsClient => {
  const client = createClient(PublicIpServiceClient, { address, token, repeatable: ['listPublicIps'] });
  return {
    list: async (call) => {
      const { ips, updatedAt } = await client.listPublicIps({ region: '', withLeases: false }, call);
      return { ips, updatedAt };
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};
