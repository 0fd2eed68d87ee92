import { LocalVerdict } from '@userferry/contracts/migration/v1/login_service';
import { testDatabase } from '@userferry/testing';
import { expect, it } from 'vitest';
import { email, inTime, randomRing, setUpPool, startServiceForTests } from './service-for-tests.ts';

const identifier = email('ada@example.com');

it('a login whose hash has yesterday’s cost or pepper stores one of today’s, behind its answer', async () => {
  await using database = await testDatabase();
  const peppers = randomRing('p1');
  await using before = await startServiceForTests(database.url, { peppers });
  const pool = await setUpPool(before);
  const by = { actor: '', auditAction: '', passwordIsNew: false };
  const proof = {
    ...pool,
    ...by,
    profileJson: Buffer.from('{"id":7}'),
    identifier,
    password: 'hunter2',
    requestIp: '',
  };
  await before.login.migrateUser(proof, inTime());
  const credentials = () => database.query('SELECT pepper_id, cost, hash FROM credentials');
  const [old] = await credentials();

  const secrets = new Map([...randomRing('p2').secrets, ...peppers.secrets]);
  await using after = await startServiceForTests(database.url, { peppers: { currentId: 'p2', secrets }, cost: 5 });
  const check = async (password: string) =>
    (await after.login.checkLogin({ ...pool, identifier, password, requestIp: '' }, inTime())).verdict;
  expect(await check('hunter3')).toBe(LocalVerdict.WRONG_PASSWORD);
  expect(await credentials()).toEqual([old]);
  expect(await check('hunter2')).toBe(LocalVerdict.VERIFIED);
  await expect.poll(credentials).toMatchObject([{ pepper_id: 'p2', cost: 5 }]);
  const [renewed] = await credentials();
  expect(renewed?.hash).toMatch(/^\$2b\$05\$/);
  expect(await check('hunter3')).toBe(LocalVerdict.WRONG_PASSWORD);
  expect(await check('hunter2')).toBe(LocalVerdict.VERIFIED);
  expect(await credentials()).toEqual([renewed]);
});
