import type { FindApiKeyRequest, FindApiKeyResponse } from '@userferry/contracts/migration/v1/pool_store_service';
import { ServiceError } from '@userferry/errors';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { wireApiKey } from './wire-api-key.ts';

export const findApiKey =
  ({ apiKeys }: UserStore): Handler<FindApiKeyRequest, FindApiKeyResponse> =>
  async ({ secretSha256 }) => {
    const apiKey = await apiKeys.find(secretSha256);
    if (apiKey === undefined) throw new ServiceError('API_KEY_NOT_FOUND', 'this is no API key');
    return { apiKey: wireApiKey(apiKey), validUntil: apiKey.validUntil ?? undefined };
  };
