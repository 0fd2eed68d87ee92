import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { email, inTime, randomRing, setUpPool, startServiceForTests } from '../service-for-tests.ts';
import type { Ring } from './parse-ring.ts';
import { resealStore } from './reseal-store.ts';

const { secrets } = randomRing('old', 'new');
const ring = (...ids: [string, ...string[]]): Ring => ({
  currentId: ids[0],
  secrets: new Map(ids.map((id) => [id, secrets.get(id) ?? Buffer.alloc(0)])),
});
const peppers = randomRing('p1');

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const start = (encryptionKeys: Ring) => startServiceForTests(database.url, { peppers, encryptionKeys });
const reseal = async (encryptionKeys: Ring) => {
  const lines: string[] = [];
  const sources = { encryptionKeys, peppers, keyFile: '/nowhere' };
  const config = {
    secrets: sources,
    database: { databaseUrl: database.url, connectTimeoutMs: 5_000, throughPooler: false },
  };
  return { done: await resealStore(config, (line) => lines.push(line)), lines };
};
type Service = Awaited<ReturnType<typeof start>>;

describe('a change of the encryption key, step by step as the manual has it', () => {
  it('lets every replica of every step read what all others have written, and ends without the old key', async () => {
    const logsIn = async ({ login, connections }: Service, userPoolId: string) => {
      const { env } = await connections.getConnectionSettings({ userPoolId }, inTime());
      expect(env.API_TOKEN).toBe('s3cr3t-token');
      const request = { userPoolId, identifier: email('ada@example.com'), password: 'x', requestIp: '' };
      expect((await login.checkLogin(request, inTime())).connection?.enabled).toBe(true);
    };
    await using first = await start(ring('old'));
    const pools = [await setUpPool(first)];
    await using knowsNew = await start(ring('old', 'new'));
    pools.push(await setUpPool(knowsNew));
    await using sealsNew = await start(ring('new', 'old'));
    pools.push(await setUpPool(sealsNew));
    for (const { userPoolId } of pools) for (const service of [knowsNew, sealsNew]) await logsIn(service, userPoolId);

    const { done, lines } = await reseal(ring('new', 'old'));
    expect(done).toBe(true);
    expect(lines.at(-2)).toMatch(/^[1-9]\d* values sealed anew with the key "new"$/);
    expect(lines).toContain('connection_versions: 4 of 4');

    await using knowsNewAlone = await start(ring('new'));
    for (const { userPoolId } of pools)
      for (const service of [knowsNew, sealsNew, knowsNewAlone]) await logsIn(service, userPoolId);
  });

  it('says that it is not done while something is sealed with a key that is not given', async () => {
    await using later = await start(ring('old'));
    await setUpPool(later);
    const { done, lines } = await reseal(ring('new'));
    expect(done).toBe(false);
    expect(lines.join('\n')).toContain('still sealed with the key "old"');
    expect(lines.join('\n')).not.toMatch(/s3cr3t|postgres:/);
  });

  it('names a value that was altered by its row, seals the rest anew, and says that the old key is still needed', async () => {
    await database.query('TRUNCATE script_runs, scripts, connection_versions');
    await using service = await start(ring('old'));
    const [{ userPoolId }, other] = [await setUpPool(service), await setUpPool(service)];
    const [{ id }] = (await database.query(
      `UPDATE scripts SET sealed_source = left(sealed_source, -4) || 'AAAA'
       WHERE connection_id = (SELECT id FROM connections WHERE user_pool_id = $1) RETURNING id`,
      [userPoolId],
    )) as [{ id: string }];
    const { done, lines } = await reseal(ring('new', 'old'));
    expect(done).toBe(false);
    expect(lines).toContain(`scripts: sealed_source of the row with id "${id}" does not open and is left as it is`);
    expect(lines).toContain('scripts: 1 values are still sealed with the key "old"');
    expect(lines.at(-1)).toContain('the other keys are still needed');
    expect(lines.join('\n')).not.toMatch(/s3cr3t|postgres:/);
    await using later = await start(ring('new'));
    const { env } = await later.connections.getConnectionSettings({ userPoolId: other.userPoolId }, inTime());
    expect(env.API_TOKEN).toBe('s3cr3t-token');
  });
});
