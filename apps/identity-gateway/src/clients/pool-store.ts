import { type ApiKey, ApiKeyRole } from '@userferry/contracts/management/v1/api_key_service';
import type { Plan, UserPool } from '@userferry/contracts/management/v1/user_pool_service';
import { PoolStoreServiceClient } from '@userferry/contracts/migration/v1/pool_store_service';
import { ServiceError } from '@userferry/errors';
import type { CallContext, Caller, CallFacts, ClientTls } from '@userferry/grpc';
import { auditedAs } from '../access/audited-as.ts';
import { type KeyRole, scopesOf } from '../access/scopes.ts';
import { auditApart } from './audit-apart.ts';
import type { HistoryStore } from './history-store.ts';
import { createOwnClient } from './own-client.ts';
import { unknownAnswer } from './unknown-answer.ts';

/** A pool and a key's facts in the form in which they go on to the caller. */
export type VisiblePool = UserPool;
export type VisibleKey = { readonly apiKey: ApiKey; readonly secret: string };

/** Where a key is. */
export type KeyPlace = { readonly userPoolId: string; readonly apiKeyId: string };

export type KeyToCreate = {
  readonly userPoolId: string;
  readonly role: KeyRole;
  readonly name: string;
  /** None: all of the role. */
  readonly scopes: readonly string[];
  readonly expiresAt: Date | undefined;
};

export type KeyToRotate = KeyPlace & { readonly graceSeconds: number; readonly expiresAt: Date | undefined };

/** Whose a secret is, and until when, in epoch milliseconds. */
export type KnownKey = { readonly caller: Caller; readonly validUntilMs: number };

export type PoolToCreate = {
  readonly name: string;
  readonly metadataJson: Uint8Array;
  readonly revealRejectionDetails: boolean;
  readonly plan: Plan;
};

/** Of all pools, or of those with these ids. */
export type PoolsWanted = {
  readonly of: 'all' | readonly string[];
  readonly search: string;
  readonly pageSize: number;
  readonly pageToken: string;
};

export type PoolsPage = { readonly userPools: VisiblePool[]; readonly nextPageToken: string };

/** Every change has its audit entry, in its own transaction; of a store of the version before, apart from it. */
export type PoolStore = Disposable & {
  readonly createUserPool: (pool: PoolToCreate, call: CallFacts) => Promise<VisiblePool>;
  readonly getUserPool: (userPoolId: string, call: CallContext) => Promise<VisiblePool>;
  readonly listUserPools: (wanted: PoolsWanted, call: CallContext) => Promise<PoolsPage>;
  readonly startTrial: (userPoolId: string, call: CallFacts) => Promise<VisiblePool>;
  readonly setPlan: (userPoolId: string, plan: Plan, call: CallFacts) => Promise<VisiblePool>;
  readonly createApiKey: (key: KeyToCreate, call: CallFacts) => Promise<VisibleKey>;
  readonly revokeApiKey: (key: KeyPlace, call: CallFacts) => Promise<void>;
  /** With all its scopes by name. */
  readonly getApiKey: (key: KeyPlace, call: CallContext) => Promise<ApiKey>;
  readonly rotateApiKey: (key: KeyToRotate, call: CallFacts) => Promise<VisibleKey>;
  readonly listApiKeys: (
    page: { readonly userPoolId: string; readonly pageSize: number; readonly pageToken: string },
    call: CallContext,
  ) => Promise<{ apiKeys: ApiKey[]; nextPageToken: string }>;
  readonly noteApiKeyUses: (
    uses: readonly { readonly apiKeyId: string; readonly at: Date }[],
    call: CallContext,
  ) => Promise<void>;
  /** Whose key has this SHA-256; `undefined` when nobody's. Rejects with API_KEY_EXPIRED. */
  readonly findApiKey: (secretSha256: Buffer, call: CallContext) => Promise<KnownKey | undefined>;
};

const WIRE_ROLES = { edge: ApiKeyRole.EDGE, admin: ApiKeyRole.ADMIN, operator: ApiKeyRole.OPERATOR } as const;

const ROLES: Readonly<Partial<Record<ApiKeyRole, KeyRole>>> = {
  [ApiKeyRole.EDGE]: 'edge',
  [ApiKeyRole.ADMIN]: 'admin',
  [ApiKeyRole.OPERATOR]: 'operator',
};

const REPEATABLE = [
  'findApiKey',
  'getApiKey',
  'listApiKeys',
  'noteApiKeyUses',
  'revokeApiKey',
  'getUserPool',
  'listUserPools',
  'setPlan',
];

export const createPoolStore = (
  history: Pick<HistoryStore, 'appendAuditEntry'>,
  address: string,
  token: string,
  tls?: ClientTls,
): PoolStore => {
  const client = createOwnClient(PoolStoreServiceClient, { address, token, tls, repeatable: REPEATABLE });
  const audit = (answer: { readonly audited: boolean }, userPoolId: string, target: string, call: CallFacts) =>
    auditApart(answer, { userPoolId, action: auditedAs(call), target }, call, history);
  return {
    createUserPool: async (pool, call) => {
      const wanted = { ...pool, metadataJson: Buffer.from(pool.metadataJson), actor: call.caller.id };
      const answer = await client.createUserPool(wanted, call);
      const userPool = visible(answer);
      // It is there when its entry fails: an error would make its operator create another one.
      await audit(answer, userPool.userPoolId, 'user pool', call).catch((err: unknown) => {
        call.log.error({ err, userPoolId: userPool.userPoolId }, 'no audit entry of a user pool was written');
      });
      return userPool;
    },
    getUserPool: async (userPoolId, call) => visible(await client.getUserPool({ userPoolId }, call)),
    listUserPools: ({ of, ...wanted }, call) =>
      client.listUserPools({ ...wanted, all: of === 'all', userPoolIds: of === 'all' ? [] : [...of] }, call),
    startTrial: async (userPoolId, call) =>
      visible(await client.startTrial({ userPoolId, actor: call.caller.id }, call)),
    setPlan: async (userPoolId, plan, call) =>
      visible(await client.setPlan({ userPoolId, plan, actor: call.caller.id }, call)),
    createApiKey: async (key, call) => {
      const actor = call.caller.id;
      const wanted = { ...key, scopes: [...key.scopes], role: WIRE_ROLES[key.role], actor };
      const made = await client.createApiKey(wanted, call);
      if (isAsAsked(made.apiKey, key)) {
        const visible = withSecret(made);
        await audit(made, key.userPoolId, keyTarget(visible.apiKey.apiKeyId, key), call);
        return visible;
      }
      await client.revokeApiKey({ userPoolId: key.userPoolId, apiKeyId: made.apiKey?.apiKeyId ?? '', actor }, call);
      throw new ServiceError('SERVICE_UNAVAILABLE', 'our store knows no scopes and ends of keys yet: try again later');
    },
    getApiKey: async (key, call) => visibleKey((await client.getApiKey(key, call)).apiKey),
    rotateApiKey: async (key, call) => {
      const rotated = await client.rotateApiKey({ ...key, actor: call.caller.id }, call);
      const target = `key ${key.apiKeyId}, the secret before goes on for ${key.graceSeconds} s`;
      await audit(rotated, key.userPoolId, target, call);
      return withSecret(rotated);
    },
    listApiKeys: async (page, call) => {
      const { apiKeys, nextPageToken } = await client.listApiKeys(page, call);
      return { apiKeys: apiKeys.map(visibleKey), nextPageToken };
    },
    noteApiKeyUses: async (uses, call) => {
      await client.noteApiKeyUses({ uses: [...uses] }, call);
    },
    revokeApiKey: async (key, call) => {
      const revoked = await client.revokeApiKey({ ...key, actor: call.caller.id }, call);
      await audit(revoked, key.userPoolId, `key ${key.apiKeyId}`, call);
    },
    findApiKey: async (secretSha256, call) => {
      const found = await client.findApiKey({ secretSha256 }, call).catch(undefinedWhenNotFound);
      if (found?.apiKey === undefined) return undefined;
      return { caller: toCaller(found.apiKey), validUntilMs: found.validUntil?.getTime() ?? Number.POSITIVE_INFINITY };
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

const keyTarget = (apiKeyId: string, { name, role, scopes }: KeyToCreate): string =>
  `key ${apiKeyId}, name ${name}, role ${role}, ${scopes.length === 0 ? 'all scopes' : scopes.join(' ')}`;

const undefinedWhenNotFound = (error: unknown): undefined => {
  if (error instanceof ServiceError && error.reason === 'API_KEY_NOT_FOUND') return undefined;
  throw error;
};

/** A role of a later version may do nothing here. */
const toCaller = ({ apiKeyId, role: wireRole, userPoolId, scopes }: ApiKey): Caller => {
  const role = ROLES[wireRole];
  return {
    id: apiKeyId,
    role: role ?? 'anonymous',
    userPoolIds: [userPoolId],
    scopes: role === undefined ? [] : scopesOf(role, scopes),
  };
};

/** A key as it is shown: what it may is named, also where that is all. */
const visibleKey = (apiKey: ApiKey | undefined): ApiKey => {
  if (apiKey === undefined) throw unknownAnswer();
  const role = ROLES[apiKey.role];
  return { ...apiKey, scopes: role === undefined ? [] : [...scopesOf(role, apiKey.scopes)] };
};

/** A store of the version before makes a key that may everything, for ever. */
const isAsAsked = (
  made: ApiKey | undefined,
  { scopes, expiresAt }: Pick<KeyToCreate, 'scopes' | 'expiresAt'>,
): boolean =>
  (scopes.length === 0 || made?.scopes.length === scopes.length) &&
  (expiresAt === undefined || made?.expiresAt !== undefined);

const withSecret = ({ apiKey, secret }: { apiKey?: ApiKey | undefined; secret: string }): VisibleKey => ({
  apiKey: visibleKey(apiKey),
  secret,
});

const visible = ({ userPool }: { readonly userPool?: VisiblePool | undefined }): VisiblePool => {
  if (userPool === undefined) throw unknownAnswer();
  return userPool;
};
