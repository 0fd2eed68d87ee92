import type { ListPublicIpsRequest, ListPublicIpsResponse } from '@userferry/contracts/publicip/v1/public_ip_service';
import type { Handler } from '@userferry/grpc';

/** The configured addresses, sorted, each once; `updatedAt` is when this process learnt of them. */
export const listPublicIps = (
  configured: readonly string[],
  updatedAt: Date,
): Handler<ListPublicIpsRequest, ListPublicIpsResponse> => {
  const ips = [...new Set(configured)].sort();
  return async () => ({ ips, updatedAt });
};
