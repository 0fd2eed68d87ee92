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
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdTable } from './faults/hold.ts';
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

/** What a call is done by: as a rule its transaction, else one statement. */
const COMMIT = /^COMMIT/;
const NEW_POOL = /^INSERT INTO "user_pools"/;
const NEW_KEY = /^INSERT INTO "api_keys"/;
const KEY_CHANGE = /^UPDATE "api_keys"/;

/** How the call ends whose answer from our store is lost (well, where the gateway repeats it by itself), and how its repeat. */
type Ends = readonly [first: 'OK' | 'STORE_UNAVAILABLE', repeated: string];
const DONE: Ends = ['OK', 'OK'];
const LOST: Ends = ['STORE_UNAVAILABLE', 'OK'];
const lostAnd = (repeated: string): Ends => ['STORE_UNAVAILABLE', repeated];

type Change = (scene: Scene) => Promise<unknown>;
type Row = readonly [call: string, doneBy: RegExp, ends: Ends, change: Change];

const SEEN = { expectedVersion: 1n };

/** The table of docs/users.md, "A change without an answer", and the calls that are not in it. */
const CHANGES: readonly Row[] = [
  ['CreateUserPool', NEW_POOL, LOST, ({ pools }) => pools.createUserPool(newPool, inTime())],
  ['CreateApiKey', NEW_KEY, LOST, (scene) => keys.createApiKey(newKey(scene), inTime())],
  ['RotateApiKey', COMMIT, LOST, (scene) => keys.rotateApiKey(scene, inTime())],
  ['RevokeApiKey', KEY_CHANGE, DONE, (scene) => keys.revokeApiKey(scene, inTime())],
  ['SaveConnection', COMMIT, LOST, (scene) => scene.connections.saveConnection(settings(scene, 'next'), inTime())],
  [
    'SaveConnection with the version that was seen',
    COMMIT,
    lostAnd('CONCURRENT_CHANGE'),
    (scene) => scene.connections.saveConnection(settings(scene, 'next', SEEN), inTime()),
  ],
  ['SaveScript', COMMIT, LOST, (scene) => scene.connections.saveScript(script(scene), inTime())],
  [
    'SaveScript with the version that was seen',
    COMMIT,
    lostAnd('CONCURRENT_CHANGE'),
    (scene) => scene.connections.saveScript(script(scene, SEEN), inTime()),
  ],
  ['RollbackScript', COMMIT, LOST, (scene) => scene.connections.rollbackScript({ ...scene, version: 1n }, inTime())],
  ['EnableConnection', COMMIT, DONE, (scene) => scene.connections.enableConnection(scene, inTime())],
  ['DisableConnection', COMMIT, DONE, (scene) => scene.connections.disableConnection(scene, inTime())],
  [
    'DeleteConnection',
    COMMIT,
    lostAnd('CONNECTION_NOT_FOUND'),
    (scene) => scene.connections.deleteConnection(scene, inTime()),
  ],
  [
    'StartTrial',
    COMMIT,
    lostAnd('TRIAL_ALREADY_USED'),
    ({ pools, basicPoolId }) => pools.startTrial({ userPoolId: basicPoolId }, inTime()),
  ],
  ['SetPlan', COMMIT, DONE, (scene) => scene.pools.setPlan({ ...scene, plan: Plan.BASIC }, inTime())],
  [
    'LiftTombstone',
    COMMIT,
    lostAnd('TOMBSTONE_NOT_FOUND'),
    (scene) => scene.connections.liftTombstone(scene, inTime()),
  ],
  [
    'Register',
    COMMIT,
    lostAnd('USER_EXISTS'),
    ({ caller }) => caller.register({ email: 'carl@example.com' }, PASSWORD),
  ],
  ['UpdateUser', COMMIT, DONE, ({ caller }) => caller.update(ADA, { nickname: 'A' }, { password: NEW_PASSWORD })],
  ['DeleteUser', COMMIT, DONE, ({ caller }) => caller.delete(ADA)],
  [
    'ChangePassword',
    COMMIT,
    lostAnd('WRONG_OLD_PASSWORD'),
    ({ caller }) => caller.change(ADA, { old: PASSWORD, new: NEW_PASSWORD }),
  ],
  ['ResetPassword', COMMIT, LOST, ({ caller }) => caller.reset(ADA, NEW_PASSWORD)],
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
  async (_, doneBy, ends, change) => {
    const scene = await openScene();
    const isLost = link.loseAnswerTo(doneBy);
    const first = await endOf(change(scene));
    await isLost;
    expect([first, await endOf(change(scene))]).toEqual(ends);
  },
);

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
