import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { IdentityServiceClient, LoginRequest } from '@userferry/contracts/identity/v1/identity_service';
import {
  ApiKeyRole,
  ApiKeyServiceClient,
  CreateApiKeyRequest,
  ListApiKeysRequest,
  RotateApiKeyRequest,
} from '@userferry/contracts/management/v1/api_key_service';
import { ListAuditEntriesRequest, UserPoolServiceClient } from '@userferry/contracts/management/v1/user_pool_service';
import { createClient } from '@userferry/grpc';
import { member } from '@userferry/local-services';
import { startWebAnswers } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, dumpStore, type World } from './world.ts';

const inTime = () => ({ requestId: randomUUID(), deadlineMs: Date.now() + 20_000 });
const issuerKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stack = new AsyncDisposableStack();
let world: World;
let issuer: string;

beforeAll(async () => {
  const jwk = { ...issuerKeys.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' };
  const web = stack.use(
    await startWebAnswers(({ url }, response) => {
      const keys = { keys: [jwk] };
      response.end(JSON.stringify(url === '/keys' ? keys : { issuer, jwks_uri: `${issuer}/keys` }));
    }),
  );
  issuer = web.url;
  const env = { USERFERRY_JWT_ISSUER: issuer, USERFERRY_JWT_AUDIENCE: 'userferry' };
  world = stack.use(await createWorld({ env }));
});
afterAll(() => stack.disposeAsync());

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenFor = (claims: object): string => {
  const exp = Math.floor(Date.now() / 1_000) + 300;
  const signed = `${base64({ alg: 'RS256', kid: 'k1' })}.${base64({ iss: issuer, aud: 'userferry', exp, ...claims })}`;
  return `${signed}.${createSign('sha256').update(signed).sign(issuerKeys.privateKey, 'base64url')}`;
};

const keysAs = (token: string) => createClient(ApiKeyServiceClient, { address: world.address, token });
const makeKey = async (key: Partial<CreateApiKeyRequest>) => {
  using keys = keysAs(world.company.adminKey);
  const { userPoolId } = world.company;
  const made = await keys.createApiKey(
    CreateApiKeyRequest.fromPartial({ userPoolId, role: ApiKeyRole.EDGE, name: 'made here', ...key } as never),
    inTime(),
  );
  return { secret: made.secret, apiKeyId: made.apiKey?.apiKeyId ?? '' };
};

/** How a login with this key ends. */
const logIn = async (key: string): Promise<string> => {
  using client = createClient(IdentityServiceClient, { address: world.address, token: key });
  const { mail, password } = member(1);
  const { userPoolId } = world.company;
  const request = { userPoolId, identifier: { $case: 'email' as const, value: mail }, password };
  return await client.login(LoginRequest.fromPartial(request as never), inTime()).then(
    ({ outcome }) => outcome?.$case ?? 'nothing',
    (error: { reason: string }) => error.reason,
  );
};

describe('an API key', () => {
  it('may what its scopes say', async () => {
    expect(await logIn((await makeKey({ scopes: ['logins'] })).secret)).toBe('authenticated');
    expect(await logIn((await makeKey({ scopes: ['users:read', 'users:write'] })).secret)).toBe('SCOPE_MISSING');
  });

  it('ends by itself, on every replica at once, with a reason of its own', async () => {
    const { secret } = await makeKey({ expiresAt: new Date(Date.now() + 8_000) });
    expect(await logIn(secret)).toBe('authenticated');
    while ((await logIn(secret)) === 'authenticated') await sleep(50);
    expect(await logIn(secret)).toBe('API_KEY_EXPIRED');
  });

  it('is rotated without a failed login: the secret before goes on for its grace', async () => {
    const { secret, apiKeyId } = await makeKey({});
    const { userPoolId, adminKey } = world.company;
    using keys = keysAs(adminKey);
    const rotate = async (graceSeconds: number) => {
      const request = RotateApiKeyRequest.fromPartial({ userPoolId, apiKeyId, graceSeconds });
      return (await keys.rotateApiKey(request, inTime())).secret;
    };
    const second = await rotate(60);
    expect([await logIn(secret), await logIn(second)]).toEqual(['authenticated', 'authenticated']);
    const third = await rotate(0);
    expect(await logIn(third)).toBe('authenticated');
    for (const old of [secret, second]) while ((await logIn(old)) === 'authenticated') await sleep(100);
    expect(await logIn(third)).toBe('authenticated');
  }, 120_000);
});

it('a rotation that is repeated, as one whose answer was lost, logs out nobody who holds a secret from before', async () => {
  const { secret, apiKeyId } = await makeKey({ scopes: ['logins'] });
  const { userPoolId, adminKey } = world.company;
  using keys = keysAs(adminKey);
  const secrets = [secret];
  for (const _ of [1, 2, 3])
    secrets.push((await keys.rotateApiKey(RotateApiKeyRequest.fromPartial({ userPoolId, apiKeyId }), inTime())).secret);
  for (const one of secrets) expect(await logIn(one)).toBe('authenticated');
});

describe('a token of the configured issuer', () => {
  it('manages the pools that it names as far as its scopes go, and the audit names its subject', async () => {
    const { userPoolId } = world.company;
    using pools = createClient(UserPoolServiceClient, {
      address: world.address,
      token: tokenFor({
        sub: 'deploy-bot',
        scope: 'pools:read audit:read keys:write users:read',
        user_pools: [userPoolId],
      }),
    });
    expect((await pools.getUserPool({ userPoolId }, inTime())).userPool?.name).toBe('Acme');
    await expect(pools.startTrial({ userPoolId }, inTime())).rejects.toMatchObject({ reason: 'SCOPE_MISSING' });
    await expect(pools.getUserPool({ userPoolId: randomUUID() }, inTime())).rejects.toMatchObject({
      reason: 'USER_POOL_NOT_FOUND',
    });
    using keys = keysAs(tokenFor({ sub: 'deploy-bot', scope: 'keys:write users:read', user_pools: [userPoolId] }));
    const key = { userPoolId, role: ApiKeyRole.ADMIN, name: 'by a bot', scopes: ['users:read'] };
    await keys.createApiKey(CreateApiKeyRequest.fromPartial(key), inTime());
    const { entries } = await pools.listAuditEntries(ListAuditEntriesRequest.fromPartial({ userPoolId }), inTime());
    expect(entries[0]).toMatchObject({ actor: 'token:deploy-bot', action: 'ApiKeyService/CreateApiKey' });
  });

  it('logs nobody in, and is nothing without the issuer’s signature', async () => {
    const { userPoolId } = world.company;
    const claims = { sub: 'bot', scope: 'logins users:read', user_pools: [userPoolId] };
    expect(await logIn(tokenFor(claims))).toBe('PERMISSION_DENIED');
    expect(await logIn(`${tokenFor(claims).slice(0, -8)}AAAAAAAA`)).toBe('TOKEN_INVALID');
    expect(await logIn(tokenFor({ ...claims, padding: 'x'.repeat(9_000) }))).toBe('UNAUTHENTICATED');
  });
});

it('keys are listed with their last use, which a gateway that stops has told, and no secret is anywhere', async () => {
  const { userPoolId } = world.company;
  const { secret, apiKeyId } = await makeKey({ scopes: ['logins'] });
  const before = Date.now();
  expect(await logIn(secret)).toBe('authenticated');
  using keys = keysAs(world.company.adminKey);
  const { apiKeys } = await keys.listApiKeys(ListApiKeysRequest.fromPartial({ userPoolId, pageSize: 200 }), inTime());
  const listed = apiKeys.find((key) => key.apiKeyId === apiKeyId);
  expect(listed).toMatchObject({ prefix: secret.slice(0, 10), scopes: ['logins'] });
  expect(apiKeys.find(({ name }) => name === 'demo edge')?.scopes).toContain('passwords');
  const token = tokenFor({ sub: 'bot', scope: 'keys:read', user_pools: [userPoolId] });
  using byToken = keysAs(token);
  await byToken.listApiKeys(ListApiKeysRequest.fromPartial({ userPoolId }), inTime());
  await world.services.processes['identity-gateway'].stop();
  const [row] = await world.store.query<{ last_used_at: Date }>('SELECT last_used_at FROM api_keys WHERE id = $1', {
    database: 'userferry',
    values: [apiKeyId],
  });
  expect(row?.last_used_at.getTime()).toBeGreaterThanOrEqual(before);
  const everything = `${await dumpStore(world.store)}\n${world.lines.map(({ text }) => text).join('\n')}`;
  for (const hidden of [secret, secret.slice(4), token, token.split('.')[2] ?? token])
    expect(everything).not.toContain(hidden);
});
