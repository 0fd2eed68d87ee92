import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { email, inTime, setUpPool, startServiceForTests } from './service-for-tests.ts';
import { watchHealth } from './watch-health.ts';

let database: TestDatabase;
let service: Awaited<ReturnType<typeof startServiceForTests>>;
beforeAll(async () => {
  database = await testDatabase();
  service = await startServiceForTests(database.url);
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('a database that is down', () => {
  it('makes calls fail as STORE_UNAVAILABLE and health NOT_SERVING, until it is back', async () => {
    const { userPoolId } = await setUpPool(service);
    const check = () =>
      service.login.checkLogin(
        { userPoolId, identifier: email('a@example.com'), password: 'x', requestIp: '' },
        inTime(),
      );
    const told: boolean[] = [];
    const server = { setServing: (serving: boolean) => void told.push(serving) };
    using _watch = watchHealth({ store: service.store, server, log: service.log }, 10);
    const until = async (serving: boolean) => {
      while (told.at(-1) !== serving) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await until(true);
    await database.server.pause();
    await until(false);
    await expect(check()).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE', code: 'UNAVAILABLE' });
    await database.server.resume();
    await until(true);
    expect((await check()).connection?.enabled).toBe(true);
  });
});
