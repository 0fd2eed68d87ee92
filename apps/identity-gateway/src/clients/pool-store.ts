import { type ApiKey, ApiKeyRole } from '@userferry/contracts/management/v1/api_key_service';
import type { Plan, UserPool } from '@userferry/contracts/management/v1/user_pool_service';
import { PoolStoreServiceClient } from '@userferry/contracts/migration/v1/pool_store_service';
import { ServiceError } from '@userferry/errors';
import { type CallContext, type Caller, type CallFacts, type ClientTls, createClient } from '@userferry/grpc';
import { unknownAnswer } from './unknown-answer.ts';

/** The roles that an API key can have. */
export type KeyRole = 'edge' | 'admin' | 'operator';

/** A pool and a key's facts in the form in which they go on to the caller. */
export type VisiblePool = UserPool;
export type VisibleKey = { readonly apiKey: ApiKey; readonly secret: string };

export type PoolToCreate = {
  readonly name: string;
  readonly metadataJson: Uint8Array;
  readonly revealRejectionDetails: boolean;
  readonly plan: Plan;
};

export type PoolStore = Disposable & {
  readonly createUserPool: (pool: PoolToCreate, call: CallContext) => Promise<VisiblePool>;
  readonly getUserPool: (userPoolId: string, call: CallContext) => Promise<VisiblePool>;
  readonly startTrial: (userPoolId: string, call: CallFacts) => Promise<VisiblePool>;
  readonly setPlan: (userPoolId: string, plan: Plan, call: CallFacts) => Promise<VisiblePool>;
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

const REPEATABLE = ['findApiKey', 'revokeApiKey', 'getUserPool', 'setPlan'];

export const createPoolStore = (address: string, token: string, tls?: ClientTls): PoolStore => {
  const client = createClient(PoolStoreServiceClient, { address, token, tls, repeatable: REPEATABLE });
  return {
    createUserPool: async (pool, call) =>
      visible(await client.createUserPool({ ...pool, metadataJson: Buffer.from(pool.metadataJson) }, call)),
    getUserPool: async (userPoolId, call) => visible(await client.getUserPool({ userPoolId }, call)),
    startTrial: async (userPoolId, call) =>
      visible(await client.startTrial({ userPoolId, actor: call.caller.id }, call)),
    setPlan: async (userPoolId, plan, call) =>
      visible(await client.setPlan({ userPoolId, plan, actor: call.caller.id }, call)),
    createApiKey: async ({ userPoolId, role, name }, call) => {
      const { apiKey, secret } = await client.createApiKey({ userPoolId, role: WIRE_ROLES[role], name }, call);
      if (apiKey === undefined) throw unknownAnswer();
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

const visible = ({ userPool }: { readonly userPool?: VisiblePool | undefined }): VisiblePool => {
  if (userPool === undefined) throw unknownAnswer();
  return userPool;
};
