import type { Client, ServiceDefinition } from '@grpc/grpc-js';
import { IdentityServiceClient, IdentityServiceService } from '@userferry/contracts/identity/v1/identity_service';
import { Profile } from '@userferry/contracts/identity/v1/user';
import { ApiKeyServiceClient, ApiKeyServiceService } from '@userferry/contracts/management/v1/api_key_service';
import {
  ConnectionServiceClient,
  ConnectionServiceService,
} from '@userferry/contracts/management/v1/connection_service';
import { UserPoolServiceClient, UserPoolServiceService } from '@userferry/contracts/management/v1/user_pool_service';
import { type CallContext, type ClientConstructor, createClient } from '@userferry/grpc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditedAs } from './access/audited-as.ts';
import { CALLS } from './access/calls.ts';
import { SCOPES } from './access/scopes.ts';
import { createGatewayCalls, createIdentityGateway } from './create-identity-gateway.ts';
import { guardedDeps } from './testing/guarded-world.ts';

const KEYS = ['edge-of-a', 'admin-of-a'];

const SERVICES: readonly [ClientConstructor<Client>, ServiceDefinition][] = [
  [IdentityServiceClient, IdentityServiceService],
  [UserPoolServiceClient, UserPoolServiceService],
  [ApiKeyServiceClient, ApiKeyServiceService],
  [ConnectionServiceClient, ConnectionServiceService],
];

/** Calls for operators only: whoever else calls is refused before any pool is looked at. */
const OPERATOR_CALLS = new Set(['createUserPool', 'setPlan']);

/** Calls about all the pools of their caller. */
const OWN_POOLS = new Set(['listUserPools']);

/** Calls that need none of our services: whoever is let in has an answer. */
const ANSWERED_HERE = new Set(['listScriptTemplates']);
const letInto = (method: string): string => (ANSWERED_HERE.has(method) ? 'OK' : 'INTERNAL');

/** Identity calls that an administrator makes as well. */
const USER_CALLS = new Set(['register', 'getUser', 'searchUsers', 'listUsers', 'updateUser', 'deleteUser']);

const RPCS = SERVICES.flatMap(([Constructor, definition]) =>
  Object.keys(definition).map((method) => [method, Constructor] as const),
);

let address: string;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  const server = stack.use(
    await createIdentityGateway({ host: '127.0.0.1', port: 0 }, createGatewayCalls({}, guardedDeps())),
  );
  address = `127.0.0.1:${server.port}`;
});

afterAll(() => stack.disposeAsync());

const call = async (
  key: string | undefined,
  method: string,
  Constructor: ClientConstructor<Client>,
  request: object,
) => {
  const token = key === undefined ? {} : { token: key };
  using client = createClient(Constructor, { address, ...token }) as unknown as Record<string, unknown> & Disposable;
  const send = client[method] as (request: object, context: CallContext) => Promise<unknown>;
  return await send(request, { requestId: 'request-1', deadlineMs: Date.now() + 5_000 });
};

/** Every list and bytes field that an encoder walks over must be there; the ids are what the test is about. */
const requestFor = (userPoolId: string) => ({
  userPoolId,
  name: 'n',
  role: 1,
  apiKeyId: 'k',
  action: 1,
  source: 's',
  mode: 1,
  env: {},
  egress: [],
  keepEnvNames: [],
  isolation: 1,
  language: 1,
  argsJson: Buffer.alloc(0),
  metadataJson: Buffer.alloc(0),
  password: 'p',
  identifier: { $case: 'email', value: 'a@b.c' },
  user: { selector: { $case: 'email', value: 'a@b.c' } },
  profile: Profile.fromPartial({ email: 'a@b.c' }),
  updates: Profile.fromPartial({ nickname: 'A' }),
  clear: [],
  keyword: 'ada',
  search: '',
  page: 1,
  limit: 1,
  migrationState: 0,
  oldPassword: 'p',
  newPassword: 'q',
  scopes: [],
  plan: 1,
  pageSize: 1,
  pageToken: '',
  version: 1n,
  fromVersion: 1n,
  toVersion: 2n,
  outcome: 0,
  failedOnly: false,
  requestId: '',
  tombstoneId: 't',
  conflictId: 'c',
  resolution: 1,
});

describe('every RPC', () => {
  it('is walked by this test', () => {
    expect(RPCS.length).toBeGreaterThanOrEqual(32);
  });

  const ofOnePool = RPCS.filter(([method]) => !OWN_POOLS.has(method));

  it.each(ofOnePool)('%s answers a foreign pool as one that does not exist', async (method, Constructor) => {
    const expected = OPERATOR_CALLS.has(method) ? 'PERMISSION_DENIED' : 'USER_POOL_NOT_FOUND';
    for (const key of KEYS)
      await expect(call(key, method, Constructor, requestFor('pool-b'))).rejects.toMatchObject({ reason: expected });
  });

  const isIdentity = (Constructor: unknown) => Constructor === IdentityServiceClient;
  const oneRoleOnly = RPCS.filter(([method]) => !USER_CALLS.has(method));

  it.each(oneRoleOnly)('%s takes no key of another role, even for its own pool', async (method, Constructor) => {
    const wrongRole = isIdentity(Constructor) ? 'admin-of-a' : 'edge-of-a';
    await expect(call(wrongRole, method, Constructor, requestFor('pool-a'))).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
    });
  });

  it.each([...USER_CALLS])('%s takes keys of the edge and of administrators for their own pool', async (method) => {
    for (const key of KEYS)
      await expect(call(key, method, IdentityServiceClient, requestFor('pool-a'))).rejects.toMatchObject({
        reason: 'INTERNAL',
      });
  });

  const allowed = RPCS.filter(([method]) => !OPERATOR_CALLS.has(method));

  it.each(allowed)('%s takes the right key: it goes on to our services', async (method, Constructor) => {
    const rightRole = isIdentity(Constructor) ? 'edge-of-a' : 'admin-of-a';
    expect(await reasonOf(rightRole, method, Constructor)).toBe(letInto(method));
  });

  it('stands in the table of calls, and no other does', () => {
    const served = SERVICES.flatMap(([, definition]) => Object.values(definition).map(({ path }) => path));
    expect(Object.keys(CALLS).sort()).toEqual(served.map((method) => auditedAs({ method })).sort());
  });

  /** Who is let in by a role and by one scope alone: each RPC, with the scope that it takes. */
  const reasonOf = async (key: string, method: string, Constructor: ClientConstructor<Client>): Promise<string> =>
    call(key, method, Constructor, requestFor('pool-a')).then(
      () => 'OK',
      (error: { reason: string }) => error.reason,
    );

  it.each(
    SERVICES.flatMap(([Constructor, definition]) =>
      Object.entries(definition).map(
        ([method, { path }]) => [auditedAs({ method: path }), method, Constructor] as const,
      ),
    ),
  )('%s takes the one scope that the table has, and no other of any role', async (name, method, Constructor) => {
    const { scope: needed, roles } = CALLS[name] ?? {};
    for (const scope of SCOPES) {
      for (const role of ['edge', 'admin'] as const) {
        const mayRole = roles?.includes(role) === true;
        // A key cannot be made wider than its maker: that is looked at behind the table.
        const letIn = name === 'ApiKeyService/CreateApiKey' ? 'PERMISSION_DENIED' : letInto(method);
        const expected = !mayRole ? 'PERMISSION_DENIED' : scope === needed ? letIn : 'SCOPE_MISSING';
        expect([role, scope, await reasonOf(`${role}-with-${scope}`, method, Constructor)]).toEqual([
          role,
          scope,
          expected,
        ]);
      }
      const operators = await reasonOf(`operator-with-${scope}`, method, Constructor);
      expect([scope, operators === 'SCOPE_MISSING']).toEqual([scope, scope !== needed]);
    }
  });

  it.each([...OPERATOR_CALLS])('%s is for operators, who may touch every pool', async (method) => {
    for (const key of KEYS)
      await expect(call(key, method, UserPoolServiceClient, requestFor('pool-a'))).rejects.toMatchObject({
        reason: 'PERMISSION_DENIED',
      });
    await expect(call('operator', method, UserPoolServiceClient, requestFor('pool-a'))).rejects.toMatchObject({
      reason: 'INTERNAL',
    });
  });

  it.each(RPCS)('%s takes neither no key nor an unknown one', async (method, Constructor) => {
    for (const key of [undefined, 'nobodys-key'])
      await expect(call(key, method, Constructor, requestFor('pool-a'))).rejects.toMatchObject({
        reason: 'UNAUTHENTICATED',
      });
  });
});

it('an administrator does not see what is done to operators’ keys', async () => {
  const asked = call('admin-of-a', 'listAuditEntries', UserPoolServiceClient, requestFor('*'));
  await expect(asked).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
});

it('an administrator cannot make an operator', async () => {
  const request = { ...requestFor('*'), role: 3 };
  await expect(call('admin-of-a', 'createApiKey', ApiKeyServiceClient, request)).rejects.toMatchObject({
    reason: 'PERMISSION_DENIED',
  });
});
