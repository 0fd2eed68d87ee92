import { randomUUID } from 'node:crypto';
import {
  type Client,
  credentials,
  Client as GrpcClient,
  Metadata,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import { IdentityServiceClient, IdentityServiceService } from '@userferry/contracts/identity/v1/identity_service';
import { Profile } from '@userferry/contracts/identity/v1/user';
import { ApiKeyServiceClient, ApiKeyServiceService } from '@userferry/contracts/management/v1/api_key_service';
import {
  ConnectionServiceClient,
  ConnectionServiceService,
} from '@userferry/contracts/management/v1/connection_service';
import { UserPoolServiceClient, UserPoolServiceService } from '@userferry/contracts/management/v1/user_pool_service';
import { ServiceError } from '@userferry/errors';
import { type CallContext, type ClientConstructor, createClient } from '@userferry/grpc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atMost } from './at-most.ts';
import { createCompany, inTime, type LegacyCompany } from './legacy/connect-company.ts';
import { createUserferry, type Userferry } from './world.ts';

const SERVICES: readonly (readonly [ClientConstructor<Client>, ServiceDefinition])[] = [
  [IdentityServiceClient, IdentityServiceService],
  [UserPoolServiceClient, UserPoolServiceService],
  [ApiKeyServiceClient, ApiKeyServiceService],
  [ConnectionServiceClient, ConnectionServiceService],
];

const METHODS = SERVICES.flatMap(([Constructor, definition]) =>
  Object.entries(definition).map(([name, method]) => [name, { Constructor, method }] as const),
);

const stack = new AsyncDisposableStack();
let ours: Userferry;
let company: LegacyCompany;
let stranger: LegacyCompany;
beforeAll(async () => {
  ours = stack.use(await createUserferry());
  const scriptOf = (action: string) => `async function ${action}() { return null; }`;
  const connection = { mode: 'LAZY_MIGRATION', uri: 'postgres://a:b@db.example.com:5432/c', scriptOf } as const;
  company = stack.use(await createCompany(ours, { name: 'rubbish', connection }));
  stranger = stack.use(await createCompany(ours, { name: 'stranger' }));
});
afterAll(() => stack.disposeAsync());

/** Every field that any request has, with a value that makes sense. */
const sensible = (userPoolId: string) => ({
  userPoolId,
  name: 'n',
  role: 1,
  apiKeyId: randomUUID(),
  search: '',
  scopes: ['users:read'],
  expiresAt: new Date(Date.now() + 3_600_000),
  graceSeconds: 60,
  action: 1,
  source: 'async function login() { return null; }',
  mode: 1,
  address: {
    form: {
      $case: 'fields',
      value: { host: 'db.example.com', port: 5432, username: 'u', password: 'p', database: 'd' },
    },
  },
  env: { A: 'b' },
  keepEnv: false,
  keepEnvNames: [],
  isolation: 1,
  language: 1,
  egress: [{ host: 'db.example.com', port: 5432 }],
  argsJson: Buffer.from('[{"email":"a@b.example"},"x"]'),
  metadataJson: Buffer.from('{}'),
  revealRejectionDetails: false,
  password: 'a-good-Password',
  identifier: { $case: 'email', value: 'a@b.example' },
  user: { selector: { $case: 'ref', value: { ref: { $case: 'userId', value: randomUUID() } } } },
  profile: Profile.fromPartial({ email: 'a@b.example', phone: '+12025550101', customDataJson: Buffer.from('{"a":1}') }),
  updates: Profile.fromPartial({ nickname: 'A', username: 'b' }),
  clear: ['name'],
  keyword: 'ada',
  page: 1,
  limit: 1,
  migrationState: 0,
  oldPassword: 'a-good-Password',
  newPassword: 'another-Password',
  plan: 2,
  pageSize: 1,
  pageToken: '',
  version: 1n,
  fromVersion: 1n,
  toVersion: 1n,
  outcome: 0,
  failedOnly: false,
  requestId: '',
  tombstoneId: randomUUID(),
  conflictId: randomUUID(),
  resolution: 1,
  context: {
    appId: 'a',
    appName: 'A',
    appMetadataJson: Buffer.from('{}'),
    requestIp: '203.0.113.1',
    requestGeo: { province: 'p', city: 'c', adcode: 'a', rectangle: 'r' },
    requestBodyJson: Buffer.from('{}'),
  },
});

const HUGE = 'x'.repeat(80_000);

/** What a clumsy or an evil caller puts where that value should be. */
const rubbishFor = (value: unknown): readonly unknown[] => {
  if (typeof value === 'string') return ['', HUGE, 'a\u0000b', "'; DROP TABLE users; --", '\u202e𝕏'];
  if (typeof value === 'number') return [-1, 0, 99_999, 2 ** 31 - 1];
  if (typeof value === 'bigint') return [-1n, 0n, 2n ** 62n];
  if (Buffer.isBuffer(value))
    return ['', '{', '[]', 'null', '"\u0000"', '{"a":"\u0000"}', '{"__proto__":{"x":1}}', HUGE].map((text) =>
      Buffer.from(text),
    );
  if (value instanceof Date) return [0, 8.64e15, -8.64e15, 253_402_300_800_000].map((ms) => new Date(ms));
  return [];
};

type Path = readonly (string | number)[];

const leavesOf = (value: unknown, path: Path = []): readonly (readonly [Path, unknown])[] => {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value) || value instanceof Date)
    return [[path, value]];
  return Object.entries(value)
    .filter(([key]) => key !== '$case')
    .flatMap(([key, part]) => leavesOf(part, [...path, key]));
};

const withAt = (value: unknown, [key, ...rest]: Path, part: unknown): unknown => {
  if (key === undefined) return part;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  (copy as Record<string, unknown>)[key] = withAt((value as Record<string, unknown>)[key], rest, part);
  return copy;
};

type Method = (typeof METHODS)[number][1];

/** Undefined for what cannot even be said. */
const bytesOf = ({ method }: Method, request: unknown): string | undefined => {
  try {
    return method.requestSerialize(request as never).toString('base64');
  } catch {
    return undefined;
  }
};

const send = async ({ Constructor }: Method, name: string, token: string, request: object): Promise<string> => {
  using client = createClient(Constructor, { address: ours.address, token }) as unknown as Disposable &
    Record<string, (request: object, call: CallContext) => Promise<unknown>>;
  try {
    await client[name]?.(request, inTime());
    return 'OK';
  } catch (error) {
    return error instanceof ServiceError ? error.reason : String(error);
  }
};

/** Bytes instead of a message; the code of the answer. */
const sendBytes = async (path: string, bytes: Buffer, token: string): Promise<number | undefined> => {
  const raw = new GrpcClient(ours.address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${encodeURIComponent(token)}`);
  const same = (each: Buffer) => each;
  try {
    return await new Promise((resolve) => {
      const options = { deadline: Date.now() + 10_000 };
      raw.makeUnaryRequest(path, same, same, bytes, metadata, options, (error) => resolve(error?.code));
    });
  } finally {
    raw.close();
  }
};

/** What says that we failed, and not the caller. */
const OURS = ['INTERNAL', 'DEADLINE_EXCEEDED', 'STORE_UNAVAILABLE', 'SERVICE_UNAVAILABLE'];

const asJson = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

const AT_ONCE_MAX = 4;

/** Nothing in it is to change what the following rows rely on. */
const GOES_FIRST: readonly string[] = ['deleteConnection', 'disableConnection'];

describe('rubbish in a request', () => {
  it.each(METHODS)(
    'to %s is answered with a reason, and never as a failure of ours',
    async (name, method) => {
      const base = sensible(GOES_FIRST.includes(name) ? stranger.userPoolId : company.userPoolId);
      const plain = bytesOf(method, base);
      const tries = leavesOf(base).flatMap(([path, value]) =>
        rubbishFor(value).map((rubbish) => ({ path, rubbish, request: withAt(base, path, rubbish) as object })),
      );
      const said = tries.filter(({ request }) => ![plain, undefined].includes(bytesOf(method, request)));
      const bad: string[] = [];
      await atMost(AT_ONCE_MAX, said, async ({ path, rubbish, request }) => {
        const reason = await send(method, name, ours.operatorKey, request);
        if (OURS.includes(reason))
          bad.push(`${path.join('.')} = ${JSON.stringify(rubbish, asJson).slice(0, 40)}: ${reason}`);
      });
      expect(bad).toEqual([]);
      expect(said.length).toBeGreaterThan(3);
    },
    120_000,
  );

  it.each(METHODS)('to %s that is no message at all is the caller’s mistake', async (_, { method }) => {
    expect(await sendBytes(method.path, Buffer.from('ffffffffff', 'hex'), ours.operatorKey)).toBe(
      status.INVALID_ARGUMENT,
    );
    expect(await sendBytes(method.path, Buffer.from('ffffffffff', 'hex'), 'nobody’s')).toBe(status.UNAUTHENTICATED);
  });

  /** Its caller's own pools are all that it is about. */
  const ofOnePool = METHODS.filter(([name]) => name !== 'listUserPools');

  it.each(ofOnePool)('to %s about another company’s pool is about a pool that does not exist', async (name, method) => {
    const request = sensible(stranger.userPoolId);
    const reasons = await Promise.all(
      [company.adminKey, company.edgeKey].map((key) => send(method, name, key, request)),
    );
    for (const reason of reasons) expect(['USER_POOL_NOT_FOUND', 'PERMISSION_DENIED']).toContain(reason);
    expect(await send(method, name, ours.operatorKey, sensible(randomUUID()))).not.toBe('INTERNAL');
  });
});
