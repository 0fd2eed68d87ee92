import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLS } from '../../access/calls.ts';
import { SCOPES } from '../../access/scopes.ts';
import { type Api, bearer, OWN_PAGE, signIn, startApi } from '../../testing/api-world.ts';
import { jsonRequest } from '../../testing/json-requests.ts';

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());
let api: Api;
beforeAll(async () => {
  api = stack.use(await startApi());
});

const NAMES = Object.keys(CALLS);
const OF_ONE_POOL = NAMES.filter((name) => CALLS[name]?.ofOwnPools !== true);
/** What is let in ends at stores that are not there, but for what needs none. */
const letInto = (name: string): string => (name === 'ConnectionService/ListScriptTemplates' ? 'OK' : 'INTERNAL');
const reasonOf = async (name: string, key: string, pool = 'pool-a') =>
  (await api.post(name, jsonRequest(name, pool), bearer(key))).json.error?.reason ?? 'OK';

describe('every call in JSON', () => {
  it.each(NAMES)('%s takes the one scope that the table has, and no other of any role', async (name) => {
    const { scope: needed, roles = [] } = CALLS[name] ?? {};
    // A key cannot be made wider than its maker: that is looked at behind the table.
    const letIn = name === 'ApiKeyService/CreateApiKey' ? 'PERMISSION_DENIED' : letInto(name);
    for (const scope of SCOPES) {
      for (const role of ['edge', 'admin'] as const) {
        const allowed = scope === needed ? letIn : 'SCOPE_MISSING';
        const expected = roles.includes(role) ? allowed : 'PERMISSION_DENIED';
        expect([role, scope, await reasonOf(name, `${role}-with-${scope}`)]).toEqual([role, scope, expected]);
      }
      const operators = await reasonOf(name, `operator-with-${scope}`);
      expect([scope, operators === 'SCOPE_MISSING']).toEqual([scope, scope !== needed]);
    }
  });

  it.each(OF_ONE_POOL)('%s answers a foreign pool as one that does not exist', async (name) => {
    const expected = CALLS[name]?.roles.length === 0 ? 'PERMISSION_DENIED' : 'USER_POOL_NOT_FOUND';
    for (const key of ['edge-of-a', 'admin-of-a']) expect(await reasonOf(name, key, 'pool-b')).toBe(expected);
  });

  it.each(NAMES)('%s takes neither no key nor an unknown one, and no request that it does not know', async (name) => {
    const request = jsonRequest(name, 'pool-a');
    for (const headers of [{}, bearer('nobodys-key'), { authorization: 'Basic b3BlcmF0b3I6' }]) {
      const { status, json } = await api.post(name, request, headers);
      expect([status, json.error?.reason]).toEqual([401, 'UNAUTHENTICATED']);
    }
    const { status, json } = await api.post(name, { ...request, hunter2: 'hunter3' }, bearer('operator'));
    expect([status, json.error]).toEqual([
      400,
      expect.objectContaining({
        reason: 'INVALID_ARGUMENT',
        message: 'hunter2 is no field of this request',
        metadata: { field: 'hunter2' },
      }),
    ]);
  });

  it.each(NAMES)('%s may be made with the cookie of a sign-in as with the key itself', async (name) => {
    const expected = CALLS[name]?.roles.includes('admin') ? letInto(name) : 'PERMISSION_DENIED';
    const { json } = await api.post(name, jsonRequest(name, 'pool-a'), await signIn(api, 'admin-of-a'));
    expect(json.error?.reason ?? 'OK').toBe(expected);
  });
});

describe('a call', () => {
  const getPool = 'UserPoolService/GetUserPool';
  const createdAt = new Date('2026-11-26T08:00:00.123Z');
  const getUserPool = async () => ({
    userPoolId: 'pool-a',
    name: 'A',
    metadataJson: Buffer.from('{"a":"ß"}'),
    revealRejectionDetails: false,
    createdAt,
    plan: 2,
    connectionsIncluded: true,
  });

  it('is answered in the JSON mapping of proto3, with what is zero, empty or false', async () => {
    const pools = new Proxy({}, { get: (_, name) => (name === 'getUserPool' ? getUserPool : findOperator) });
    await using world = await startApi({ pools: pools as never });
    const { status, json, headers } = await world.post(
      getPool,
      { user_pool_id: 'pool-a' },
      {
        ...bearer('operator'),
        'x-request-id': 'my-request-1',
      },
    );
    expect([status, headers.get('x-request-id')]).toEqual([200, 'my-request-1']);
    expect(json).toEqual({
      userPool: {
        userPoolId: 'pool-a',
        name: 'A',
        metadataJson: Buffer.from('{"a":"ß"}').toString('base64'),
        revealRejectionDetails: false,
        createdAt: '2026-11-26T08:00:00.123Z',
        plan: 'PLAN_ENTERPRISE',
        connectionsIncluded: true,
      },
    });
  });

  it('that nobody foresaw to fail tells nothing of why, but its id', async () => {
    const { status, json, text } = await api.post(
      getPool,
      { userPoolId: 'pool-a' },
      {
        ...bearer('operator'),
        'x-request-id': 'request-17',
      },
    );
    expect([status, json.error]).toEqual([
      500,
      { reason: 'INTERNAL', message: 'internal error', metadata: {}, requestId: 'request-17' },
    ]);
    expect(text).not.toContain('reached');
  });

  it('is no page, is kept by nobody, and no other site may ask for leave to make it', async () => {
    const { headers } = await api.post(getPool, { userPoolId: 'pool-a' }, bearer('operator'));
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'content-type': 'application/json; charset=utf-8',
    });
    const preflight = await api.send('OPTIONS', `/api/v1/${getPool}`, {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-userferry-csrf',
    });
    expect([
      preflight.status,
      [...preflight.headers.keys()].filter((name) => name.startsWith('access-control')),
    ]).toEqual([404, []]);
  });

  it('that is none is told where the calls are', async () => {
    for (const [method, path] of [
      ['GET', `/api/v1/${getPool}`],
      ['POST', '/api/v1/UserPoolService/getUserPool'],
      ['POST', '/api/v1/__proto__/constructor'],
    ] as const) {
      const { status, json } = await api.send(method, path, bearer('operator'));
      expect([status, json.error?.reason]).toEqual([404, 'UNIMPLEMENTED']);
    }
  });
});

const findOperator = async () => ({
  caller: { role: 'operator', userPoolIds: ['*'], scopes: SCOPES, id: 'k3' },
  validUntilMs: Number.POSITIVE_INFINITY,
});

describe('rubbish', () => {
  const run = 'ConnectionService/ListScriptRuns';
  const of = (more: object) => ({ userPoolId: 'pool-a', ...more });
  const deep = (n: number) => `${'{"userPoolId":'.repeat(n)}"a"${'}'.repeat(n)}`;

  it.each([
    ['not JSON', '{', 'not the JSON object'],
    ['a list', '[]', 'not the JSON object'],
    ['null', 'null', 'not the JSON object'],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'not the JSON object'],
    ['text in Latin-1', Buffer.from('{"userPoolId":"pool-a","requestId":"\xe4"}', 'latin1'), 'not the JSON object'],
    ['a number for text', of({ requestId: 7 }), 'request_id must be text'],
    ['text for a number', of({ pageSize: 'hunter2' }), 'page_size must be a whole number'],
    ['a fraction', of({ pageSize: 1.5 }), 'page_size must be a whole number'],
    ['a number out of range', of({ pageSize: 2 ** 40 }), 'page_size must be a whole number'],
    ['text for a truth', of({ failedOnly: 'true' }), 'failed_only must be true or false'],
    ['a name that the enum lacks', of({ action: 'hunter2' }), 'action must be one of SCRIPT_ACTION_LOGIN, '],
    ['no time', of({ since: 'hunter2' }), 'since must be a time in RFC 3339'],
    ['text for a number of a field with two names', of({ page_size: 'hunter2' }), 'page_size must be a whole number'],
    ['no name', of({ '': 1 }), 'the JSON has an empty name'],
    ['a name twice', '{"userPoolId":"pool-a","userPoolId":"pool-b"}', 'a name twice'],
    ['a field by both its names', '{"userPoolId":"pool-a","user_pool_id":"pool-b"}', 'user_pool_id is there twice'],
    ['__proto__', '{"userPoolId":"pool-a","__proto__":{"x":1}}', '__proto__ is no field'],
    ['constructor', of({ constructor: { prototype: {} } }), 'constructor is no field'],
    ['a deep object', deep(40), 'nested more than 32 deep'],
    ['a very deep list', `${'['.repeat(300_000)}`, 'nested more than 32 deep'],
  ])('is refused, and no value of it is repeated: %s', async (_, body, message) => {
    const { status, json, text } = await api.post(run, body, bearer('operator'));
    expect([status, json.error]).toEqual([
      400,
      expect.objectContaining({ reason: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    ]);
    expect(text).not.toContain('hunter2');
  });

  it('in bytes or in a oneof is told by its field', async () => {
    const test = { userPoolId: 'pool-a', action: 'SCRIPT_ACTION_LOGIN', argsJson: 'hunter2!' };
    const bytes = await api.post('ConnectionService/TestScript', test, bearer('operator'));
    expect(bytes.json.error?.message).toBe('args_json must be text in base64');
    const login = { userPoolId: 'pool-a', email: 'a@b.c', phone: '+4915112345678', password: 'hunter2' };
    const oneof = await api.post('IdentityService/Login', login, bearer('operator'));
    expect(oneof.json.error?.message).toBe('identifier is set more than once');
    expect(bytes.text + oneof.text).not.toContain('hunter2');
  });

  it('is looked at only once its sender is known', async () => {
    const { json } = await api.post(run, '{', bearer('nobodys-key'));
    expect(json.error?.reason).toBe('UNAUTHENTICATED');
  });

  it('that is large, or says to be no JSON, is not read', async () => {
    const large = await api.post(run, of({ requestId: 'x'.repeat(1_100_000) }), bearer('operator'));
    expect([large.status, large.json.error?.reason]).toEqual([413, 'BODY_TOO_LARGE']);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const { status, json } = await api.post(run, of({}), { ...bearer('operator'), 'content-type': type });
      expect([status, json.error?.reason]).toEqual([415, 'CONTENT_TYPE_UNSUPPORTED']);
    }
  });
});

it('no password, key or session reaches the log', async () => {
  const lines: string[] = [];
  const write = (...facts: unknown[]) => void lines.push(inspect(facts, { depth: 10 }));
  const log = { level: 'debug', debug: write, info: write, warn: write, error: write, child: () => log };
  await using world = await startApi({ log: log as never });
  const cookie = await signIn(world, 'admin-of-a');
  await world.post('session', { apiKey: 'hunter2-key' }, OWN_PAGE);
  await world.post('session', '{"apiKey":"hunter2-key"', OWN_PAGE);
  const bodies = [
    { userPoolId: 'pool-a', email: 'a@b.c', password: 'hunter2' },
    { userPoolId: 'pool-a', email: 'a@b.c', password: ['hunter2'] },
    '{"password":"hunter2"',
  ];
  for (const body of bodies) {
    await world.post('IdentityService/Login', body, bearer('edge-of-a'));
    await world.post('ConnectionService/GetConnection', body, cookie);
  }
  expect(lines.length).toBeGreaterThan(5);
  const told = lines.join('\n');
  for (const secret of ['hunter2', 'admin-of-a', 'edge-of-a', cookie.cookie?.split('=')[1] ?? 'no cookie'])
    expect(told).not.toContain(secret);
});
