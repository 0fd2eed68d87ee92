import type {
  ApiKey,
  RotateApiKeyRequest,
  RotateApiKeyResponse,
} from '@userferry/contracts/management/v1/api_key_service';
import { type Handler, LAST_TIME_MS } from '@userferry/grpc';
import type { Scope } from '../access/scopes.ts';
import type { PoolStore } from '../clients/pool-store.ts';
import { requireGrant } from './create-api-key.ts';
import { expiryField } from './expiry-field.ts';
import { invalidField, name } from './fields.ts';

export type RotateApiKeyDeps = {
  readonly store: Pick<PoolStore, 'getApiKey' | 'rotateApiKey'>;
  /** No key lives longer; absent: keys may live for ever. */
  readonly keyMsMax?: number | undefined;
};

const DAY_SECONDS = 86_400;
const GRACE_SECONDS_MAX = 30 * DAY_SECONDS;

/** Gives a key a new secret. Whoever sees that may what the key may: so it takes at least the same. */
export const rotateApiKey =
  ({ store, keyMsMax }: RotateApiKeyDeps): Handler<RotateApiKeyRequest, RotateApiKeyResponse> =>
  async ({ userPoolId, ...request }, call) => {
    const apiKeyId = name('api_key_id', request.apiKeyId);
    const graceSeconds = graceField(request.graceSeconds);
    const key = await store.getApiKey({ userPoolId, apiKeyId }, call);
    requireGrant(call.caller, key.scopes as readonly Scope[]);
    const expiresAt = expiryField(request.expiresAt ?? asLongAgain(key, keyMsMax), keyMsMax);
    return store.rotateApiKey({ userPoolId, apiKeyId, graceSeconds, expiresAt }, call);
  };

const graceField = (seconds: number | undefined): number => {
  if (seconds !== undefined && seconds > GRACE_SECONDS_MAX)
    throw invalidField('grace_seconds', `must be ${GRACE_SECONDS_MAX} at the most`);
  return seconds ?? DAY_SECONDS;
};

/** A key that was made for ninety days gets ninety more, as far as that is allowed today. */
const asLongAgain = ({ createdAt, rotatedAt, expiresAt }: ApiKey, keyMsMax = Number.POSITIVE_INFINITY) => {
  const since = rotatedAt ?? createdAt;
  if (expiresAt === undefined || since === undefined) return undefined;
  const until = Date.now() + Math.min(expiresAt.getTime() - since.getTime(), keyMsMax);
  return new Date(Math.min(until, LAST_TIME_MS));
};
