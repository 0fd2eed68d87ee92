import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoginSource } from '@userferry/contracts/identity/v1/identity_service';
import { PoolStoreServiceService } from '@userferry/contracts/migration/v1/pool_store_service';
import { ScriptRunnerServiceClient } from '@userferry/contracts/runner/v1/script_runner_service';
import { createClient, createServer, type RunningServer, serviceTokenAuthenticate } from '@userferry/grpc';
import { findFreePort, type LocalPostgres, startPostgres } from '@userferry/local-databases';
import {
  createLogin,
  member,
  SERVICE_NAMES,
  type ServiceName,
  setUpCompany,
  startLocalWorld,
} from '@userferry/local-services';
import { createLogger } from '@userferry/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryBuild } from './temporary-build.ts';
import { startBuiltFolder } from './testing/built-process.ts';

const TOKEN = randomBytes(32).toString('base64url');
/** As the images have it: no user of the machine has this id. */
const UID = 10_001;
const isLinuxRoot = process.platform === 'linux' && process.getuid?.() === 0;

let built: string;
let node: string;
let scratch: string;
let database: LocalPostgres;
/** All of our store that a gateway alone wants: that it serves, and takes its calls. */
const POOLS = {
  definition: { getUserPool: PoolStoreServiceService.getUserPool },
  handlers: { getUserPool: async () => ({ userPool: undefined }) },
};
let storeHealth: RunningServer;
beforeAll(async () => {
  database = await startPostgres();
  storeHealth = await createServer({
    host: '127.0.0.1',
    port: 0,
    services: [POOLS],
    authenticate: serviceTokenAuthenticate([TOKEN]),
    log: createLogger({ service: 'test', level: 'silent' }),
    callMsMax: 5_000,
  });
  ({ folder: built } = await temporaryBuild());
  scratch = mkdtempSync(join(tmpdir(), 'userferry-dry-start-'));
  chmodSync(scratch, 0o755);
  node = join(scratch, 'node');
  copyFileSync(process.execPath, node, constants.COPYFILE_FICLONE);
}, 240_000);
afterAll(async () => {
  await storeHealth[Symbol.asyncDispose]();
  await database.stop();
  for (const folder of [built, scratch]) rmSync(folder, { recursive: true, force: true });
});

/** Alone in a folder, as an image holds it. */
const alone = (name: ServiceName, purpose: string): string => {
  const folder = join(scratch, purpose, name);
  cpSync(join(built, name), folder, { recursive: true });
  return folder;
};

/** Nobody may write there, and everybody may read. */
const makeReadOnly = (folder: string): void => {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
  chmodSync(folder, 0o555);
};

const stateFolder = (purpose: string, uid: number | undefined): string => {
  const folder = join(scratch, purpose, 'state');
  mkdirSync(folder, { recursive: true });
  if (uid !== undefined) chownSync(folder, uid, uid);
  return folder;
};

/** What a service needs beside the token; ports that are free. */
const variablesOf = async (name: ServiceName, state: string): Promise<Record<string, string>> => {
  const port = async () => String(await findFreePort());
  const all: Record<ServiceName, () => Promise<Record<string, string>>> = {
    'identity-gateway': async () => ({
      USERFERRY_GATEWAY_PORT: await port(),
      USERFERRY_HTTP_PORT: await port(),
      USERFERRY_MIGRATION_ADDRESS: `127.0.0.1:${storeHealth.port}`,
    }),
    'script-runner': async () => ({
      USERFERRY_RUNNER_PORT: await port(),
      USERFERRY_STATE_FOLDER: join(state, 'sandbox'),
    }),
    'migration-service': async () => ({
      USERFERRY_MIGRATION_PORT: await port(),
      USERFERRY_KEY_FILE: join(state, 'keys.json'),
      DATABASE_URL: await database.createDatabase(`userferry_${randomBytes(4).toString('hex')}`, {
        owner: 'userferry',
      }),
    }),
    'public-ip-service': async () => ({
      USERFERRY_PUBLIC_IP_PORT: await port(),
      USERFERRY_PUBLIC_IP_STATE_FILE: join(state, 'public-ips.json'),
    }),
  };
  return { USERFERRY_SERVICE_TOKEN: TOKEN, ...(await all[name]()) };
};

/** What that user left where everybody may write. */
const leftBehind = (uid: number): string[] =>
  ['/tmp', '/var/tmp', '/dev/shm'].flatMap((folder) =>
    readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.uid === uid),
  );

/** Whether this machine lets an ordinary user make what the walls are made of. */
const mayRaiseWalls = (): boolean => {
  const namespaces = ['--user', '--map-root-user', '--net', '--pid', '--mount', '--fork'];
  const mount = ['mount', '-t', 'proc', 'proc', '/proc'];
  return spawnSync('unshare', [...namespaces, ...mount], { uid: UID, gid: UID, cwd: '/' }).status === 0;
};

const snapshot = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, statSync(path).mtimeMs, statSync(path).size]);

describe('a built folder, outside of the repository, with Node and its variables alone', () => {
  it.each(SERVICE_NAMES)('%s becomes healthy, answers its own check, and ends with code 0', async (name) => {
    const env = await variablesOf(name, stateFolder(`start-${name}`, undefined));
    const folder = alone(name, `start-${name}`);
    await using service = startBuiltFolder({ node, folder, env });
    await service.serving();
    expect(await service.stop()).toBe(0);
    expect(service.lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['ready', 'stopping']));
  });
});

describe.runIf(isLinuxRoot)('a built folder that nobody may write to, for an ordinary user that root starts', () => {
  it.each(SERVICE_NAMES)('%s writes into its state folder alone, and ends with code 0', async (name) => {
    const purpose = `read-only-${name}`;
    const env = await variablesOf(name, stateFolder(purpose, UID));
    const folder = alone(name, purpose);
    makeReadOnly(folder);
    const before = snapshot(folder);
    await using service = startBuiltFolder({ node, folder, env, uid: UID });
    await service.serving();
    expect(await service.stop()).toBe(0);
    expect(snapshot(folder)).toEqual(before);
    expect(leftBehind(UID)).toEqual([]);
  });

  it('script-runner evaluates scripts behind walls', async () => {
    const purpose = 'walls';
    const env = await variablesOf('script-runner', stateFolder(purpose, UID));
    const folder = alone('script-runner', purpose);
    makeReadOnly(folder);
    await using service = startBuiltFolder({ node, folder, env, uid: UID });
    await service.serving();
    const walls = mayRaiseWalls() ? ['network', 'processes', 'files', 'privileges'] : ['privileges'];
    expect(service.lines).toContainEqual(expect.objectContaining({ walls: expect.arrayContaining(walls) }));
    using runner = createClient(ScriptRunnerServiceClient, {
      address: `127.0.0.1:${env.USERFERRY_RUNNER_PORT}`,
      token: TOKEN,
    });
    const source =
      "async function login(query: LoginQuery) { return { id: query.email, nickname: require('lodash').upperCase('ada') }; }";
    const answer = await runner.checkScript(
      { source, action: 1, language: 1 },
      { requestId: 'dry-start', deadlineMs: Date.now() + 60_000 },
    );
    expect(answer.problems).toEqual([]);
    expect(await service.stop()).toBe(0);
  });
});

describe('the four built folders together', () => {
  it('let a user of a company in, once by its legacy database and then by our own store', async () => {
    await using world = await startLocalWorld({ builtFolders: built });
    const { address, operatorKey, legacy } = world;
    const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
    using login = createLogin({ address, ...company });
    const { mail, password } = member(10);
    expect(await login(mail, password)).toMatchObject({
      $case: 'authenticated',
      value: { source: LoginSource.CUSTOM_DATABASE, migratedNow: true },
    });
    expect(await login(mail, password)).toMatchObject({ $case: 'authenticated', value: { source: LoginSource.LOCAL } });
    expect(await login(mail, 'not it')).toMatchObject({ $case: 'rejected' });
  }, 240_000);
});
