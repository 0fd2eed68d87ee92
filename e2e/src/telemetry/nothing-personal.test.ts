import { randomBytes, randomUUID } from 'node:crypto';
import {
  IdentityServiceClient,
  LoginRequest,
  RegisterRequest,
  SearchUsersRequest,
} from '@userferry/contracts/identity/v1/identity_service';
import { createClient } from '@userferry/grpc';
import { member } from '@userferry/local-services';
import { type OtlpCollector, startOtlpCollector } from '@userferry/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createWorld, type World } from '../world.ts';
import { readMetrics } from './metrics-of.ts';

const WAIT = { timeout: 30_000 };
const CUSTOMER = `Zyx${randomBytes(6).toString('hex')}`;

let stack: AsyncDisposableStack;
let collector: OtlpCollector;
let world: World;
let metrics: string;
const inTime = () => ({ requestId: randomUUID(), deadlineMs: Date.now() + 20_000 });

/** What was typed, and by whom: nothing of it may be seen from outside. */
const typed = {
  'a wrong password': `Wr0ng-${CUSTOMER}-Pass!`,
  'a new password': `N3w-${CUSTOMER}-Pass!`,
  'a new e-mail': `${CUSTOMER.toLowerCase()}@acme.example`,
  'a phone': '+4915112345678',
  'a user name': `user.${CUSTOMER}`,
  'a nickname': `Nick ${CUSTOMER}`,
  'an unknown e-mail': `nobody.${CUSTOMER.toLowerCase()}@else.example`,
  'an address': '198.51.100.77',
  'a search': `find-${CUSTOMER}`,
};

/** In the forms in which a text gets lost in another. Of base64 the middle, which is the same wherever it begins. */
const formsOf = (text: string): readonly string[] => {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = encoded.slice(shift === 0 ? 0 : 4, -3);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const json = JSON.stringify(text).slice(1, -1);
  return [text, text.toLowerCase(), json, encodeURIComponent(text), bytes.toString('hex'), ...base64];
};

const marked = (): Readonly<Record<string, string>> => {
  const { mail, password } = member(30);
  const legacy = new URL(world.legacy.url);
  return {
    ...typed,
    'the e-mail of who logged in': mail,
    'their password': password,
    'the connection string': world.legacy.url,
    'the password of the legacy database': decodeURIComponent(legacy.password),
    'the operator key': world.operatorKey,
    'the service token': world.serviceToken,
    'an administrator key': world.company.adminKey,
    'an edge key': world.company.edgeKey,
    'our hash': '$2b$',
    'the collector’s key': 'Bearer of-the-collector',
  };
};

/** Logins of every kind, and calls that carry all that a profile can. */
const liveADay = async () => {
  const { mail, password } = member(30);
  const { userPoolId, edgeKey } = world.company;
  using identity = createClient(IdentityServiceClient, { address: world.address, token: edgeKey });
  const login = (identifier: NonNullable<LoginRequest['identifier']>, secret: string) => {
    const context = { requestIp: typed['an address'] };
    return identity.login(LoginRequest.fromPartial({ userPoolId, identifier, password: secret, context }), inTime());
  };
  await login({ $case: 'email', value: mail }, password);
  await login({ $case: 'email', value: mail }, password);
  await login({ $case: 'email', value: mail }, typed['a wrong password']);
  await login({ $case: 'email', value: member(31).mail }, typed['a wrong password']);
  await login({ $case: 'email', value: typed['an unknown e-mail'] }, typed['a wrong password']);
  await login({ $case: 'phone', value: typed['a phone'] }, typed['a wrong password']);
  await login({ $case: 'username', value: typed['a user name'] }, typed['a wrong password']);
  const profile = { email: typed['a new e-mail'], username: typed['a user name'], nickname: typed['a nickname'] };
  const register = { userPoolId, password: typed['a new password'], profile };
  await identity.register(RegisterRequest.fromPartial(register), inTime());
  await identity
    .searchUsers(SearchUsersRequest.fromPartial({ userPoolId, keyword: typed['a search'] }), inTime())
    .catch(() => undefined);
  await world.legacy.server.pause();
  await login({ $case: 'email', value: member(32).mail }, typed['a wrong password']);
  await world.legacy.server.resume();
  const { outcome } = await login({ $case: 'email', value: typed['a new e-mail'] }, typed['a new password']);
  expect(outcome?.$case).toBe('authenticated');
};

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  collector = stack.use(await startOtlpCollector());
  const env = {
    USERFERRY_TRACES_URL: collector.url,
    USERFERRY_TRACES_HEADERS: 'authorization=Bearer of-the-collector',
    USERFERRY_METRICS_PORT: '0',
    USERFERRY_LOG_LEVEL: 'trace',
  };
  world = stack.use(await createWorld({ env }));
  await liveADay();
  const logins = () => collector.spans.filter(({ name, kind }) => kind === 'server' && name.endsWith('/Login'));
  // Each service sends its own spans, when its second is over.
  await vi.waitFor(() => {
    expect(logins()).toHaveLength(9);
    expect(collector.spans.map(({ name }) => name)).toContain('password hash: work');
  }, WAIT);
  metrics = await readMetrics(world.lines);
});
afterAll(() => stack.disposeAsync());

const places = () => ({
  spans: Buffer.concat(collector.bodies).toString('latin1'),
  metrics,
  logs: world.lines.map(({ text }) => text).join('\n'),
});

it('there is something to look at', () => {
  expect(collector.headers()).toMatchObject({ authorization: 'Bearer of-the-collector' });
  const { spans, logs } = places();
  expect(spans).toContain('password hash: work');
  expect(metrics).toContain('userferry_logins_total{outcome="undecided"');
  expect(logs).toContain('"msg":"login"');
});

it('no secret and nobody’s data is in spans, metrics or logs, in whatever form', () => {
  const found = Object.entries(places()).flatMap(([place, text]) =>
    Object.entries(marked()).flatMap(([what, value]) =>
      formsOf(value)
        .filter((form) => form.length >= 4 && text.includes(form))
        .map((form) => `${what} in ${place} (as ${form.length} characters)`),
    ),
  );
  expect(found).toEqual([]);
});

it('the search would find them: planted in each form they are seen', () => {
  // The few letters with which every hash of ours begins are looked for as they are.
  for (const value of Object.values(marked()).filter(({ length }) => length > 4))
    for (const planted of [
      value,
      Buffer.from(`x${value}y`).toString('base64'),
      Buffer.from(value).toString('hex'),
      encodeURIComponent(value),
    ])
      expect(
        formsOf(value).some((form) => form.length >= 4 && `a ${planted} b`.includes(form)),
        value,
      ).toBe(true);
});

it('no label names a pool, a user, a connection or a host', () => {
  expect(metrics).not.toContain(world.company.userPoolId);
  expect(metrics).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  expect(metrics).not.toMatch(/="[^"]*(@|127\.0\.0\.1|acme)[^"]*"/);
});
