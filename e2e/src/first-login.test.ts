import { readFileSync } from 'node:fs';
import { LoginSource } from '@userferry/contracts/identity/v1/identity_service';
import { member, sampleScripts } from '@userferry/local-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, dumpStore, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const usersWith = async (mail: string): Promise<number> => {
  const sql = `SELECT count(DISTINCT user_id)::int AS n FROM user_identifiers WHERE value = $1`;
  const [row] = await world.store.query<{ n: number }>(sql, { database: 'userferry', values: [mail] });
  return row?.n ?? -1;
};

describe('a first login', () => {
  it('proves the password in the legacy database and moves the user over; the second one is ours alone', async () => {
    const { mail, password } = member(10);
    const first = await world.login(mail, password);
    expect(first).toMatchObject({
      $case: 'authenticated',
      value: {
        source: LoginSource.CUSTOM_DATABASE,
        migratedNow: true,
        user: { profile: { email: mail, nickname: 'Member 10' } },
      },
    });
    await world.legacy.server.pause();
    try {
      const second = await world.login(mail, password);
      expect(second).toMatchObject({
        $case: 'authenticated',
        value: { source: LoginSource.LOCAL, migratedNow: false },
      });
    } finally {
      await world.legacy.server.resume();
    }
  });

  it('keeps the type of the legacy id', async () => {
    const { mail, password } = member(11);
    const outcome = await world.login(mail, password);
    expect(outcome).toMatchObject({
      value: { user: { externalRef: { ref: { $case: 'externalIdNumber', value: 11 } } } },
    });
  });

  it('made twice at once makes one user, and both succeed', async () => {
    const { mail, password } = member(12);
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => world.login(mail, password)));
    const ids = outcomes.map((outcome) =>
      outcome?.$case === 'authenticated' ? outcome.value.user?.userId : undefined,
    );
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(await usersWith(mail)).toBe(1);
  });

  it('with a wrong password stores nothing', async () => {
    const { mail } = member(13);
    expect(await world.login(mail, 'not it')).toMatchObject({
      $case: 'rejected',
      value: { reason: 'INVALID_CREDENTIALS', code: 2333 },
    });
    expect(await usersWith(mail)).toBe(0);
  });

  it('of somebody whom nobody knows is answered like a wrong password', async () => {
    const unknown = await world.login('nobody@acme.example', 'x');
    expect(unknown).toEqual(await world.login(member(14).mail, 'not it'));
  });

  it('while the legacy database is down is left undecided and stores nothing', async () => {
    const { mail, password } = member(15);
    await world.legacy.server.pause();
    try {
      expect(await world.login(mail, password)).toMatchObject({
        $case: 'undecided',
        value: { reason: 'LEGACY_STORE_UNREACHABLE' },
      });
      expect(await usersWith(mail)).toBe(0);
    } finally {
      await world.legacy.server.resume();
    }
    expect(await world.login(mail, password)).toMatchObject({ $case: 'authenticated' });
  });
});

describe('what is left behind', () => {
  it('holds no secret in plain text: not our store, not any service’s log', async () => {
    const { mail, password } = member(16);
    await world.login(mail, password);
    await world.login(mail, 'a-wrong-Password-typed-by-hand');
    const legacyPassword = decodeURIComponent(new URL(world.legacy.url).password);
    const { adminKey, edgeKey } = world.company;
    const secrets = [password, 'a-wrong-Password-typed-by-hand', legacyPassword, world.legacy.url, adminKey, edgeKey];
    const everything = { store: await dumpStore(world.store), logs: world.lines.map(({ text }) => text).join('\n') };
    expect(everything.store).toContain(mail);
    expect(everything.logs).toContain('login');
    for (const secret of [...secrets, world.operatorKey, world.serviceToken])
      for (const [place, text] of Object.entries(everything)) expect(text.includes(secret), place).toBe(false);
    expect(everything.store).not.toContain('bcrypt.compare');
    expect(everything.logs).not.toContain('$2b$');
    expect(sampleScripts().LOGIN).toContain('bcrypt.compare');
  });

  it('follows one login through all services by its request id', async () => {
    const { mail, password } = member(17);
    const before = world.lines.length;
    await world.login(mail, password);
    await expect.poll(() => servicesOf(before)).toEqual(['identity-gateway', 'migration-service', 'script-runner']);
  });

  const servicesOf = (from: number) => {
    const calls = world.lines.slice(from).filter(({ facts }) => facts?.msg === 'call');
    const login = calls.find(({ facts }) => String(facts?.method).endsWith('IdentityService/Login'));
    const its = calls.filter(({ facts }) => facts?.requestId === login?.facts?.requestId);
    return [...new Set(its.map(({ service }) => service))].sort();
  };
});

it.each(['identity-gateway', 'script-runner', 'public-ip-service'] as const)(
  '%s knows neither the store nor its keys',
  (name) => {
    const environment = readFileSync(`/proc/${world.services.processes[name].pid}/environ`, 'utf8');
    expect(environment).toContain('USERFERRY_SERVICE_TOKEN');
    expect(environment).not.toMatch(/DATABASE_URL|KEY_FILE|OPERATOR_KEY|ENCRYPTION|PEPPER/);
  },
);
