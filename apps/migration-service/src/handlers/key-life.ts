import type {
  GetApiKeyRequest,
  GetApiKeyResponse,
  ListApiKeysRequest,
  ListApiKeysResponse,
  NoteApiKeyUsesRequest,
  NoteApiKeyUsesResponse,
  RotateApiKeyRequest,
  RotateApiKeyResponse,
} from '@userferry/contracts/migration/v1/pool_store_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { authorWhereNamed, invalidField, pageOf } from './fields.ts';
import { wireApiKey } from './wire-api-key.ts';

export const getApiKey =
  ({ apiKeys }: UserStore): Handler<GetApiKeyRequest, GetApiKeyResponse> =>
  async ({ userPoolId, apiKeyId }) => ({ apiKey: wireApiKey(await apiKeys.get(userPoolId, apiKeyId)) });

export const rotateApiKey =
  ({ apiKeys }: UserStore): Handler<RotateApiKeyRequest, RotateApiKeyResponse> =>
  async ({ userPoolId, apiKeyId: id, graceSeconds, expiresAt, actor }, call) => {
    const author = authorWhereNamed(actor, call);
    const { apiKey, secret } = await apiKeys.rotate(
      { userPoolId, id, graceMs: graceSeconds * 1_000, expiresAt },
      author,
    );
    return { apiKey: wireApiKey(apiKey), secret, audited: author !== undefined };
  };

export const listApiKeys =
  ({ apiKeys }: UserStore): Handler<ListApiKeysRequest, ListApiKeysResponse> =>
  async ({ userPoolId, ...page }) => {
    const { items, nextPageToken } = await apiKeys.list(userPoolId, pageOf(page));
    return { apiKeys: items.map(wireApiKey), nextPageToken };
  };

const USES_MAX = 10_000;

export const noteApiKeyUses =
  ({ apiKeys }: UserStore): Handler<NoteApiKeyUsesRequest, NoteApiKeyUsesResponse> =>
  async ({ uses }) => {
    if (uses.length > USES_MAX) throw invalidField('uses', `are more than ${USES_MAX}`);
    await apiKeys.noteUses(uses.map(({ apiKeyId: id, at = new Date() }) => ({ id, at })));
    return {};
  };
