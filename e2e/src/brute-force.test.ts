import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byEmail, byUsername, type Caller, createCaller } from './legacy/caller.ts';
import { createCompany } from './legacy/connect-company.ts';
import { createUserferry, type Userferry } from './world.ts';

const stack = new AsyncDisposableStack();
let ours: Userferry;
let caller: Caller;
beforeAll(async () => {
  ours = stack.use(await createUserferry());
  caller = createCaller(stack.use(await createCompany(ours, { name: 'guessed at' })));
});
afterAll(() => stack.disposeAsync());

const PASSWORD = 'the-right-Secret-1';
const register = (username: string) => caller.register({ username }, PASSWORD);
const login = (username: string, password: string, ip = '') => caller.login(byUsername(username), password, { ip });
const wrong = { $case: 'rejected', value: { reason: 'INVALID_CREDENTIALS' } };
const tooMany = { $case: 'rejected', value: { reason: 'TOO_MANY_ATTEMPTS', code: 0 } };
const right = { $case: 'authenticated' };

const waitOf = (outcome: Awaited<ReturnType<typeof login>>): number =>
  outcome?.$case === 'rejected' ? Number(outcome.value.retryAfterMs) : -1;

/** As if the time that has to be waited had gone by. */
const passTime = () =>
  ours.store.query(`UPDATE login_attempts SET blocked_until = now() - interval '1 ms' WHERE blocked_until > now()`, {
    database: 'userferry',
  });

describe('wrong passwords for one identifier', () => {
  it('are borne ten times; then each try waits, ever longer, and the right password waits as well', async () => {
    await register('ada');
    for (let n = 0; n < 10; n += 1) expect(await login('ada', 'not it')).toMatchObject(wrong);
    const waits: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const refused = await login('ada', n % 2 === 0 ? 'not it' : PASSWORD);
      expect(refused).toMatchObject(tooMany);
      waits.push(Math.round(waitOf(refused) / 1_000));
      await passTime();
      expect(await login('ada', 'not it')).toMatchObject(wrong);
    }
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThan(0);
      if (index > 0) expect(wait / (waits[index - 1] ?? 1)).toBeCloseTo(2, 0);
    }
  });

  it('are forgotten after a success, and hold nobody else up', async () => {
    await register('bob');
    await register('cy');
    for (let n = 0; n < 9; n += 1) expect(await login('bob', 'not it')).toMatchObject(wrong);
    expect(await login('cy', PASSWORD)).toMatchObject(right);
    expect(await login('bob', PASSWORD)).toMatchObject(right);
    for (let n = 0; n < 9; n += 1) expect(await login('bob', 'not it')).toMatchObject(wrong);
    expect(await login('bob', PASSWORD)).toMatchObject(right);
  });

  it('from elsewhere keep nobody out where they have logged in before', async () => {
    const [home, elsewhere] = ['203.0.113.40', '203.0.113.41'];
    await register('gus');
    expect(await login('gus', PASSWORD, home)).toMatchObject(right);
    for (let n = 0; n < 10; n += 1) expect(await login('gus', 'not it', elsewhere)).toMatchObject(wrong);
    expect(await login('gus', PASSWORD, elsewhere)).toMatchObject(tooMany);
    expect(await login('gus', PASSWORD, home)).toMatchObject(right);
    for (let n = 0; n < 10; n += 1) expect(await login('gus', 'not it', home)).toMatchObject(wrong);
    expect(await login('gus', PASSWORD, home)).toMatchObject(tooMany);
  });

  it('count for somebody who does not exist as for somebody who does', async () => {
    for (let n = 0; n < 10; n += 1) expect(await login('nobody', 'not it')).toMatchObject(wrong);
    expect(await login('nobody', 'not it')).toMatchObject(tooMany);
  });
});

it('whoever has set a new password without the old one does not wait for what was tried before', async () => {
  const chosen = 'the-new-Secret-2';
  await caller.register({ username: 'fay', email: 'fay@shop.example' }, PASSWORD);
  for (let n = 0; n < 10; n += 1) expect(await login('fay', 'not it')).toMatchObject(wrong);
  expect(await login('fay', PASSWORD)).toMatchObject(tooMany);
  expect(await caller.reset(byEmail('fay@shop.example'), chosen)).toMatchObject({ $case: 'reset' });
  await expect.poll(() => login('fay', chosen)).toMatchObject(right);
});

describe('wrong passwords from one address', () => {
  it('are borne a hundred times, whoever is guessed at; another address is free', async () => {
    await register('dee');
    const [busy, other] = ['203.0.113.50', '203.0.113.51'];
    for (let n = 0; n < 100; n += 10)
      await Promise.all(Array.from({ length: 10 }, (_, m) => login(`guess-${n + m}`, 'not it', busy)));
    expect(await login('dee', PASSWORD, busy)).toMatchObject(tooMany);
    expect(await login('dee', PASSWORD, other)).toMatchObject(right);
  });

  it('do not count successes', async () => {
    await register('eve');
    for (let n = 0; n < 110; n += 10)
      for (const outcome of await Promise.all(Array.from({ length: 10 }, () => login('eve', PASSWORD, '203.0.113.52'))))
        expect(outcome).toMatchObject(right);
  });
});

it('no count names anyone: neither identifier nor address is in the store', async () => {
  const rows = await ours.store.query<{ row: string }>('SELECT t::text AS row FROM login_attempts t', {
    database: 'userferry',
  });
  expect(rows.length).toBeGreaterThan(5);
  expect(JSON.stringify(rows)).not.toMatch(/203\.0\.113|@|example|guess|eve\b|user/);
});

describe('limits that the operator has set', () => {
  const set = {
    USERFERRY_WRONG_PASSWORDS_PER_IDENTIFIER_MAX: '2',
    USERFERRY_WRONG_PASSWORDS_PER_ADDRESS_MAX: '5',
    USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS: '120',
    USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX: '120',
  };
  it('are what is borne, for an identifier and for an address, and how long is waited', async () => {
    await using strict = await createUserferry({ env: set });
    using company = await createCompany(strict, { name: 'guessed at less' });
    const { login: guess } = createCaller(company);
    const at = (username: string, ip = '') => guess(byUsername(username), 'not it', { ip });
    for (let n = 0; n < 2; n += 1) expect(await at('ada')).toMatchObject(wrong);
    const refused = await at('ada');
    expect(refused).toMatchObject(tooMany);
    expect(waitOf(refused)).toBeGreaterThan(60_000);
    expect(waitOf(refused)).toBeLessThanOrEqual(120_000);
    const address = '203.0.113.60';
    for (let n = 0; n < 5; n += 1) expect(await at(`guess-${n}`, address)).toMatchObject(wrong);
    expect(await at('guess-5', address)).toMatchObject(tooMany);
  });
});
