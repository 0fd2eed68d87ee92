import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiKeyRole } from '@userferry/contracts/management/v1/api_key_service';
import { MigrationVerdict } from '@userferry/contracts/migration/v1/login_service';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientsOf, email, inTime, SERVICE_TOKEN, setUpPool } from './service-for-tests.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const PASSWORD = 'correct-horse-battery';

let database: TestDatabase;
let folder: string;
let child: ChildProcess;
let output = '';
const stack = new AsyncDisposableStack();

const start = (): ChildProcess => {
  const env = {
    DATABASE_URL: database.url,
    USERFERRY_SERVICE_TOKEN: SERVICE_TOKEN,
    USERFERRY_MIGRATION_PORT: '0',
    USERFERRY_KEY_FILE: join(folder, 'keys.json'),
    USERFERRY_BCRYPT_COST: '4',
    USERFERRY_LOG_LEVEL: 'trace',
  };
  const started = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (text) => (output += String(text)));
  return started;
};

const portOf = async (): Promise<number> => {
  for (;;) {
    const port = /"port":(\d+).*"ready"/.exec(output)?.[1];
    if (port !== undefined) return Number(port);
    if (child.exitCode !== null) throw new Error(`the service ended: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const end = async (): Promise<void> => {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
};

beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'userferry-'));
  child = start();
});
afterAll(async () => {
  await stack.disposeAsync();
  await end();
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe('after a whole set-up, a migration and failures', () => {
  it('no password, variable, connection string, script or key is in the store or the log in clear', async () => {
    const clients = clientsOf(`127.0.0.1:${await portOf()}`, stack);
    const operatorKey = /ufk_[\w-]{43}/.exec(output)?.[0] ?? 'none shown';
    const pool = await setUpPool(clients);
    const key = { userPoolId: pool.userPoolId, role: ApiKeyRole.EDGE, name: 'edge' };
    const { secret } = await clients.pools.createApiKey(key, inTime());
    const profile = { id: 7, password: 'l3aked', password_hash: '$2b$10$l3akedl3akedl3akedl3ak', nickname: 'N1ck' };
    const migrate = (value: object) =>
      clients.login.migrateUser(
        {
          ...pool,
          profileJson: Buffer.from(JSON.stringify(value)),
          identifier: email('someone@example.com'),
          password: PASSWORD,
          requestIp: '203.0.113.7',
          passwordIsNew: false,
        },
        inTime(),
      );
    expect((await migrate(profile)).verdict).toBe(MigrationVerdict.MIGRATED);
    await expect(migrate({ id: 7, email: [PASSWORD] })).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
    await database.query('ALTER TABLE credentials RENAME TO gone');
    await expect(migrate({ id: 8, email: 'other@example.com' })).rejects.toMatchObject({ reason: 'INTERNAL' });
    await database.query('ALTER TABLE gone RENAME TO credentials');
    await end();

    const dump = await database.dump();
    expect(dump).toContain('N1ck'); // the dump sees what is stored
    expect(output).toContain('"call failed"'); // and the log tells of the failure
    const keys: object = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'));
    const ringSecrets = Object.values(keys).map((ring: string) => ring.split(':')[1] ?? '');
    const hash = /\$2b\$04\$[\w./]{53}/.exec(dump)?.[0] ?? 'no hash stored';
    const secrets = [PASSWORD, 's3cr3t', 'l3aked', SERVICE_TOKEN, secret, operatorKey, database.url, ...ringSecrets];
    for (const clear of secrets) expect(dump).not.toContain(clear);
    const log = output.replace(operatorKey, '');
    for (const clear of [...secrets, hash, 'someone@example.com', 'N1ck']) expect(log).not.toContain(clear);
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
