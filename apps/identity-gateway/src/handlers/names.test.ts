import { ApiKey, ApiKeyRole, CreateApiKeyRequest } from '@userferry/contracts/management/v1/api_key_service';
import { CreateUserPoolRequest, UserPool } from '@userferry/contracts/management/v1/user_pool_service';
import { describe, expect, it } from 'vitest';
import { callFacts } from '../testing/table-world.ts';
import { createApiKey } from './create-api-key.ts';
import { createUserPool } from './create-user-pool.ts';

const operator = {
  role: 'operator',
  userPoolIds: ['*'],
  scopes: ['keys:write', 'pools:write', 'logins'],
  id: 'k',
} as const;
const call = { ...callFacts(), caller: operator };
const store = {
  createApiKey: async ({ name }: { readonly name: string }) => ({ apiKey: ApiKey.fromPartial({ name }), secret: 's' }),
  createUserPool: async ({ name }: { readonly name: string }) => UserPool.fromPartial({ name }),
};
const nameOfKey = async (name: string) => {
  const key = { userPoolId: 'pool', role: ApiKeyRole.EDGE, name, scopes: ['logins'] };
  return (await createApiKey({ store })(CreateApiKeyRequest.fromPartial(key), call)).apiKey?.name;
};
const nameOfPool = async (name: string) =>
  (await createUserPool(store)(CreateUserPoolRequest.fromPartial({ name }), call)).userPool?.name;

describe.each([
  ['an API key', nameOfKey],
  ['a user pool', nameOfPool],
])('the name of %s', (_, named) => {
  it.each([
    ['nothing', ''],
    ['spaces', ' \u00a0\u3000\t'],
    ['characters of no width', '\u200b\u200c\u200d\u2060'],
    ['marks of direction', '\u202e\u2066\u2069\u200f'],
    ['fillers and soft hyphens', '\u3164 \u115f \u00ad'],
    ['an empty Braille cell', '\u2800'],
    ['variation selectors and tags', '\ufe0f\u{e0041}'],
    ['control characters', '\u0007\u001b'],
  ])('is refused where it is of %s alone', async (_kind, name) => {
    const refusal = { reason: 'INVALID_ARGUMENT', metadata: { field: 'name' } };
    await expect(named(name)).rejects.toMatchObject(refusal);
  });

  it.each(['Acme', '株式会社', '\u202bשלום\u202c', '👩\u200d💻', 'می\u200cخواهم', '\u0301', '-'])(
    'is kept as it is where something of it is seen: %s',
    async (name) => expect(await named(name)).toBe(name),
  );
});
