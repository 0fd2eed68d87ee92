import { hasPgbouncer, type LocalPgbouncer, startPgbouncer, startPostgres } from '@userferry/local-databases';
import type { ScriptAction } from '@userferry/script-contract';
import { templateOf } from '@userferry/script-templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countHere, times, wrongPasswordsCounted } from './faults/counted.ts';
import { NO_ANSWER, patientLogin } from './faults/patient-edge.ts';
import { byEmail, type Caller, createCaller } from './legacy/caller.ts';
import { createCompany, type LegacyCompany } from './legacy/connect-company.ts';
import { type LegacyShop, startLegacyShop } from './legacy/legacy-shop.ts';
import { createUserferry, type Userferry } from './world.ts';

describe.skipIf(!hasPgbouncer())('two replicas of each service behind PgBouncer', () => {
  const stack = new AsyncDisposableStack();
  let shop: LegacyShop;
  let pooler: LocalPgbouncer;
  let ours: Userferry;
  let caller: Caller;
  beforeAll(async () => {
    shop = await startLegacyShop('postgresql');
    stack.defer(() => shop.stop());
    const store = await startPostgres();
    pooler = await startPgbouncer({ target: store, poolSize: 6 });
    stack.defer(() => pooler.stop());
    const env = {
      USERFERRY_EGRESS_ALLOW: `127.0.0.1:${shop.port}`,
      USERFERRY_DATABASE_POOLER: 'transaction',
      USERFERRY_DATABASE_STATEMENT_TIMEOUT_MS: '4000',
    };
    const given = { startStore: async () => store, storeAddress: pooler.through, twins: true, restart: true, env };
    ours = stack.use(await createUserferry(given));
    const scriptOf = (action: ScriptAction) => templateOf('postgresql', action);
    const connection = { mode: 'LAZY_MIGRATION', uri: shop.uri, scriptOf } as const;
    const company: LegacyCompany = stack.use(await createCompany(ours, { name: 'pooled', connection }));
    caller = createCaller(company);
  });
  afterAll(() => stack.disposeAsync());

  const arrive = async (username: string) => {
    const person = { email: `${username}@shop.example`, username, password: `${username}-Secret-1` };
    await shop.add(person);
    return person;
  };

  it('bring an empty database up together, and one of them makes the tables', () => {
    const ran = ours.lines.flatMap(({ facts }) => (Array.isArray(facts?.migrations) ? [facts.migrations.length] : []));
    expect([ran.length, ran.filter((count) => count > 0).length]).toEqual([2, 1]);
  });

  it('say at the start that the role has no limits', () => {
    expect(ours.lines.some(({ text }) => text.includes('ALTER ROLE'))).toBe(true);
  });

  it('let people in, the first time and the second', async () => {
    const person = await arrive('pooled');
    const first = await patientLogin([caller], byEmail(person.email), person.password);
    const second = await patientLogin([caller], byEmail(person.email), person.password);
    expect([first.last, second.last]).toEqual(['AUTHENTICATED', 'AUTHENTICATED']);
    expect(second.userId).toBe(first.userId);
  });

  it('go on after PgBouncer was killed in the middle of logins: at worst no answer, nobody doubled or counted', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, (_, n) => arrive(`restart-${n}`)));
    const logins = people.map(async ({ email, password }, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 60));
      return patientLogin([caller], byEmail(email), password);
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await pooler.kill();
    await pooler.resume();
    const ends = await Promise.all(logins);
    expect(ends.map(({ last }) => last)).toEqual(people.map(() => 'AUTHENTICATED'));
    expect(ends.flatMap(({ before }) => before).filter((reason) => !NO_ANSWER.includes(reason))).toEqual([]);
    const emails = people.map(({ email }) => email);
    expect(await countHere(ours.store, emails)).toEqual(times(people.length));
    await expect.poll(() => wrongPasswordsCounted(ours.store), { timeout: 20_000 }).toBe(0);
  });
});
