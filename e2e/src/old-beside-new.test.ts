import {
  ApiKeyRole,
  ApiKeyServiceClient,
  CreateApiKeyRequest,
} from '@userferry/contracts/management/v1/api_key_service';
import { ListScriptRunsRequest } from '@userferry/contracts/management/v1/connection_service';
import { createClient } from '@userferry/grpc';
import type { ServiceName } from '@userferry/local-services';
import { member, SERVICE_NAMES, sampleScripts } from '@userferry/local-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byEmail, createCaller } from './legacy/caller.ts';
import { createCompany, identityAt, inTime, type LegacyCompany } from './legacy/connect-company.ts';
import { oldCommit, unpackOldVersion } from './rolling/old-version.ts';
import { addressOf, createReplica, type Replica } from './rolling/replica.ts';
import { prepareGround, type ReplicaGround } from './rolling/replica-world.ts';

type Version = 'old' | 'new';
type Behind = Exclude<ServiceName, 'identity-gateway'>;
/** Which version of each service takes part. */
type Mix = Readonly<Record<ServiceName, Version>>;

const commit = oldCommit();
const stack = new AsyncDisposableStack();
let ground: ReplicaGround;
let oldRoot = '';
let behind: Readonly<Record<Version, Readonly<Record<Behind, Replica>>>>;

const start = async (name: ServiceName, version: Version, env: Record<string, string> = {}): Promise<Replica> => {
  const root = version === 'old' ? { root: oldRoot } : {};
  const replica = await createReplica({ name, env: { ...ground.envOf(name), ...env }, ...root });
  stack.defer(async () => void (await replica.stop()));
  await replica.start();
  return replica;
};

/** The old version first, which brings the store to its own schema; then the new one beside it. */
const startBehind = async () => {
  const both = async (name: Behind, env: Record<string, string> = {}) =>
    [await start(name, 'old', env), await start(name, 'new', env)] as const;
  const [oldIp, newIp] = await both('public-ip-service');
  const told = { USERFERRY_PUBLIC_IP_ADDRESS: addressOf([oldIp, newIp]) };
  const [oldStore, newStore] = await both('migration-service');
  const [oldRunner, newRunner] = await both('script-runner', told);
  return {
    old: { 'public-ip-service': oldIp, 'migration-service': oldStore, 'script-runner': oldRunner },
    new: { 'public-ip-service': newIp, 'migration-service': newStore, 'script-runner': newRunner },
  };
};

/** A gateway in front of the services of a mix. */
const startGateway = (mix: Mix): Promise<Replica> => {
  const at = (name: Behind) => behind[mix[name]][name].address;
  return start('identity-gateway', mix['identity-gateway'], {
    USERFERRY_RUNNER_ADDRESS: at('script-runner'),
    USERFERRY_MIGRATION_ADDRESS: at('migration-service'),
    USERFERRY_PUBLIC_IP_ADDRESS: at('public-ip-service'),
  });
};

const mixOf = (others: Version, exception?: ServiceName): Mix =>
  Object.fromEntries(
    SERVICE_NAMES.map((name) => [name, (name === exception) === (others === 'new') ? 'old' : 'new']),
  ) as Mix;

/** Every service old among new ones, and new among old ones; and all of one version. */
const MIXES: readonly (readonly [string, Mix])[] = (['new', 'old'] as const).flatMap((others) => [
  [`all ${others}`, mixOf(others)] as const,
  ...SERVICE_NAMES.map(
    (name) => [`${name} ${others === 'new' ? 'old' : 'new'} and the rest ${others}`, mixOf(others, name)] as const,
  ),
]);

type Journey = {
  readonly gateway: Replica;
  readonly company: LegacyCompany;
  readonly n: number;
  readonly userId: string;
};
const journeys: Journey[] = [];

/** What the audit has of a pool and its keys when one more key was made, rotated and revoked. */
const auditOfKeys = async ({ gateway, company }: Pick<Journey, 'gateway' | 'company'>): Promise<readonly string[]> => {
  const { userPoolId } = company;
  using keys = createClient(ApiKeyServiceClient, { address: gateway.address, token: ground.operatorKey });
  const wanted = { userPoolId, role: ApiKeyRole.EDGE, name: 'for the audit' };
  const { apiKey } = await keys.createApiKey(CreateApiKeyRequest.fromPartial(wanted), inTime());
  const place = { userPoolId, apiKeyId: apiKey?.apiKeyId ?? '' };
  const { secret } = await keys.rotateApiKey({ ...place, graceSeconds: 60 }, inTime());
  expect(secret).toMatch(/^ufk_/);
  await keys.revokeApiKey(place, inTime());
  const page = { userPoolId, pageSize: 200, pageToken: '' };
  const { entries } = await company.pools.listAuditEntries(page, inTime());
  const actions = entries.map(({ action }) => action);
  return actions.filter((action) => /Key|Pool/.test(action)).toSorted();
};

/** Of a company's pool with its two keys, and one key more: none is lost and none doubled. */
const AUDITED = [
  ...Array(3).fill('ApiKeyService/CreateApiKey'),
  'ApiKeyService/RevokeApiKey',
  'ApiKeyService/RotateApiKey',
  'UserPoolService/CreateUserPool',
];

beforeAll(async () => {
  if (commit === undefined) return;
  ground = await prepareGround(stack);
  oldRoot = await unpackOldVersion(stack, commit);
  behind = await startBehind();
}, 600_000);
afterAll(() => stack.disposeAsync());

describe.skipIf(commit === undefined)('old beside new, over one store', () => {
  it.each(MIXES)('%s', async (_, mix) => {
    const n = journeys.length + 1;
    const { mail, password } = member(n);
    const gateway = await startGateway(mix);
    const scripts = sampleScripts();
    const scriptOf = (action: string) => ({ login: scripts.LOGIN, getUser: scripts.GET_USER })[action];
    const connection = { mode: 'LAZY_MIGRATION', uri: ground.legacy.url, scriptOf } as const;
    const at = { address: gateway.address, operatorKey: ground.operatorKey };
    const company = stack.use(await createCompany(at, { name: `mix ${n}`, connection }));
    const caller = createCaller(company);
    const pool = { userPoolId: company.userPoolId };
    const runsOf = ListScriptRunsRequest.fromPartial(pool);

    const first = await caller.login(byEmail(mail), password);
    expect(first).toMatchObject({ $case: 'authenticated', value: { migratedNow: true } });
    const second = await caller.login(byEmail(mail), password);
    expect(second).toMatchObject({ $case: 'authenticated', value: { migratedNow: false } });
    expect(await caller.login(byEmail(mail), 'not it')).toMatchObject({ value: { reason: 'INVALID_CREDENTIALS' } });
    expect(await caller.update(byEmail(mail), { nickname: 'Renamed' })).toMatchObject({ $case: 'updated' });
    expect(await caller.list({ page: 1, limit: 10 })).toMatchObject({
      value: { users: [{ profile: { nickname: 'Renamed' } }] },
    });
    await expect
      .poll(async () => (await company.connections.listScriptRuns(runsOf, inTime())).runs.length)
      .toBeGreaterThan(0);
    await company.connections.disableConnection(pool, inTime());
    const other = member(n + 100);
    expect(await caller.login(byEmail(other.mail), other.password)).toMatchObject({ $case: 'rejected' });
    await company.connections.enableConnection(pool, inTime());
    const ips = await fetch(`http://127.0.0.1:${gateway.httpPort}/api/system/public-ips?format=text`);
    expect(await ips.text()).toBe('192.0.2.20\n');
    expect(await auditOfKeys({ gateway, company })).toEqual(AUDITED);
    const userId = second?.$case === 'authenticated' ? (second.value.user?.userId ?? '') : '';
    journeys.push({ gateway, company, n, userId });
  });

  it('whoever came by one mix is the same user at every other', async () => {
    expect(journeys).toHaveLength(MIXES.length);
    for (const { company, n, userId } of journeys) {
      for (const { gateway } of journeys) {
        using identity = identityAt(gateway.address, company.edgeKey);
        const caller = createCaller({ userPoolId: company.userPoolId, identity });
        const { mail, password } = member(n);
        expect(await caller.login(byEmail(mail), password)).toMatchObject({
          $case: 'authenticated',
          value: { migratedNow: false, user: { userId } },
        });
      }
    }
  });
});
