import {
  ApiKeyRole,
  type CreateApiKeyRequest,
  type CreateApiKeyResponse,
} from '@userferry/contracts/management/v1/api_key_service';
import { ServiceError } from '@userferry/errors';
import type { Caller, Handler } from '@userferry/grpc';
import { type KeyRole, mayGrant, ROLE_SCOPES, type Scope, scopesOf } from '../access/scopes.ts';
import type { PoolStore } from '../clients/pool-store.ts';
import { expiryField } from './expiry-field.ts';
import { invalidField, visibleName } from './fields.ts';

const ROLES: Readonly<Partial<Record<ApiKeyRole, KeyRole>>> = {
  [ApiKeyRole.EDGE]: 'edge',
  [ApiKeyRole.ADMIN]: 'admin',
  [ApiKeyRole.OPERATOR]: 'operator',
};

export type CreateApiKeyDeps = {
  readonly store: Pick<PoolStore, 'createApiKey'>;
  /** No key lives longer; absent: keys may live for ever. */
  readonly keyMsMax?: number | undefined;
};

/**
 * Makes a key. Only an operator makes operators, whose keys are bound to `*`, and nobody makes a key that may what its
 * maker may not.
 */
export const createApiKey =
  ({ store, keyMsMax }: CreateApiKeyDeps): Handler<CreateApiKeyRequest, CreateApiKeyResponse> =>
  async ({ userPoolId, role: wireRole, ...request }, call) => {
    const role = roleField(wireRole, userPoolId, call.caller);
    const scopes = scopesField(role, request.scopes);
    requireGrant(call.caller, scopesOf(role, scopes));
    const expiresAt = expiryField(request.expiresAt, keyMsMax);
    const key = { userPoolId, role, name: visibleName('name', request.name), scopes, expiresAt };
    return store.createApiKey(key, call);
  };

const roleField = (wire: ApiKeyRole, userPoolId: string, caller: Caller): KeyRole => {
  const role = ROLES[wire];
  if (role === undefined) throw invalidField('role', 'must be edge, admin or operator');
  if (role === 'operator' && caller.role !== 'operator')
    throw new ServiceError('PERMISSION_DENIED', 'a key of role operator is made with a key of role operator');
  if ((role === 'operator') !== (userPoolId === '*'))
    throw invalidField('user_pool_id', 'is * for operators, and for no other role');
  return role;
};

const scopesField = (role: KeyRole, given: readonly string[]): readonly Scope[] => {
  const known: readonly string[] = ROLE_SCOPES[role];
  if (!given.every((scope) => known.includes(scope)))
    throw invalidField('scopes', `of role ${role} are ${known.join(', ')}`);
  return given.length === 0 ? [] : scopesOf(role, given);
};

/** @throws ServiceError PERMISSION_DENIED */
export const requireGrant = (caller: Caller, scopes: readonly Scope[]): void => {
  if (!mayGrant(caller, scopes))
    throw new ServiceError('PERMISSION_DENIED', 'a key cannot be given what its maker may not: name fewer scopes');
};
