import { member } from '@userferry/local-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curl, failure, listMethods } from './buf-curl.ts';
import { createWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('a client that nobody here wrote', () => {
  it('lists the methods of all four services', async () => {
    const { gateway, runner, migration, publicIp } = world.services.ports;
    const methods = await Promise.all([gateway, runner, migration, publicIp].map(listMethods));
    expect(methods[0]).toContain('userferry.identity.v1.IdentityService/Login');
    expect(methods[1]).toContain('userferry.runner.v1.ScriptRunnerService/RunScript');
    expect(methods[2]).toContain('userferry.migration.v1.LoginService/CheckLogin');
    expect(methods[3]).toContain('userferry.publicip.v1.PublicIpService/ListPublicIps');
  });

  it('finds all four healthy', async () => {
    const { gateway, runner, migration, publicIp } = world.services.ports;
    for (const port of [gateway, runner, migration, publicIp])
      expect(JSON.parse(await curl(port, '/grpc.health.v1.Health/Check', { data: '{}' }))).toEqual({
        status: 'SERVING',
      });
  });

  it('logs a user in', async () => {
    const { userPoolId, edgeKey } = world.company;
    const { mail, password } = member(20);
    const data = JSON.stringify({ userPoolId, email: mail, password });
    const answer = await curl(world.services.ports.gateway, '/userferry.identity.v1.IdentityService/Login', {
      key: edgeKey,
      data,
    });
    expect(JSON.parse(answer)).toMatchObject({
      authenticated: { source: 'LOGIN_SOURCE_CUSTOM_DATABASE', migratedNow: true, user: { profile: { email: mail } } },
    });
  });

  it('runs a script of its own on the script-runner and asks the other two', async () => {
    const key = world.serviceToken;
    const { runner, migration, publicIp } = world.services.ports;
    const source = 'async function login(query) { return { id: query.email.length } }';
    const args = Buffer.from('[{"email":"ada"}]').toString('base64');
    const run = { runId: 'run-1', connectionId: 'c1', action: 'SCRIPT_ACTION_LOGIN', source, argsJson: args };
    const ran = JSON.parse(
      await curl(runner, '/userferry.runner.v1.ScriptRunnerService/RunScript', { key, data: JSON.stringify(run) }),
    );
    expect(ran).toMatchObject({ outcome: 'OUTCOME_COMPLETED' });
    expect(Buffer.from(ran.resultJson, 'base64').toString()).toBe('{"id":3}');
    const ips = await curl(publicIp, '/userferry.publicip.v1.PublicIpService/ListPublicIps', { key, data: '{}' });
    expect(JSON.parse(ips)).toMatchObject({ ips: ['192.0.2.10', '192.0.2.11'] });
    const data = JSON.stringify({ userPoolId: world.company.userPoolId });
    const settings = await curl(migration, '/userferry.migration.v1.ConnectionStoreService/GetConnection', {
      key,
      data,
    });
    expect(JSON.parse(settings)).toMatchObject({ connection: { enabled: true } });
  });

  it('is told what is wrong with rubbish, by name and without its value', async () => {
    const { gateway } = world.services.ports;
    const login = (data: object) =>
      failure(
        curl(gateway, '/userferry.identity.v1.IdentityService/Login', {
          key: world.company.edgeKey,
          data: JSON.stringify(data),
        }),
      );
    const { userPoolId } = world.company;
    expect(await login({ userPoolId, password: 'x' })).toContain('identifier is missing');
    expect(await login({ userPoolId, email: 'a@b.c' })).toContain('password is missing');
    expect(await login({ userPoolId: 'other', email: 'a@b.c', password: 'hunter2' })).toContain(
      'no user pool has that id',
    );
    const badJson = Buffer.from('{"secret":').toString('base64');
    const rubbish = await login({ userPoolId, email: 'a@b.c', password: 'x', context: { requestBodyJson: badJson } });
    expect(rubbish).toContain('context.request_body_json is not JSON');
  });

  it('is told line and column of a mistake in a script', async () => {
    const { userPoolId, adminKey } = world.company;
    const source = 'async function login() {\n  return {{;\n}';
    const data = JSON.stringify({ userPoolId, action: 'SCRIPT_ACTION_LOGIN', source });
    const path = '/userferry.management.v1.ConnectionService/SaveScript';
    expect(await failure(curl(world.services.ports.gateway, path, { key: adminKey, data }))).toMatch(
      /line 2, column \d+/,
    );
  });

  it('tries a script out by Debug, with everything that the script said', async () => {
    const { userPoolId, adminKey } = world.company;
    const { mail, password } = member(21);
    const args = Buffer.from(JSON.stringify([{ email: mail, username: null, phone: null }, password])).toString(
      'base64',
    );
    const data = JSON.stringify({ userPoolId, action: 'SCRIPT_ACTION_LOGIN', argsJson: args });
    const path = '/userferry.management.v1.ConnectionService/TestScript';
    const { run } = JSON.parse(await curl(world.services.ports.gateway, path, { key: adminKey, data }));
    expect(run).toMatchObject({
      outcome: 'OUTCOME_COMPLETED',
      logs: [{ text: expect.stringContaining('member 21 proven') }],
    });
    const users = await world.store.query(`SELECT 1 FROM user_identifiers WHERE value = $1`, {
      database: 'userferry',
      values: [mail],
    });
    expect(users).toHaveLength(0);
  });

  it('never sees a secret of a connection again', async () => {
    const { userPoolId, adminKey } = world.company;
    const path = '/userferry.management.v1.ConnectionService/GetConnection';
    const answer = await curl(world.services.ports.gateway, path, {
      key: adminKey,
      data: JSON.stringify({ userPoolId }),
    });
    expect(JSON.parse(answer).connection.envNames).toContain('DB_CONNECTION_URI');
    expect(answer).not.toContain(decodeURIComponent(new URL(world.legacy.url).password));
  });
});

describe('every call of the gateway, by that client', () => {
  type Step = readonly [call: string, who: 'operator' | 'admin' | 'edge', data: object, expected: string];
  const USER = { user: { email: 'curl@acme.example' } };
  const NOBODY = '00000000-0000-4000-8000-000000000000';
  /** In an order in which each finds what it needs. */
  const STEPS: readonly Step[] = [
    ['management.v1.UserPoolService/GetUserPool', 'admin', {}, 'PLAN_ENTERPRISE'],
    ['management.v1.UserPoolService/ListUserPools', 'admin', {}, 'PLAN_ENTERPRISE'],
    ['management.v1.UserPoolService/StartTrial', 'admin', {}, 'TRIAL_NOT_NEEDED'],
    ['management.v1.UserPoolService/SetPlan', 'operator', { plan: 'PLAN_BASIC' }, 'PLAN_BASIC'],
    ['management.v1.UserPoolService/SetPlan', 'operator', { plan: 'PLAN_ENTERPRISE' }, 'PLAN_ENTERPRISE'],
    [
      'identity.v1.IdentityService/Register',
      'edge',
      { profile: { email: 'curl@acme.example' }, password: 'first-Secret-1' },
      'registered',
    ],
    [
      'identity.v1.IdentityService/Login',
      'edge',
      { email: 'curl@acme.example', password: 'first-Secret-1' },
      'authenticated',
    ],
    ['identity.v1.IdentityService/GetUser', 'edge', USER, 'MIGRATION_STATE_LOCAL'],
    ['identity.v1.IdentityService/SearchUsers', 'admin', { keyword: 'curl@' }, 'curl@acme.example'],
    ['identity.v1.IdentityService/ListUsers', 'admin', { page: 1, limit: 5 }, 'listed'],
    ['identity.v1.IdentityService/UpdateUser', 'admin', { ...USER, updates: { nickname: 'Curly' } }, 'Curly'],
    [
      'identity.v1.IdentityService/ChangePassword',
      'edge',
      { ...USER, oldPassword: 'first-Secret-1', newPassword: 'second-Secret-2' },
      'changed',
    ],
    ['identity.v1.IdentityService/ResetPassword', 'edge', { ...USER, newPassword: 'third-Secret-3' }, 'reset'],
    ['identity.v1.IdentityService/DeleteUser', 'admin', USER, 'deleted'],
    ['identity.v1.IdentityService/GetUser', 'admin', USER, 'USER_TOMBSTONED'],
    ['management.v1.ConnectionService/GetConnection', 'admin', {}, 'DB_CONNECTION_URI'],
    ['management.v1.ConnectionService/ListScriptVersions', 'admin', { pageSize: 5 }, 'savedBy'],
    ['management.v1.ConnectionService/GetScript', 'admin', { action: 'SCRIPT_ACTION_LOGIN' }, 'bcrypt.compare'],
    [
      'management.v1.ConnectionService/SaveScript',
      'admin',
      {
        action: 'SCRIPT_ACTION_LIST_USERS',
        source: 'async function listUsers() { return { totalCount: 9, list: [] } }',
      },
      'connectionId',
    ],
    [
      'management.v1.ConnectionService/TestScript',
      'admin',
      { action: 'SCRIPT_ACTION_LIST_USERS' },
      'OUTCOME_COMPLETED',
    ],
    [
      'management.v1.ConnectionService/CheckScript',
      'admin',
      { action: 'SCRIPT_ACTION_LOGIN', source: 'async function login() {\n  return {;\n}' },
      '"line":2',
    ],
    ['management.v1.ConnectionService/ListScriptTemplates', 'admin', {}, 'bcrypt'],
    ['management.v1.ConnectionService/ListScriptRuns', 'admin', { pageSize: 3 }, 'runId'],
    ['management.v1.ConnectionService/GetMigrationProgress', 'admin', {}, 'legacyTotal'],
    ['management.v1.ConnectionService/DiffScriptVersions', 'admin', { fromVersion: '1' }, '+++ login.js'],
    ['management.v1.ConnectionService/RollbackScript', 'admin', { version: '1' }, 'connectionId'],
    [
      'management.v1.ConnectionService/SaveConnection',
      'admin',
      { mode: 'CONNECTION_MODE_LAZY_MIGRATION', keepEnv: true },
      'connectionId',
    ],
    ['management.v1.ConnectionService/ListTombstones', 'admin', {}, 'curl@acme.example'],
    ['management.v1.ConnectionService/LiftTombstone', 'admin', { tombstoneId: NOBODY }, 'TOMBSTONE_NOT_FOUND'],
    ['management.v1.ConnectionService/ListConflicts', 'admin', {}, '{}'],
    [
      'management.v1.ConnectionService/ResolveConflict',
      'admin',
      { conflictId: NOBODY, resolution: 'CONFLICT_RESOLUTION_KEEP_LOCAL' },
      'CONFLICT_NOT_FOUND',
    ],
    ['management.v1.ConnectionService/DisableConnection', 'admin', {}, 'connectionId'],
    ['management.v1.ConnectionService/EnableConnection', 'admin', {}, '"enabled":true'],
    ['management.v1.ConnectionService/DeleteConnection', 'admin', {}, '{}'],
    ['management.v1.UserPoolService/ListAuditEntries', 'admin', {}, 'ConnectionService/RollbackScript'],
    ['management.v1.UserPoolService/CreateUserPool', 'operator', { name: 'curled' }, 'userPoolId'],
    ['management.v1.ApiKeyService/CreateApiKey', 'admin', { role: 'API_KEY_ROLE_EDGE', name: 'by curl' }, 'secret'],
    ['management.v1.ApiKeyService/ListApiKeys', 'admin', {}, 'keys:write'],
    ['management.v1.ApiKeyService/RotateApiKey', 'admin', { apiKeyId: NOBODY }, 'API_KEY_NOT_FOUND'],
    ['management.v1.ApiKeyService/RevokeApiKey', 'admin', { apiKeyId: NOBODY }, 'API_KEY_NOT_FOUND'],
  ];

  /** Without its blanks, and with the reason of an error, which lies in a message of its own in base64. */
  const readable = (answer: string): string => {
    const compact = answer.replaceAll(/"\s*:\s*/g, '":');
    const reason = /"value":"([\w+/=-]+)"/.exec(compact)?.[1] ?? '';
    return `${compact} ${Buffer.from(reason, 'base64').toString('latin1')}`;
  };

  it('has a step for each method that reflection names', async () => {
    const ours = (await listMethods(world.services.ports.gateway)).filter((method) => method.startsWith('userferry.'));
    expect(ours.length).toBeGreaterThanOrEqual(30);
    expect(new Set(STEPS.map(([call]) => `userferry.${call}`))).toEqual(new Set(ours));
  });

  it.each(STEPS)('%s as %s', async (call, who, facts, expected) => {
    const { userPoolId, adminKey, edgeKey } = world.company;
    const key = { operator: world.operatorKey, admin: adminKey, edge: edgeKey }[who];
    const data = JSON.stringify(/\/(?:CreateUserPool|ListUserPools)$/.test(call) ? facts : { userPoolId, ...facts });
    const said = curl(world.services.ports.gateway, `/userferry.${call}`, { key, data });
    const answer = await said.catch((error: { stderr: string }) => error.stderr);
    expect(readable(answer)).toContain(expected);
  });
});

describe('the public IPs over HTTP', () => {
  const get = (query = '') => fetch(`http://127.0.0.1:${world.services.ports.http}/api/system/public-ips${query}`);

  it('are JSON as the contract says', async () => {
    const response = await get();
    expect(await response.json()).toMatchObject({
      statusCode: 200,
      data: { ips: ['192.0.2.10', '192.0.2.11'], updatedAt: expect.any(String) },
    });
  });

  it('are one address a line for firewall scripts', async () => {
    expect(await (await get('?format=text')).text()).toBe('192.0.2.10\n192.0.2.11\n');
  });

  it('refuse a format that is not there', async () => {
    expect((await get('?format=xml')).status).toBe(400);
  });
});
