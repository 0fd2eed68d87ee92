import {
  ApiKeyRole,
  ApiKeyServiceClient,
  CreateApiKeyRequest,
} from '@userferry/contracts/management/v1/api_key_service';
import {
  ConnectionMode,
  SaveConnectionRequest,
  SaveScriptRequest,
} from '@userferry/contracts/management/v1/connection_service';
import { CreateUserPoolRequest, Plan } from '@userferry/contracts/management/v1/user_pool_service';
import { ScriptAction } from '@userferry/contracts/runner/v1/script_runner_service';
import { ServiceError } from '@userferry/errors';
import { createClient, type PromiseClient } from '@userferry/grpc';
import { holdTable } from '@userferry/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStoreLink, type StoreLink } from './faults/store-link.ts';
import { byEmail, type Caller, createCaller, type Outcome, reasonOf } from './legacy/caller.ts';
import { createCompany, inTime, type LegacyCompany } from './legacy/connect-company.ts';
import { createUserferry, type Userferry } from './world.ts';

const stack = new AsyncDisposableStack();
let link: StoreLink;
let ours: Userferry;
let keys: PromiseClient<ApiKeyServiceClient>;
beforeAll(async () => {
  link = stack.use(await openStoreLink());
  ours = stack.use(await createUserferry({ storeAddress: link.over }));
  keys = stack.use(createClient(ApiKeyServiceClient, { address: ours.address, token: ours.operatorKey }));
});
afterAll(() => stack.disposeAsync());

/** A pool with a connection of version 1, a user of our own and one who was deleted; and another, whose plan is the basic one. */
type Scene = LegacyCompany & {
  readonly caller: Caller;
  readonly apiKeyId: string;
  readonly tombstoneId: string;
  readonly basicPoolId: string;
};

const ADA = byEmail('ada@example.com');
const PASSWORD = 'a-good-Password';
const NEW_PASSWORD = 'another-Password';

const openScene = async (): Promise<Scene> => {
  const company = stack.use(await createCompany(ours, { name: 'lost answers' }));
  const caller = createCaller(company);
  const { userPoolId, connections, pools } = company;
  await connections.saveConnection(settings(company, 'first'), inTime());
  for (const email of ['ada@example.com', 'bob@example.com']) await caller.register({ email }, PASSWORD);
  await caller.delete(byEmail('bob@example.com'));
  const page = { userPoolId, pageSize: 0, pageToken: '' };
  const { apiKeys } = await keys.listApiKeys(page, inTime());
  const { tombstones } = await connections.listTombstones(page, inTime());
  const [apiKeyId, tombstoneId] = [apiKeys[0]?.apiKeyId ?? '', tombstones[0]?.tombstoneId ?? ''];
  const basic = CreateUserPoolRequest.fromPartial({ name: 'basic', plan: Plan.BASIC });
  const basicPoolId = (await pools.createUserPool(basic, inTime())).userPool?.userPoolId ?? '';
  return { ...company, caller, apiKeyId, tombstoneId, basicPoolId };
};

type OfPool = Pick<Scene, 'userPoolId'>;

const settings = ({ userPoolId }: OfPool, value: string, seen: { expectedVersion?: bigint } = {}) =>
  SaveConnectionRequest.fromPartial({
    userPoolId,
    mode: ConnectionMode.LAZY_MIGRATION,
    env: { VALUE: value },
    ...seen,
  });

const script = ({ userPoolId }: OfPool, seen: { expectedVersion?: bigint } = {}) =>
  SaveScriptRequest.fromPartial({
    userPoolId,
    action: ScriptAction.LOGIN,
    source: 'async function login() { return null; }',
    ...seen,
  });

const newPool = CreateUserPoolRequest.fromPartial({ name: 'once or twice' });
const newKey = ({ userPoolId }: OfPool) =>
  CreateApiKeyRequest.fromPartial({ userPoolId, role: ApiKeyRole.EDGE, name: 'once or twice' });

/** What a call is done by: its transaction. */
const COMMIT = /^COMMIT/;

/** How the call ends whose answer from our store is lost (well, where the gateway repeats it by itself), and how its repeat. */
type Ends = readonly [first: 'OK' | 'STORE_UNAVAILABLE', repeated: string];
const DONE: Ends = ['OK', 'OK'];
const LOST: Ends = ['STORE_UNAVAILABLE', 'OK'];
const lostAnd = (repeated: string): Ends => ['STORE_UNAVAILABLE', repeated];

type Change = (scene: Scene) => Promise<unknown>;
type Row = readonly [call: string, ends: Ends, change: Change];

const SEEN = { expectedVersion: 1n };

/** The table of docs/users.md, "A change without an answer", and the calls that are not in it. */
const CHANGES: readonly Row[] = [
  ['CreateUserPool', LOST, ({ pools }) => pools.createUserPool(newPool, inTime())],
  ['CreateApiKey', LOST, (scene) => keys.createApiKey(newKey(scene), inTime())],
  ['RotateApiKey', LOST, (scene) => keys.rotateApiKey(scene, inTime())],
  ['RevokeApiKey', DONE, (scene) => keys.revokeApiKey(scene, inTime())],
  ['SaveConnection', LOST, (scene) => scene.connections.saveConnection(settings(scene, 'next'), inTime())],
  [
    'SaveConnection with the version that was seen',
    lostAnd('CONCURRENT_CHANGE'),
    (scene) => scene.connections.saveConnection(settings(scene, 'next', SEEN), inTime()),
  ],
  ['SaveScript', LOST, (scene) => scene.connections.saveScript(script(scene), inTime())],
  [
    'SaveScript with the version that was seen',
    lostAnd('CONCURRENT_CHANGE'),
    (scene) => scene.connections.saveScript(script(scene, SEEN), inTime()),
  ],
  ['RollbackScript', LOST, (scene) => scene.connections.rollbackScript({ ...scene, version: 1n }, inTime())],
  ['EnableConnection', DONE, (scene) => scene.connections.enableConnection(scene, inTime())],
  ['DisableConnection', DONE, (scene) => scene.connections.disableConnection(scene, inTime())],
  ['DeleteConnection', lostAnd('CONNECTION_NOT_FOUND'), (scene) => scene.connections.deleteConnection(scene, inTime())],
  [
    'StartTrial',
    lostAnd('TRIAL_ALREADY_USED'),
    ({ pools, basicPoolId }) => pools.startTrial({ userPoolId: basicPoolId }, inTime()),
  ],
  ['SetPlan', DONE, (scene) => scene.pools.setPlan({ ...scene, plan: Plan.BASIC }, inTime())],
  ['LiftTombstone', lostAnd('TOMBSTONE_NOT_FOUND'), (scene) => scene.connections.liftTombstone(scene, inTime())],
  ['Register', lostAnd('USER_EXISTS'), ({ caller }) => caller.register({ email: 'carl@example.com' }, PASSWORD)],
  ['UpdateUser', DONE, ({ caller }) => caller.update(ADA, { nickname: 'A' }, { password: NEW_PASSWORD })],
  ['DeleteUser', DONE, ({ caller }) => caller.delete(ADA)],
  [
    'ChangePassword',
    lostAnd('WRONG_OLD_PASSWORD'),
    ({ caller }) => caller.change(ADA, { old: PASSWORD, new: NEW_PASSWORD }),
  ],
  ['ResetPassword', LOST, ({ caller }) => caller.reset(ADA, NEW_PASSWORD)],
];

/** How a call ended: one about a user by its outcome. */
const endOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    const answer = (await call) as NonNullable<Outcome>;
    return (typeof answer.$case === 'string' ? reasonOf(answer) : undefined) ?? 'OK';
  } catch (error) {
    return error instanceof ServiceError ? error.reason : String(error);
  }
};

it.each(CHANGES)(
  'the answer of our store to %s is lost, and the change is done: so ends the call, and so its repeat',
  async (_, ends, change) => {
    const scene = await openScene();
    const isLost = link.loseAnswerTo(COMMIT);
    const first = await endOf(change(scene));
    await isLost;
    expect([first, await endOf(change(scene))]).toEqual(ends);
  },
);

/** The audit's entries of these calls, each with the key that it is of. */
const entriesOf = async ({ pools }: Scene, userPoolId: string, calls: RegExp) => {
  const { entries } = await pools.listAuditEntries({ userPoolId, pageSize: 200, pageToken: '' }, inTime());
  const found = entries.filter(({ action }) => calls.test(action));
  return found.map(({ action, target }) => `${action} ${/^key [^,]*/.exec(target)?.[0] ?? ''}`.trim()).toSorted();
};

/** Does what is lost, then once more, as whoever had no answer may. */
const losing = async (change: () => Promise<unknown>): Promise<void> => {
  const isLost = link.loseAnswerTo(COMMIT);
  await endOf(change());
  await isLost;
  await endOf(change());
};

it('a pool that nobody was told of has the entry of its making in its audit', async () => {
  const scene = await openScene();
  const request = CreateUserPoolRequest.fromPartial({ name: 'nobody was told' });
  await losing(() => scene.pools.createUserPool(request, inTime()));
  const wanted = { search: request.name, pageSize: 0, pageToken: '' };
  const { userPools } = await scene.pools.listUserPools(wanted, inTime());
  expect(userPools).toHaveLength(2);
  for (const { userPoolId } of userPools)
    expect(await entriesOf(scene, userPoolId, /./)).toEqual(['UserPoolService/CreateUserPool']);
});

it('keys that were made, rotated and revoked without an answer have an entry of each time that it was done', async () => {
  const scene = await openScene();
  const { userPoolId, apiKeyId } = scene;
  await losing(() => keys.createApiKey(newKey(scene), inTime()));
  const { apiKeys } = await keys.listApiKeys({ userPoolId, pageSize: 0, pageToken: '' }, inTime());
  expect(apiKeys).toHaveLength(4);
  const made = apiKeys.map((key) => `ApiKeyService/CreateApiKey key ${key.apiKeyId}`);
  expect(await entriesOf(scene, userPoolId, /CreateApiKey/)).toEqual(made.toSorted());
  await losing(() => keys.rotateApiKey(scene, inTime()));
  await losing(() => keys.revokeApiKey(scene, inTime()));
  expect(await entriesOf(scene, userPoolId, /RotateApiKey|RevokeApiKey/)).toEqual([
    `ApiKeyService/RevokeApiKey key ${apiKeyId}`,
    ...Array(2).fill(`ApiKeyService/RotateApiKey key ${apiKeyId}`),
  ]);
});

it('a change that ran out of time while it waited in our store is done all the same', async () => {
  const { caller } = await openScene();
  const hold = await holdTable({ server: ours.store, database: 'userferry', table: 'users', mode: 'EXCLUSIVE' });
  const update = endOf(caller.update(ADA, { nickname: 'late' }, { call: inTime(1_500) }));
  await hold.met();
  expect(await update).toBe('DEADLINE_EXCEEDED');
  await hold.release();
  const nickname = async () => {
    const found = await caller.getUser(ADA);
    return found?.$case === 'found' ? found.value.profile?.nickname : undefined;
  };
  await expect.poll(nickname, { timeout: 10_000 }).toBe('late');
});
