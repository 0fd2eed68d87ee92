import { ConflictResolution, type ScriptRun } from '@userferry/contracts/management/v1/connection_service';
import { Plan } from '@userferry/contracts/management/v1/user_pool_service';
import { MigrationVerdict } from '@userferry/contracts/migration/v1/login_service';
import { Outcome, ScriptAction } from '@userferry/contracts/runner/v1/script_runner_service';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTime, setUpPool, startServiceForTests, username } from './service-for-tests.ts';

const DAY_MS = 86_400_000;
let database: TestDatabase;
let service: Awaited<ReturnType<typeof startServiceForTests>>;
let userPoolId: string;
let connectionId: string;
let now = new Date('2026-11-24T12:00:00Z');
beforeAll(async () => {
  database = await testDatabase();
  service = await startServiceForTests(database.url, { clock: () => now });
});
beforeEach(async () => {
  ({ userPoolId, connectionId } = await setUpPool(service));
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const INVALID = { reason: 'INVALID_ARGUMENT' };
const page = () => ({ userPoolId, pageSize: 0, pageToken: '' });
const ofPool = () => ({ userPoolId, actor: 'key-1' });

const run = (runId: string, more: Partial<ScriptRun> = {}): ScriptRun => ({
  runId,
  endedAt: now,
  action: ScriptAction.LOGIN,
  version: 2n,
  outcome: Outcome.THREW,
  error: { name: 'Error', message: 'no such user', code: '', line: 3, column: 9 },
  logs: [{ level: 'info', text: 'looking', atMs: 1.5 }],
  usage: { wallMs: 12.5, cpuMs: 3, heapBytes: 4_000_000n, connectionsOpened: 1, connectionsReused: 2 },
  requestId: 'request-1',
  test: false,
  ...more,
});
const append = (...runs: ScriptRun[]) =>
  service.history.appendScriptRuns({ runs: runs.map((one) => ({ userPoolId, run: one })) }, inTime());
const list = async (query: object = {}) => {
  const none = { action: 0, outcome: 0, failedOnly: false, requestId: '', since: undefined, until: undefined } as const;
  return (await service.history.listScriptRuns({ query: { ...page(), ...none, ...query } }, inTime())).runs;
};
const auditOf = async () => (await service.history.listAuditEntries(page(), inTime())).entries;

describe('the log history', () => {
  it('gives runs back as they were told, narrowed as asked', async () => {
    const debug = run('b', { action: ScriptAction.GET_USER, outcome: Outcome.COMPLETED, error: undefined, test: true });
    await append(run('a'), debug);
    await append(run('a'));
    expect(await list({ failedOnly: true })).toEqual([run('a')]);
    expect(await list({ action: ScriptAction.GET_USER })).toEqual([debug]);
    expect(await list({ outcome: Outcome.THREW, requestId: 'request-1' })).toHaveLength(1);
    expect(await list({ until: now })).toEqual([]);
  });

  it('takes runs of several pools in one call, and leaves those of a later version out', async () => {
    const other = await setUpPool(service);
    const later = run('later', { action: 99 as ScriptAction });
    const runs = [
      { userPoolId, run: run('a') },
      { userPoolId: other.userPoolId, run: run('b') },
      { userPoolId, run: later },
    ];
    await service.history.appendScriptRuns({ runs }, inTime());
    expect((await list()).map(({ runId }) => runId)).toEqual(['a']);
    expect((await list({ userPoolId: other.userPoolId })).map(({ runId }) => runId)).toEqual(['b']);
  });

  it.each([
    ['without an end', { endedAt: undefined }],
    ['without an id', { runId: '' }],
    ['with an id that nobody would give', { runId: 'x'.repeat(201) }],
    ['with a request id that cannot be stored', { requestId: '\u0000' }],
  ])('takes no run %s, nor any that comes with it', async (_, more) => {
    await expect(append(run('a'), run('b', more))).rejects.toMatchObject(INVALID);
    expect(await list()).toEqual([]);
  });

  it('is refused with a filter that means nothing', async () => {
    for (const wrong of [
      { action: 99 },
      { outcome: 99 },
      { requestId: '\u0000' },
      { pageToken: 'x' },
      { pageSize: -1 },
    ])
      await expect(list(wrong)).rejects.toMatchObject(INVALID);
  });
});

describe('a page token with the 31st of February or a NUL in it, and a `since` that no calendar has', () => {
  const id = '00000000-0000-4000-8000-000000000000';
  const tokenOf = (...values: string[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
  // A Timestamp is seconds: more of them than a date has come as a date that is none.
  const noDate = Object.assign(new Date(0), { getTime: () => 9e15 });

  it('are INVALID_ARGUMENT in every list', async () => {
    const [after, nul] = [tokenOf('2024-02-31T00:00:00Z', id), '\u0000'];
    const asked = (pageToken: string) => ({ ...page(), pageToken });
    const { history, pools } = service;
    for (const ask of [
      () => history.listConflicts(asked(after), inTime()),
      () => history.listTombstones(asked(after), inTime()),
      () => history.listAuditEntries(asked(tokenOf('2024-99-99T00:00:00Z', id)), inTime()),
      () => pools.listApiKeys(asked(after), inTime()),
      () => list({ pageToken: after }),
      () => list({ pageToken: tokenOf(now.toISOString(), nul) }),
      () => pools.listUserPools({ ...asked(tokenOf(nul, id)), all: true, userPoolIds: [], search: '' }, inTime()),
    ])
      await expect(ask()).rejects.toMatchObject({ ...INVALID, metadata: { field: 'page_token' } });
  });

  it.each([
    ['since', new Date(-8.64e15)],
    ['since', new Date('0000-12-31T23:59:59Z')],
    ['since', noDate],
    ['until', new Date('+010000-01-01T00:00:00.001Z')],
    ['until', noDate],
  ])('are INVALID_ARGUMENT in the list of runs, which names %s', async (field, time) => {
    await expect(list({ [field]: time })).rejects.toMatchObject({ ...INVALID, metadata: { field } });
  });

  it('are not the first and the last moment that a calendar has', async () => {
    await append(run('a'));
    const all = { since: new Date('0001-01-01T00:00:00Z'), until: new Date('9999-12-31T23:59:59.999Z') };
    expect(await list(all)).toEqual([run('a')]);
  });
});

describe('conflicts', () => {
  const migrate = (id: number, name: string) =>
    service.login.migrateUser(
      {
        userPoolId,
        connectionId,
        profileJson: Buffer.from(JSON.stringify({ id, email: 'shared@example.com' })),
        identifier: username(name),
        password: 'hunter2',
        requestIp: '',
        passwordIsNew: false,
        actor: '',
        auditAction: '',
      },
      inTime(),
    );

  it('are told of by how many are left behind of a list of legacy ids, each of its type', async () => {
    await migrate(1, 'ada');
    const left = async (...values: (string | number)[]) => {
      const refs = values.map((value) => ({
        ref:
          typeof value === 'number'
            ? ({ $case: 'externalIdNumber', value } as const)
            : ({ $case: 'externalIdString', value } as const),
      }));
      return (await service.history.countLeftBehind({ userPoolId, refs }, inTime())).leftBehind;
    };
    expect(await left(1, '1', 2)).toBe(2n);
    await expect(left('')).rejects.toMatchObject(INVALID);
    await expect(left(...Array<number>(10_001).fill(1))).rejects.toMatchObject(INVALID);
    const ours = { ref: { $case: 'userId', value: 'x' } } as const;
    await expect(service.history.countLeftBehind({ userPoolId, refs: [ours] }, inTime())).rejects.toMatchObject(
      INVALID,
    );
  });

  it('are listed, counted and decided by an administrator', async () => {
    const { user } = await migrate(1, 'ada');
    expect((await migrate(2, 'eve')).verdict).toBe(MigrationVerdict.CONFLICT);
    const { conflicts } = await service.history.listConflicts(page(), inTime());
    expect(conflicts).toMatchObject([
      {
        externalRef: { ref: { $case: 'externalIdNumber', value: 2 } },
        kind: 'email',
        value: 'shared@example.com',
        userId: user?.userId,
        timesSeen: 1n,
      },
    ]);
    expect((await service.history.getMigrationCounts({ userPoolId }, inTime())).unresolvedConflicts).toBe(1n);
    const decide = (resolution: ConflictResolution) =>
      service.history.resolveConflict(
        { ...ofPool(), conflictId: conflicts[0]?.conflictId ?? '', resolution },
        inTime(),
      );
    await expect(decide(ConflictResolution.UNSPECIFIED)).rejects.toMatchObject(INVALID);
    await decide(ConflictResolution.KEEP_LOCAL);
    expect((await migrate(2, 'eve')).verdict).toBe(MigrationVerdict.MIGRATED);
    await expect(decide(ConflictResolution.KEEP_LOCAL)).rejects.toMatchObject({ reason: 'CONFLICT_NOT_FOUND' });
  });
});

describe('plans', () => {
  it('a basic pool has a trial once, thirty days, and works again as it was when it pays', async () => {
    const wanted = {
      name: 'p',
      metadataJson: Buffer.from('{}'),
      revealRejectionDetails: false,
      plan: Plan.BASIC,
      actor: 'key-1',
    };
    userPoolId = (await service.pools.createUserPool(wanted, inTime())).userPool?.userPoolId ?? '';
    const settings = {
      mode: 1 as const,
      addressEnv: undefined,
      ownEnv: { values: { A: 'b' } },
      egress: [],
      isolation: 0 as const,
    };
    await service.connections.saveConnection({ ...ofPool(), ...settings }, inTime());
    const enable = () => service.connections.setConnectionEnabled({ ...ofPool(), enabled: true }, inTime());
    await expect(enable()).rejects.toMatchObject({ reason: 'PAYMENT_REQUIRED' });
    const { userPool } = await service.pools.startTrial(ofPool(), inTime());
    expect(userPool).toMatchObject({
      plan: Plan.BASIC,
      connectionsIncluded: true,
      trial: { startedAt: now, daysLeft: 30 },
    });
    await enable();
    await expect(service.pools.startTrial(ofPool(), inTime())).rejects.toMatchObject({ reason: 'TRIAL_ALREADY_USED' });
    now = new Date(now.getTime() + 30 * DAY_MS);
    const after = (await service.pools.getUserPool({ userPoolId }, inTime())).userPool;
    expect(after).toMatchObject({ connectionsIncluded: false, trial: { daysLeft: 0 } });
    const facts = await service.users.findUser(
      { userPoolId, user: { selector: username('ada').identifier } },
      inTime(),
    );
    expect(facts.facts).toMatchObject({ pool: { connectionsIncluded: false }, connection: { enabled: true } });
    await service.pools.setPlan({ ...ofPool(), plan: Plan.ENTERPRISE }, inTime());
    const again = await service.connections.getConnectionSettings({ userPoolId }, inTime());
    expect(again).toMatchObject({ enabled: true, env: { A: 'b' }, pool: { connectionsIncluded: true } });
    await expect(service.pools.setPlan({ ...ofPool(), plan: Plan.UNSPECIFIED }, inTime())).rejects.toMatchObject(
      INVALID,
    );
  });
});

describe('versions', () => {
  it('are listed, read, gone back to and deleted', async () => {
    await service.connections.saveScript(
      { ...ofPool(), action: ScriptAction.LOGIN, source: 'two', language: 0, writtenSource: '' },
      inTime(),
    );
    const { versions } = await service.connections.listVersions(page(), inTime());
    expect(versions.map(({ version, changes, scripts, current }) => [version, changes, scripts, current])).toEqual([
      [3n, ['script login'], [ScriptAction.LOGIN], true],
      [2n, ['script login'], [ScriptAction.LOGIN], false],
      [1n, ['mode', 'address', 'env', 'egress'], [], false],
    ]);
    const script = (version: bigint) =>
      service.connections.getScript({ userPoolId, action: ScriptAction.LOGIN, version }, inTime());
    expect([await script(0n), await script(2n)]).toEqual([
      { source: 'two', version: 3n, language: 0 },
      { source: '// s3cr3t-types', version: 2n, language: 1 },
    ]);
    await expect(script(1n)).rejects.toMatchObject({ reason: 'SCRIPT_NOT_FOUND' });
    await expect(script(2n ** 62n)).rejects.toMatchObject({ reason: 'VERSION_NOT_FOUND' });
    const compare = (fromVersion: bigint, toVersion: bigint) =>
      service.connections.compareVersions({ userPoolId, fromVersion, toVersion }, inTime());
    expect(await compare(2n, 0n)).toEqual({
      fromVersion: 2n,
      toVersion: 3n,
      changes: [],
      scripts: [{ action: ScriptAction.LOGIN, language: 0, fromSource: '// s3cr3t-types', toSource: 'two' }],
    });
    expect(await compare(1n, 2n)).toMatchObject({ changes: [], scripts: [{ fromSource: '' }] });
    expect(await compare(3n, 3n)).toMatchObject({ changes: [], scripts: [] });
    await expect(compare(1n, 9n)).rejects.toMatchObject({ reason: 'VERSION_NOT_FOUND' });
    const rolled = await service.connections.rollback({ ...ofPool(), version: 2n }, inTime());
    expect(rolled.connection).toMatchObject({ version: 4n, enabled: true });
    expect((await script(0n)).source).toBe('// s3cr3t-types');
    await service.connections.deleteConnection(ofPool(), inTime());
    await expect(script(0n)).rejects.toMatchObject({ reason: 'CONNECTION_NOT_FOUND' });
  });
});

describe('the audit', () => {
  it('has what the store did itself with its request, and what is told, the newest first', async () => {
    const entry = {
      at: undefined,
      actor: 'key-2',
      action: 'ConnectionService/TestScript',
      target: 'script login',
      requestId: 'r-7',
    };
    now = new Date(now.getTime() + 1_000);
    await service.history.appendAuditEntry({ userPoolId, entry }, inTime());
    const [told, ...own] = await auditOf();
    expect(told).toEqual({ ...entry, at: now });
    expect(own.map(({ action }) => action).sort()).toEqual([
      'ConnectionService/EnableConnection',
      'ConnectionService/SaveConnection',
      'ConnectionService/SaveScript',
      'UserPoolService/CreateUserPool',
    ]);
    expect(own.every(({ requestId, actor }) => requestId === 'request-of-a-test' && actor === 'key-1')).toBe(true);
  });

  it('takes no entry without an author, nor one that is endless', async () => {
    const entry = { at: undefined, actor: 'a', action: 'b', target: 'c', requestId: '' };
    for (const wrong of [
      undefined,
      { ...entry, actor: '' },
      { ...entry, action: '' },
      { ...entry, target: 'x'.repeat(1025) },
    ])
      await expect(service.history.appendAuditEntry({ userPoolId, entry: wrong }, inTime())).rejects.toMatchObject(
        INVALID,
      );
  });
});
