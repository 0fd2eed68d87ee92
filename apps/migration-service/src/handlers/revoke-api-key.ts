import type { RevokeApiKeyRequest, RevokeApiKeyResponse } from '@userferry/contracts/migration/v1/pool_store_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { authorWhereNamed } from './fields.ts';

export const revokeApiKey =
  ({ apiKeys }: UserStore): Handler<RevokeApiKeyRequest, RevokeApiKeyResponse> =>
  async ({ userPoolId, apiKeyId, actor }, call) => {
    const author = authorWhereNamed(actor, call);
    await apiKeys.revoke(userPoolId, apiKeyId, author);
    return { audited: author !== undefined };
  };
