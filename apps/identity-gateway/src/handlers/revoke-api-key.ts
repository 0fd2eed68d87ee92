import type { RevokeApiKeyRequest, RevokeApiKeyResponse } from '@userferry/contracts/management/v1/api_key_service';
import type { Handler } from '@userferry/grpc';
import { auditKey } from '../access/audit-key.ts';
import type { HistoryStore } from '../clients/history-store.ts';
import type { PoolStore } from '../clients/pool-store.ts';
import { name } from './fields.ts';

export type RevokeApiKeyDeps = {
  readonly store: Pick<PoolStore, 'revokeApiKey'>;
  readonly history: Pick<HistoryStore, 'appendAuditEntry'>;
};

export const revokeApiKey =
  ({ store, history }: RevokeApiKeyDeps): Handler<RevokeApiKeyRequest, RevokeApiKeyResponse> =>
  async ({ userPoolId, apiKeyId }, call) => {
    const key = { userPoolId, apiKeyId: name('api_key_id', apiKeyId) };
    await store.revokeApiKey(key, call);
    await auditKey({ userPoolId, action: 'RevokeApiKey', target: `key ${key.apiKeyId}` }, call, history);
    return {};
  };
