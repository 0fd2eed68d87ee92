import type { RevokeApiKeyRequest, RevokeApiKeyResponse } from '@userferry/contracts/migration/v1/pool_store_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';

export const revokeApiKey =
  ({ apiKeys }: UserStore): Handler<RevokeApiKeyRequest, RevokeApiKeyResponse> =>
  async ({ userPoolId, apiKeyId }) => {
    await apiKeys.revoke(userPoolId, apiKeyId);
    return {};
  };
