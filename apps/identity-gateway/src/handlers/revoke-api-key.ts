import type { RevokeApiKeyRequest, RevokeApiKeyResponse } from '@userferry/contracts/management/v1/api_key_service';
import type { Handler } from '@userferry/grpc';
import type { PoolStore } from '../clients/pool-store.ts';
import { name } from './fields.ts';

export const revokeApiKey =
  (store: Pick<PoolStore, 'revokeApiKey'>): Handler<RevokeApiKeyRequest, RevokeApiKeyResponse> =>
  async ({ userPoolId, apiKeyId }, call) => {
    await store.revokeApiKey({ userPoolId, apiKeyId: name('api_key_id', apiKeyId) }, call);
    return {};
  };
