import { ListScriptRunsRequest } from '@userferry/contracts/management/v1/connection_service';
import type { Caller } from '@userferry/grpc';
import { actionNumber, type RunResult } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import { ROLE_SCOPES } from '../access/scopes.ts';
import type { ScriptToSave, VisibleConnection } from '../clients/connection-store.ts';
import type { ConnectionSettings, ScriptRun } from '../connection/script-run.ts';
import { callFacts } from '../testing/table-world.ts';
import { listScriptRuns } from './history.ts';
import { listUserPools } from './list-user-pools.ts';
import { getMigrationProgress } from './migration-progress.ts';
import { saveScript } from './save-script.ts';
import { testScript } from './test-script.ts';

const admin: Caller = { role: 'admin', userPoolIds: ['pool'], scopes: ROLE_SCOPES.admin, id: 'key-of-admin' };
const call = { ...callFacts(), caller: admin };
const login = actionNumber('login');

const settings: ConnectionSettings = {
  connectionId: 'connection',
  version: 3n,
  enabled: false,
  mode: 'lazy_migration',
  env: {},
  egress: [],
  isolation: 'warm',
  scripts: new Map([['login', 'saved source']]),
  pool: { name: 'Acme', metadata: { tier: 'gold' }, revealRejectionDetails: false, connectionsIncluded: true },
};

const completed = (value: unknown): RunResult => ({
  outcome: 'completed',
  resultJson: JSON.stringify(value),
  logs: [],
  usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 },
});

/** Takes out one type, as the runner's check does. */
const checkScript = async ({ source }: { readonly source: string }) =>
  source.includes('enum')
    ? { problems: [{ name: 'SyntaxError', message: 'enum of TypeScript', line: 1, column: 1 }], modules: [], toRun: '' }
    : { problems: [], modules: [], toRun: source.replace(': string', '        ') };

const createWorld = (held: ConnectionSettings = settings) => {
  const runs: ScriptRun[] = [];
  const audited: object[] = [];
  return {
    runs,
    audited,
    store: { getConnectionSettings: async () => held },
    logins: { previewMigration: async () => 'migrated' as const },
    history: { appendAuditEntry: async (entry: object) => void audited.push(entry) },
    runScript: async (run: ScriptRun) => {
      runs.push(run);
      return completed({ totalCount: 40, list: [] });
    },
    checkScript,
  };
};

describe('the list of user pools', () => {
  it.each(['\u754c', '\u0001'])(
    'goes on behind a pool whose name is %j as often as a name may have it',
    async (letter) => {
      const asked: object[] = [];
      const listed = async (wanted: object) => {
        asked.push(wanted);
        return { userPools: [], nextPageToken: '' };
      };
      // As our store writes it.
      const lastOfPage = [letter.repeat(256), '00000000-0000-4000-8000-000000000000'];
      const pageToken = Buffer.from(JSON.stringify(lastOfPage)).toString('base64url');
      await listUserPools({ listUserPools: listed })({ search: '', pageSize: 0, pageToken }, call);
      expect(asked).toMatchObject([{ pageToken }]);
    },
  );

  it('takes no page token that is longer than any of ours', async () => {
    const page = { search: '', pageSize: 0, pageToken: 'a'.repeat(5_000) };
    const asked = listUserPools({ listUserPools: async () => ({ userPools: [], nextPageToken: '' }) })(page, call);
    await expect(asked).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT', metadata: { field: 'page_token' } });
  });
});

describe('Debug', () => {
  const request = {
    userPoolId: 'pool',
    action: login,
    argsJson: Buffer.from('[{"email":"a"}]'),
    source: '',
    language: 0 as const,
  };

  it('runs with the pool’s name and metadata, marked as a test, and leaves an audit entry', async () => {
    const world = createWorld();
    await testScript(world)(request, call);
    const [run] = world.runs;
    expect(run).toMatchObject({ source: 'saved source', version: 3n, test: true });
    expect(JSON.parse(run?.argsJson ?? '')).toMatchObject([
      { email: 'a' },
      null,
      { userPoolName: 'Acme', userPoolMetadata: { tier: 'gold' } },
    ]);
    expect(world.audited).toEqual([
      { userPoolId: 'pool', action: 'ConnectionService/TestScript', target: 'script login' },
    ]);
  });

  it('runs TypeScript that is not saved without its types, and tells what cannot be taken out', async () => {
    const world = createWorld();
    const ask = (source: string) => testScript(world)({ ...request, source, language: 1 }, call);
    await ask('function login(query: string) {}');
    expect(world.runs[0]?.source).toBe('function login(query        ) {}');
    await expect(ask('enum A {}')).rejects.toMatchObject({ reason: 'SCRIPT_INVALID', metadata: { line: '1' } });
    expect(world.runs).toHaveLength(1);
  });

  it('runs nothing without the plan', async () => {
    const world = createWorld({ ...settings, pool: { ...settings.pool, connectionsIncluded: false } });
    await expect(testScript(world)(request, call)).rejects.toMatchObject({ reason: 'PAYMENT_REQUIRED' });
    expect(world.runs).toEqual([]);
  });
});

describe('saving a script', () => {
  const saved: string[] = [];
  const connection: VisibleConnection = { version: 4n } as VisibleConnection;
  const deps = (problems: readonly { name: string; message: string; line: number; column: number }[] = []) => ({
    store: {
      saveScript: async ({ source, toRun }: ScriptToSave) => {
        saved.push(toRun === source ? source : `${toRun} written as ${source}`);
        return connection;
      },
    },
    checkScript: async ({ source }: { readonly source: string }) =>
      problems.length > 0 ? { problems, modules: [], toRun: '' } : checkScript({ source }),
  });
  const save = (source: string, problems?: Parameters<typeof deps>[0], language: 0 | 1 = 0) =>
    saveScript(deps(problems))({ userPoolId: 'pool', action: login, source, language }, call);

  it('keeps TypeScript as it is written, beside what runs', async () => {
    await save('function login(query: string) {}', [], 1);
    expect(saved.splice(0)).toEqual(['function login(query        ) {} written as function login(query: string) {}']);
    await expect(save('function login() {}', [], 7 as 1)).rejects.toMatchObject({ metadata: { field: 'language' } });
  });

  it('tells a mistake with line and column and saves nothing', async () => {
    const problem = { name: 'SyntaxError', message: 'Unexpected token', line: 2, column: 5 };
    await expect(save('function login( {}', [problem])).rejects.toMatchObject({
      reason: 'SCRIPT_INVALID',
      message: 'Unexpected token (line 2, column 5)',
      metadata: { line: '2', column: '5' },
    });
    expect(saved).toEqual([]);
  });

  it('names the parameters that the function would never be given', async () => {
    await expect(save('async function login(query, password, context, db, cb) {}')).rejects.toMatchObject({
      reason: 'SCRIPT_INVALID',
      message: 'login is called with (query, password, context) and nothing more: take out db, cb (line 1, column 48)',
    });
    expect(saved).toEqual([]);
  });

  it('refuses a login that would take any password, since nobody awaits the comparison', async () => {
    const login =
      "const bcrypt = require('bcrypt'); async function login(q, p) { if (!bcrypt.compare(p, q.x)) throw 1; }";
    await expect(save(login)).rejects.toMatchObject({
      reason: 'SCRIPT_INVALID',
      message: expect.stringContaining('bcrypt.compare gives a promise'),
      metadata: { line: '1', column: '69' },
    });
    expect(saved).toEqual([]);
  });

  it('refuses a source that is too large', async () => {
    await expect(save('x'.repeat(100 * 1024 + 1))).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it('saves a script without a mistake', async () => {
    expect(await save('async function login(query, password) {}')).toEqual({ connection });
    expect(saved).toHaveLength(1);
  });
});

describe('the migration’s progress', () => {
  const counts = { migrated: 30, unresolvedConflicts: 0, days: [], lastLegacyLoginAt: undefined };
  const progressOf = async (held: ConnectionSettings) => {
    const world = createWorld(held);
    const history = { getMigrationCounts: async () => counts, countLeftBehind: async () => 0 };
    return { world, answer: await getMigrationProgress({ ...world, history })({ userPoolId: 'pool' }, call) };
  };

  it('asks listUsers for one user where there is that script, and knows the total', async () => {
    const scripts = new Map([...settings.scripts, ['listUsers', 'source'] as const]);
    const { world, answer } = await progressOf({ ...settings, scripts });
    expect(JSON.parse(world.runs[0]?.argsJson ?? '').slice(0, 2)).toEqual([1, 1]);
    expect(answer).toMatchObject({ migrated: 30n, legacyTotal: 40n, safeToSwitchOff: false });
  });

  it('says that the total is not known where there is no such script', async () => {
    const { world, answer } = await progressOf(settings);
    expect([world.runs, answer.legacyTotal]).toEqual([[], undefined]);
    expect(answer.reasons.join(' ')).toContain('is not known');
  });
});

it('bounds the pages of every list', async () => {
  const asked: { readonly pageSize: number }[] = [];
  const history = {
    listScriptRuns: async (query: { readonly pageSize: number }) => {
      asked.push(query);
      return { runs: [], nextPageToken: '' };
    },
  };
  const list = (pageSize: number) =>
    listScriptRuns(history)(ListScriptRunsRequest.fromPartial({ userPoolId: 'pool', pageSize }), call);
  await list(0);
  expect(asked[0]?.pageSize).toBe(50);
  await expect(list(201)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
});

it.each([
  ['since', new Date(Number.NaN)],
  ['until', new Date(Number.NaN)],
  ['since', new Date(-8.64e15)],
  ['until', new Date('+010000-01-01T00:00:00.001Z')],
] as const)('refuses a list of runs whose %s no calendar has, and asks nobody', async (field, time) => {
  const asked: object[] = [];
  const history = {
    listScriptRuns: async (query: object) => {
      asked.push(query);
      return { runs: [], nextPageToken: '' };
    },
  };
  const request = { ...ListScriptRunsRequest.fromPartial({ userPoolId: 'pool' }), [field]: time };
  const refused = { reason: 'INVALID_ARGUMENT', metadata: { field } };
  await expect(listScriptRuns(history)(request, call)).rejects.toMatchObject(refused);
  expect(asked).toEqual([]);
});

it('lists runs up to the last nanosecond of the year 9999, of which it knows the milliseconds', async () => {
  const asked: (Date | undefined)[] = [];
  const history = {
    listScriptRuns: async ({ until }: ListScriptRunsRequest) => {
      asked.push(until);
      return { runs: [], nextPageToken: '' };
    },
  };
  // So it is read from the wire.
  const until = new Date('+010000-01-01T00:00:00.000Z');
  await listScriptRuns(history)({ ...ListScriptRunsRequest.fromPartial({ userPoolId: 'pool' }), until }, call);
  expect(asked).toEqual([new Date('9999-12-31T23:59:59.999Z')]);
});
