import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ConnectionStoreServiceClient } from '@userferry/contracts/migration/v1/connection_store_service';
import { PoolStoreServiceClient } from '@userferry/contracts/migration/v1/pool_store_service';
import { createClient } from '@userferry/grpc';
import { type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { afterAll, beforeAll, expect, it } from 'vitest';

const TOOL = fileURLToPath(new URL('main.ts', import.meta.url));
const SERVICE = fileURLToPath(new URL('../../apps/migration-service/src/main.ts', import.meta.url));
const token = 'a-service-token-of-forty-characters-or-so';
const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW, PEPPER] = [key('old'), key('new'), key('p1')];

let folder: string;
let postgres: LocalPostgres;
let env: Record<string, string>;
let service: ChildProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'userferry-reseal-'));
  postgres = await startPostgres();
  const database = { DATABASE_URL: await postgres.createDatabase('userferry', { owner: 'userferry' }) };
  env = { ...database, USERFERRY_DATA_FOLDER: folder, USERFERRY_PEPPERS: PEPPER };
});
afterAll(async () => {
  if (service?.exitCode === null) {
    service.kill();
    await once(service, 'exit');
  }
  await postgres?.stop();
  rmSync(folder, { recursive: true });
});

/** A migration-service with these keys; returns its port. */
const startService = async (keys: string): Promise<number> => {
  const variables = { USERFERRY_ENCRYPTION_KEYS: keys, USERFERRY_MIGRATION_PORT: '0', USERFERRY_SERVICE_TOKEN: token };
  service = spawn(process.execPath, [SERVICE], { env: { ...env, ...variables }, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  service.stdout?.on('data', (text) => {
    output += String(text);
  });
  for (;;) {
    const port = /"port":(\d+).*"ready"/.exec(output)?.[1];
    if (port !== undefined) return Number(port);
    if (service.exitCode !== null) throw new Error(`the service ended: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const runTool = (keys: string, others: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, [TOOL], { env: { ...env, ...others, USERFERRY_ENCRYPTION_KEYS: keys } }).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, text: stdout + stderr }),
  );

it('npm run reseal seals with the current key what an old one has sealed, beside a running service, and says when it is done', async () => {
  const address = `127.0.0.1:${await startService(`${OLD},${NEW}`)}`;
  const inTime = () => ({ requestId: 'request-of-a-test', deadlineMs: Date.now() + 20_000 });
  using pools = createClient(PoolStoreServiceClient, { address, token });
  using connections = createClient(ConnectionStoreServiceClient, { address, token });
  const pool = {
    name: 'p',
    metadataJson: Buffer.from('{}'),
    revealRejectionDetails: false,
    plan: 0 as const,
    actor: 'key-1',
  };
  const userPoolId = (await pools.createUserPool(pool, inTime())).userPool?.userPoolId ?? '';
  const ownEnv = { values: { TOKEN: 's3cr3t' } };
  await connections.saveConnection(
    { userPoolId, mode: 1, addressEnv: undefined, ownEnv, egress: [], isolation: 0 as const, actor: 'a' },
    inTime(),
  );

  const missing = await runTool(NEW);
  expect(missing).toMatchObject({
    code: 1,
    text: expect.stringContaining('1 values are still sealed with the key "old"'),
  });
  const done = await runTool(`${NEW},${OLD}`);
  expect(done.code).toBe(0);
  expect(done.text).toContain('connection_versions: 1 of 1');
  expect(done.text).toContain('the others can be taken out');
  expect(await runTool(NEW)).toMatchObject({ code: 0, text: expect.stringContaining('0 values sealed anew') });
  expect((await connections.getConnectionSettings({ userPoolId }, inTime())).env).toEqual({ TOKEN: 's3cr3t' });
  expect(await runTool('hunter2')).toMatchObject({ code: 2, text: expect.not.stringContaining('hunter2') });
});

it('npm run reseal makes no keys where the key file that it is told of is not there', async () => {
  const file = join(folder, 'no-keys.json');
  const { code, text } = await runTool('', { USERFERRY_KEY_FILE: file });
  expect([code, text, existsSync(file)]).toEqual([2, expect.stringContaining(`there is no key file ${file}`), false]);
});

it('npm run reseal says how it failed to reach the database, and which variable names it, but not what that holds', async () => {
  const { code, text } = await runTool(NEW, { DATABASE_URL: 'postgresql://userferry:hunter2@127.0.0.1:1/userferry' });
  expect([code, text]).toEqual([
    2,
    expect.stringMatching(/cannot be reached: .*\(ECONNREFUSED\); DATABASE_URL says where it is\n$/),
  ]);
  expect(text).not.toContain('hunter2');
});
