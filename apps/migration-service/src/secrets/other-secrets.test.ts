import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomRing, SERVICE_TOKEN, setUpPool, startServiceForTests } from '../service-for-tests.ts';
import { formatRing, type Ring } from './parse-ring.ts';

const SERVICE = fileURLToPath(new URL('../main.ts', import.meta.url));

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

/** The process of the service, until it is ready or has ended; every line that it wrote until then. */
const startProcess = async (encryptionKeys: Ring, peppers: Ring) => {
  const env = {
    DATABASE_URL: database.url,
    USERFERRY_ENCRYPTION_KEYS: formatRing(encryptionKeys),
    USERFERRY_PEPPERS: formatRing(peppers),
    USERFERRY_MIGRATION_PORT: '0',
    USERFERRY_SERVICE_TOKEN: SERVICE_TOKEN,
    USERFERRY_BCRYPT_COST: '4',
    USERFERRY_STOP_WITH_STDIN: '1',
  };
  // A pipe that ends with this process: what is waited for in vain outlives nobody.
  const service = spawn(process.execPath, [SERVICE], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(service, 'exit');
  let output = '';
  service.stdout.on('data', (text) => {
    output += String(text);
    if (!service.killed && output.includes('"ready"')) service.kill();
  });
  const [code] = await ended;
  return { code, output };
};

// Three starts one after another, each with a process of its own.
it('a store that is given other secrets under the ids of its own says so of the key, and is not served with the pepper', async () => {
  const [keys, peppers] = [randomRing('k1'), randomRing('p1')];
  const first = await startProcess(keys, peppers);
  expect(first).toMatchObject({ code: 0, output: expect.stringContaining('"ready"') });
  {
    await using service = await startServiceForTests(database.url, { encryptionKeys: keys, peppers });
    await setUpPool(service);
  }
  const [otherKeys, otherPeppers] = [randomRing('k1'), randomRing('p1')];
  const other = await startProcess(otherKeys, otherPeppers);
  expect(other.code).toBe(1);
  expect(other.output).not.toContain('"ready"');
  for (const told of [
    'the encryption key \\"k1\\" is not the one that connections (1) were made with',
    'the encryption key \\"k1\\" is not the one that scripts (1) were made with',
    'cannot start: not the pepper that our store knows under its id: \\"p1\\"',
  ])
    expect(other.output).toContain(told);
  for (const { secrets } of [keys, peppers, otherKeys, otherPeppers])
    for (const secret of secrets.values()) expect(other.output).not.toContain(secret.toString('base64'));
  const again = await startProcess(keys, peppers);
  expect(again).toMatchObject({ code: 0, output: expect.not.stringMatching(/is not the one|cannot start/) });
}, 240_000);
