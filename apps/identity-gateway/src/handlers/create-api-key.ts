import {
  ApiKeyRole,
  type CreateApiKeyRequest,
  type CreateApiKeyResponse,
} from '@userferry/contracts/management/v1/api_key_service';
import type { Handler } from '@userferry/grpc';
import { authorizeOperator, authorizePool } from '../access/authorize.ts';
import type { KeyRole, PoolStore } from '../clients/pool-store.ts';
import { invalidField, name } from './fields.ts';

const ROLES: Readonly<Partial<Record<ApiKeyRole, KeyRole>>> = {
  [ApiKeyRole.EDGE]: 'edge',
  [ApiKeyRole.ADMIN]: 'admin',
  [ApiKeyRole.OPERATOR]: 'operator',
};

/** Makes a key; only an operator makes operators, and their keys are bound to `*`. */
export const createApiKey =
  (store: Pick<PoolStore, 'createApiKey'>): Handler<CreateApiKeyRequest, CreateApiKeyResponse> =>
  async ({ userPoolId, role: wireRole, name: wireName }, call) => {
    if (wireRole === ApiKeyRole.OPERATOR || userPoolId === '*') authorizeOperator(call.caller);
    else authorizePool(call.caller, 'management', userPoolId);
    const role = ROLES[wireRole];
    if (role === undefined) throw invalidField('role', 'must be edge, admin or operator');
    if ((role === 'operator') !== (userPoolId === '*'))
      throw invalidField('user_pool_id', 'is * for operators, and for no other role');
    return store.createApiKey({ userPoolId, role, name: name('name', wireName) }, call);
  };
