import {
  ApiKeyRole,
  type CreateApiKeyRequest,
  type CreateApiKeyResponse,
} from '@userferry/contracts/management/v1/api_key_service';
import type { Handler } from '@userferry/grpc';
import { auditKey } from '../access/audit-key.ts';
import { authorizeOperator, authorizePool } from '../access/authorize.ts';
import type { HistoryStore } from '../clients/history-store.ts';
import type { KeyRole, PoolStore } from '../clients/pool-store.ts';
import { invalidField, name } from './fields.ts';

const ROLES: Readonly<Partial<Record<ApiKeyRole, KeyRole>>> = {
  [ApiKeyRole.EDGE]: 'edge',
  [ApiKeyRole.ADMIN]: 'admin',
  [ApiKeyRole.OPERATOR]: 'operator',
};

export type CreateApiKeyDeps = {
  readonly store: Pick<PoolStore, 'createApiKey'>;
  readonly history: Pick<HistoryStore, 'appendAuditEntry'>;
};

/** Makes a key; only an operator makes operators, and their keys are bound to `*`. */
export const createApiKey =
  ({ store, history }: CreateApiKeyDeps): Handler<CreateApiKeyRequest, CreateApiKeyResponse> =>
  async ({ userPoolId, role: wireRole, name: wireName }, call) => {
    if (wireRole === ApiKeyRole.OPERATOR || userPoolId === '*') authorizeOperator(call.caller);
    else authorizePool(call.caller, 'management', userPoolId);
    const role = ROLES[wireRole];
    if (role === undefined) throw invalidField('role', 'must be edge, admin or operator');
    if ((role === 'operator') !== (userPoolId === '*'))
      throw invalidField('user_pool_id', 'is * for operators, and for no other role');
    const key = { userPoolId, role, name: name('name', wireName) };
    // First the entry: a key that nobody was told of could never be revoked.
    await auditKey({ userPoolId, action: 'CreateApiKey', target: `key ${key.name}, role ${role}` }, call, history);
    return store.createApiKey(key, call);
  };
