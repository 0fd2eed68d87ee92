import { type ApiKey, ApiKeyRole } from '@userferry/contracts/management/v1/api_key_service';
import type { UserPool } from '@userferry/contracts/management/v1/user_pool_service';
import { PoolStoreServiceClient } from '@userferry/contracts/migration/v1/pool_store_service';
import { ServiceError } from '@userferry/errors';
import { type CallContext, type Caller, createClient } from '@userferry/grpc';

/** The roles that an API key can have. */
export type KeyRole = 'edge' | 'admin' | 'operator';

/** A pool and a key's facts in the form in which they go on to the caller. */
export type VisiblePool = UserPool;
export type VisibleKey = { readonly apiKey: ApiKey; readonly secret: string };

export type PoolToCreate = {
  readonly name: string;
  readonly metadataJson: Uint8Array;
  readonly revealRejectionDetails: boolean;
};

export type PoolStore = Disposable & {
  readonly createUserPool: (pool: PoolToCreate, call: CallContext) => Promise<VisiblePool>;
  readonly createApiKey: (
    key: { readonly userPoolId: string; readonly role: KeyRole; readonly name: string },
    call: CallContext,
  ) => Promise<VisibleKey>;
  readonly revokeApiKey: (
    key: { readonly userPoolId: string; readonly apiKeyId: string },
    call: CallContext,
  ) => Promise<void>;
  /** Whose key has this SHA-256; `undefined` when nobody's. */
  readonly findApiKey: (secretSha256: Buffer, call: CallContext) => Promise<Caller | undefined>;
};

const WIRE_ROLES = { edge: ApiKeyRole.EDGE, admin: ApiKeyRole.ADMIN, operator: ApiKeyRole.OPERATOR } as const;

const ROLES: Readonly<Partial<Record<ApiKeyRole, KeyRole>>> = {
  [ApiKeyRole.EDGE]: 'edge',
  [ApiKeyRole.ADMIN]: 'admin',
  [ApiKeyRole.OPERATOR]: 'operator',
};

export const createPoolStore = (address: string, token: string): PoolStore => {
  const client = createClient(PoolStoreServiceClient, { address, token, repeatable: ['findApiKey', 'revokeApiKey'] });
  return {
    createUserPool: async (pool, call) => {
      const { userPool } = await client.createUserPool({ ...pool, metadataJson: Buffer.from(pool.metadataJson) }, call);
      if (userPool === undefined) throw noAnswer();
      return userPool;
    },
    createApiKey: async ({ userPoolId, role, name }, call) => {
      const { apiKey, secret } = await client.createApiKey({ userPoolId, role: WIRE_ROLES[role], name }, call);
      if (apiKey === undefined) throw noAnswer();
      return { apiKey, secret };
    },
    revokeApiKey: async (key, call) => {
      await client.revokeApiKey(key, call);
    },
    findApiKey: async (secretSha256, call) => {
      const found = await client.findApiKey({ secretSha256 }, call).catch(undefinedWhenNotFound);
      return found?.apiKey && toCaller(found.apiKey);
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

const undefinedWhenNotFound = (error: unknown): undefined => {
  if (error instanceof ServiceError && error.reason === 'API_KEY_NOT_FOUND') return undefined;
  throw error;
};

/** A role of a later version may do nothing here. */
const toCaller = ({ apiKeyId, role, userPoolId }: ApiKey): Caller => ({
  id: apiKeyId,
  role: ROLES[role] ?? 'anonymous',
  userPoolId,
});

const noAnswer = () => new ServiceError('INTERNAL', 'the migration-service gave an answer that is not known here');
