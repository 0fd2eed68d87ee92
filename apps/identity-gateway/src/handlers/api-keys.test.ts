import {
  ApiKey,
  ApiKeyRole,
  CreateApiKeyRequest,
  RotateApiKeyRequest,
} from '@userferry/contracts/management/v1/api_key_service';
import type { Caller } from '@userferry/grpc';
import { describe, expect, it } from 'vitest';
import { ROLE_SCOPES, type Scope } from '../access/scopes.ts';
import { callFacts } from '../testing/table-world.ts';
import { createApiKey } from './create-api-key.ts';
import { rotateApiKey } from './rotate-api-key.ts';

const DAY_MS = 86_400_000;
const holder = (role: 'admin' | 'operator', scopes: readonly Scope[]): Caller => ({
  role,
  userPoolIds: [role === 'operator' ? '*' : 'pool'],
  scopes,
  id: 'key',
});
const ADMIN = holder('admin', ROLE_SCOPES.admin);

type Options = { readonly caller?: Caller; readonly keyMsMax?: number };
const create = async (request: Partial<CreateApiKeyRequest>, { caller = ADMIN, keyMsMax }: Options = {}) => {
  const made: { scopes: readonly string[]; expiresAt: Date | undefined }[] = [];
  const store = {
    createApiKey: async (key: (typeof made)[number]) => {
      made.push(key);
      return { apiKey: ApiKey.fromPartial({ apiKeyId: 'k' }), secret: 's' };
    },
  };
  const full = CreateApiKeyRequest.fromPartial({
    userPoolId: 'pool',
    role: ApiKeyRole.ADMIN,
    name: 'n',
    ...request,
  } as never);
  const handler = createApiKey({ store, keyMsMax });
  const refused = await handler(full, { ...callFacts(), caller }).then(
    () => undefined,
    (error: { reason: string; metadata: { field?: string } }) => error.metadata.field ?? error.reason,
  );
  return refused ?? made[0];
};

describe('a key that is made', () => {
  it('may what it is given, as far as its role goes', async () => {
    expect(await create({ scopes: ['users:read', 'scripts:test'] })).toMatchObject({
      scopes: ['users:read', 'scripts:test'],
    });
    expect(await create({})).toMatchObject({ scopes: [] });
    expect(await create({ scopes: ['logins'] })).toBe('scopes');
    expect(await create({ scopes: ['everything'] })).toBe('scopes');
    expect(await create({ role: ApiKeyRole.EDGE, scopes: ['logins'] })).toMatchObject({ scopes: ['logins'] });
  });

  it('has a name that our store can keep, or says that it is the name', async () => {
    for (const name of ['', ' ', 'x'.repeat(257), 'a\u0000b', 'a\ud800']) expect(await create({ name })).toBe('name');
  });

  it('may nothing that its maker may not', async () => {
    const caller = holder('admin', ['keys:write', 'users:read']);
    expect(await create({ scopes: ['users:read'] }, { caller })).toMatchObject({ scopes: ['users:read'] });
    expect(await create({ scopes: ['users:write'] }, { caller })).toBe('PERMISSION_DENIED');
    expect(await create({}, { caller })).toBe('PERMISSION_DENIED');
    expect(await create({ role: ApiKeyRole.EDGE, scopes: ['logins'] }, { caller })).toBe('PERMISSION_DENIED');
    expect(await create({ role: ApiKeyRole.OPERATOR, userPoolId: '*' }, { caller: ADMIN })).toBe('PERMISSION_DENIED');
    const narrow = holder('operator', ['keys:write', 'pools:read']);
    expect(await create({ role: ApiKeyRole.OPERATOR, userPoolId: '*' }, { caller: narrow })).toBe('PERMISSION_DENIED');
  });

  it('ends when it is to, which is neither past nor later than it may be', async () => {
    const soon = new Date(Date.now() + DAY_MS);
    expect(await create({ expiresAt: soon })).toMatchObject({ expiresAt: soon });
    for (const last of ['9999-12-31T00:00:00Z', '9999-12-31T23:59:59.999Z'])
      expect(await create({ expiresAt: new Date(last) })).toMatchObject({ expiresAt: new Date(last) });
    for (const ms of [Date.now() - 1, Number.NaN, 8.64e15])
      expect(await create({ expiresAt: new Date(ms) })).toBe('expires_at');
    expect(await create({ expiresAt: new Date(Date.now() + 3 * DAY_MS) }, { keyMsMax: 2 * DAY_MS })).toBe('expires_at');
    expect(await create({ expiresAt: soon }, { keyMsMax: 2 * DAY_MS })).toMatchObject({ expiresAt: soon });
    const { expiresAt } = (await create({}, { keyMsMax: 2 * DAY_MS })) as { expiresAt: Date };
    expect(Math.abs(expiresAt.getTime() - Date.now() - 2 * DAY_MS)).toBeLessThan(60_000);
  });
});

const rotate = async (key: Partial<ApiKey>, request: Partial<RotateApiKeyRequest>, options: Options = {}) => {
  const { caller = ADMIN, keyMsMax } = options;
  const asked: { graceSeconds: number; expiresAt: Date | undefined }[] = [];
  const store = {
    getApiKey: async () => ({ scopes: [...ROLE_SCOPES.admin], ...key }) as ApiKey,
    rotateApiKey: async (rotation: (typeof asked)[number]) => {
      asked.push(rotation);
      return {} as never;
    },
  };
  const full = RotateApiKeyRequest.fromPartial({ userPoolId: 'pool', apiKeyId: 'k', ...request } as never);
  const refused = await rotateApiKey({ store, keyMsMax })(full, { ...callFacts(), caller }).then(
    () => undefined,
    (error: { reason: string; metadata: { field?: string } }) => error.metadata.field ?? error.reason,
  );
  return refused ?? asked[0];
};

describe('a key that is rotated', () => {
  it('goes on with its old secret for a day unless another grace is asked for', async () => {
    expect(await rotate({}, {})).toMatchObject({ graceSeconds: 86_400, expiresAt: undefined });
    expect(await rotate({}, { graceSeconds: 0 })).toMatchObject({ graceSeconds: 0 });
    expect(await rotate({}, { graceSeconds: 31 * 86_400 })).toBe('grace_seconds');
  });

  it('lives as long again as before, as far as is allowed', async () => {
    const life = { createdAt: new Date(Date.now() - 9 * DAY_MS), expiresAt: new Date(Date.now() + DAY_MS) };
    const daysOf = async (options: Options = {}, more: Partial<ApiKey> = {}) =>
      Math.round(
        (Number(((await rotate({ ...life, ...more }, {}, options)) as { expiresAt: Date }).expiresAt) - Date.now()) /
          DAY_MS,
      );
    expect(await daysOf()).toBe(10);
    expect(await daysOf({}, { rotatedAt: new Date(Date.now() - 4 * DAY_MS) })).toBe(5);
    expect(await daysOf({ keyMsMax: 3 * DAY_MS })).toBe(3);
  });

  it('lives until the end of the year 9999 where it did before', async () => {
    const expiresAt = new Date('9999-12-31T23:59:59.999Z');
    expect(await rotate({ createdAt: new Date(Date.now() - DAY_MS), expiresAt }, {})).toMatchObject({ expiresAt });
  });

  it('is not handed to whoever may less than it', async () => {
    const caller = holder('admin', ['keys:write', 'users:read']);
    expect(await rotate({}, {}, { caller })).toBe('PERMISSION_DENIED');
    expect(await rotate({ scopes: ['users:read'] }, {}, { caller })).toMatchObject({ graceSeconds: 86_400 });
    // A key of a later version, of which nobody here knows what it may.
    expect(await rotate({ scopes: [] }, {})).toBe('PERMISSION_DENIED');
  });
});
