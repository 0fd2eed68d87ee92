import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { member } from '@userferry/local-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `buf curl` with nothing but reflection to know us by. */
const curl = async (port: number, path: string, { key = '', data = '' } = {}) => {
  const options = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge'];
  const header = key === '' ? [] : ['-H', `authorization: Bearer ${key}`];
  const body = data === '' ? [] : ['-d', data];
  const { stdout } = await promisify(execFile)(`${root}node_modules/.bin/buf`, [
    ...options,
    ...header,
    ...body,
    `http://127.0.0.1:${port}${path}`,
  ]);
  return stdout;
};

const failure = (call: Promise<string>): Promise<string> =>
  call.then(
    () => 'no failure',
    (error: { stderr: string }) => error.stderr,
  );

describe('a client that nobody here wrote', () => {
  it('lists the methods of all four services', async () => {
    const { gateway, runner, migration, publicIp } = world.services.ports;
    const lists = await Promise.all(
      [gateway, runner, migration, publicIp].map((port) =>
        promisify(execFile)(`${root}node_modules/.bin/buf`, [
          'curl',
          '--protocol',
          'grpc',
          '--http2-prior-knowledge',
          '--list-methods',
          `http://127.0.0.1:${port}`,
        ]),
      ),
    );
    const methods = lists.map(({ stdout }) => stdout);
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
