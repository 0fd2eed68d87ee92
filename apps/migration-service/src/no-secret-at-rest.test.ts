import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { ApiKeyRole } from '@userferry/contracts/management/v1/api_key_service';
import { MigrationVerdict } from '@userferry/contracts/migration/v1/login_service';
import { UserVerdict } from '@userferry/contracts/migration/v1/user_service';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clients, clientsOf, email, inTime, SERVICE_TOKEN, setUpPool } from './service-for-tests.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const [PASSWORD, WRONG, CHOSEN] = ['correct-horse-battery', 'wr0ng-horse-battery', 'ch0sen-horse-battery'];
const IP = '203.0.113.7';

let database: TestDatabase;
let folder: string;
let child: ChildProcess;
let output = '';
const stack = new AsyncDisposableStack();

const started: ChildProcess[] = [];

const start = (): ChildProcess => {
  const env = {
    DATABASE_URL: database.url,
    USERFERRY_SERVICE_TOKEN: SERVICE_TOKEN,
    USERFERRY_MIGRATION_PORT: '0',
    USERFERRY_KEY_FILE: join(folder, 'keys.json'),
    USERFERRY_BCRYPT_COST: '4',
    USERFERRY_LOG_LEVEL: 'trace',
  };
  const process = spawn(execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [process.stdout, process.stderr]) stream.on('data', (text) => (output += String(text)));
  started.push(process);
  return process;
};

const portOf = async (): Promise<number> => {
  for (;;) {
    const port = /"port":(\d+).*"ready"/.exec(output)?.[1];
    if (port !== undefined) return Number(port);
    if (child.exitCode !== null) throw new Error(`the service ended: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const end = async (process = child): Promise<void> => {
  if (process.exitCode !== null) return;
  process.kill('SIGTERM');
  await once(process, 'exit');
};

beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'userferry-'));
  child = start();
});
afterAll(async () => {
  await stack.disposeAsync();
  // All of them: a test that fails leaves its own behind.
  for (const one of started) await end(one);
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const json = (value: object) => Buffer.from(JSON.stringify(value));

/** The whole life of users who are stored here, failures included. */
const liveHere = async (clients: Clients, pool: { userPoolId: string; connectionId: string }) => {
  const { userPoolId } = pool;
  const ofPool = { userPoolId, actor: 'key-1' };
  const by = { actor: 'key-1', auditAction: 'IdentityService/ChangePassword' };
  const migrate = (value: object, typed = 'someone@example.com', password = PASSWORD, passwordIsNew = false) =>
    clients.login.migrateUser(
      { ...pool, profileJson: json(value), identifier: email(typed), password, requestIp: IP, passwordIsNew, ...by },
      inTime(),
    );
  const check = (password: string) =>
    clients.login.checkLogin(
      { userPoolId, identifier: email('someone@example.com'), password, requestIp: IP },
      inTime(),
    );
  const profile = {
    ...{ id: 7, password: 'l3aked', password_hash: '$2b$10$l3akedl3akedl3akedl3ak', nickname: 'N1ck' },
    ...{ geheim: PASSWORD, customData: { row: [PASSWORD] } },
  };
  const { user, verdict } = await migrate(profile);
  expect(verdict).toBe(MigrationVerdict.MIGRATED);
  const userId = user?.userId ?? '';
  await check(PASSWORD);
  await check(WRONG);
  const change = { ...ofPool, ...by, userId, oldPassword: PASSWORD, newPassword: CHOSEN };
  expect((await clients.users.changePassword(change, inTime())).verdict).toBe(UserVerdict.OK);
  await expect(
    clients.users.changePassword({ ...change, oldPassword: CHOSEN, newPassword: 'w3ak' }, inTime()),
  ).rejects.toBeDefined();
  await clients.users.createUser({ ...ofPool, profileJson: json({ username: 'local' }), password: CHOSEN }, inTime());
  await clients.users.updateUser(
    { ...ofPool, userId, updatesJson: json({ name: 'N1ck' }), password: CHOSEN },
    inTime(),
  );
  expect((await migrate({ id: 8, email: 'someone@example.com' }, 'other@example.com')).verdict).toBe(
    MigrationVerdict.CONFLICT,
  );
  const legacyProfileJson = json({ id: 9, email: 'gone@example.com', password: 'l3aked' });
  await clients.users.deleteUser(
    { ...ofPool, userId: '', connectionId: pool.connectionId, legacyProfileJson },
    inTime(),
  );
  await expect(migrate({ id: 7, email: [PASSWORD] })).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  await database.query('ALTER TABLE credentials RENAME TO gone');
  await expect(migrate({ id: 10 }, 'third@example.com')).rejects.toMatchObject({ reason: 'INTERNAL' });
  await expect(clients.users.changePassword(change, inTime())).rejects.toMatchObject({ reason: 'INTERNAL' });
  await database.query('ALTER TABLE gone RENAME TO credentials');
};

/** What a script printed and threw: nobody knows what is in it. */
const scriptsRun = (clients: Clients, userPoolId: string) => {
  const error = { name: 'Error', message: 'thr0wn', code: '', line: 1, column: 1 };
  const logs = [{ level: 'info', text: 'pr1nted', atMs: 1 }];
  const run = { runId: 'r-1', endedAt: new Date(), action: 1, version: 1n, outcome: 2, usage: undefined } as const;
  const runs = [{ userPoolId, run: { ...run, error, logs, requestId: 'r-1', test: false } }];
  return clients.history.appendScriptRuns({ runs }, inTime());
};

/** Logins and changes of users who live in a custom user store, as far as our store is asked. */
const liveElsewhere = async (clients: Clients, { userPoolId }: { userPoolId: string }) => {
  const settings = { mode: 2 as const, addressEnv: undefined, ownEnv: undefined, egress: [], isolation: 0 as const };
  await clients.connections.saveConnection({ userPoolId, actor: 'key-1', ...settings }, inTime());
  const identifier = email('elsewh3re@example.com');
  const attempt = { userPoolId, identifier, requestIp: IP };
  for (const end of [1, 2] as const) {
    await clients.login.checkLogin({ ...attempt, password: PASSWORD }, inTime());
    const how = { byLegacyStore: true, withoutLogin: false, scriptFailed: false };
    await clients.login.settleAttempt({ ...attempt, end, ...how }, inTime());
  }
  const user = { selector: identifier.identifier };
  expect((await clients.users.findUser({ userPoolId, user }, inTime())).verdict).toBe(UserVerdict.CUSTOM_USER_STORE);
  const profileJson = json({ email: 'elsewh3re@example.com', nickname: 'Elsewh3re' });
  const create = { userPoolId, actor: 'key-1', profileJson, password: PASSWORD };
  await expect(clients.users.createUser(create, inTime())).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
  await scriptsRun(clients, userPoolId);
};

describe('after a whole set-up, whole lives of users and failures', () => {
  it('no password, variable, connection string, script or key is in the store or the log in clear', async () => {
    const clients = clientsOf(`127.0.0.1:${await portOf()}`, stack);
    const operatorKey = /ufk_[\w-]{43}/.exec(output)?.[0] ?? 'none shown';
    const pool = await setUpPool(clients);
    const key = { userPoolId: pool.userPoolId, role: ApiKeyRole.EDGE, name: 'edge', scopes: [], actor: 'key-1' };
    const { secret } = await clients.pools.createApiKey(key, inTime());
    await liveHere(clients, pool);
    await scriptsRun(clients, pool.userPoolId);
    await liveElsewhere(clients, await setUpPool(clients));
    await end();

    const dump = await database.dump();
    for (const stored of ['N1ck', 'someone@example.com', 'gone@example.com', 'IdentityService/DeleteUser'])
      expect(dump).toContain(stored); // the dump sees what is stored: profiles, conflicts, tombstones, the audit
    expect(output).toContain('"call failed"'); // and the log tells of the failure
    const keys: object = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'));
    const ringSecrets = Object.values(keys).map((ring: string) => ring.split(':')[1] ?? '');
    const hashes = dump.match(/\$2b\$04\$[\w./]{53}/g) ?? ['no hash stored'];
    const passwords = [PASSWORD, WRONG, CHOSEN, 'w3ak', 'l3aked'];
    const encoded = passwords.flatMap((one) => [Buffer.from(one).toString('hex'), Buffer.from(one).toString('base64')]);
    const printed = ['pr1nted', 'thr0wn'];
    // Of where a request came from, and of whoever lives elsewhere, nothing is kept at all.
    const nowhere = [IP, 'lsewh3re'];
    const secrets = ['s3cr3t', SERVICE_TOKEN, secret, operatorKey, database.url, ...ringSecrets];
    for (const clear of [...secrets, ...passwords, ...encoded, ...printed, ...nowhere])
      expect(dump).not.toContain(clear);
    const log = output.replace(operatorKey, '');
    const people = ['@example.com', 'N1ck', ...hashes];
    for (const clear of [...secrets, ...passwords, ...encoded, ...printed, ...nowhere, ...people])
      expect(log).not.toContain(clear);
    expect(child.exitCode).toBe(0);
  });

  it('the operator key was shown at the first start and is not shown at the next', async () => {
    expect(output.match(/ufk_[\w-]{43}/g)).toHaveLength(1);
    output = '';
    child = start();
    await portOf();
    expect(output).not.toMatch(/ufk_/);
  });
});
