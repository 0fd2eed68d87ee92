import type { CreateApiKeyRequest, CreateApiKeyResponse } from '@userferry/contracts/migration/v1/pool_store_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { authorWhereNamed, invalidField, nameOf, scopesOf } from './fields.ts';
import { roleOf, wireApiKey } from './wire-api-key.ts';

export const createApiKey =
  ({ apiKeys }: UserStore): Handler<CreateApiKeyRequest, CreateApiKeyResponse> =>
  async ({ userPoolId, role: wireRole, name, scopes, expiresAt, actor }, call) => {
    const role = roleOf(wireRole);
    if ((role === 'operator') !== (userPoolId === '*'))
      throw invalidField('user_pool_id', 'must be * for operators, and for them alone');
    const key = { userPoolId, role, name: nameOf('name', name), scopes: scopesOf(scopes), expiresAt };
    const author = authorWhereNamed(actor, call);
    const { apiKey, secret } = await apiKeys.create(key, author);
    return { apiKey: wireApiKey(apiKey), secret, audited: author !== undefined };
  };
