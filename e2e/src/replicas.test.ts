import { ConnectionMode, SaveConnectionRequest } from '@userferry/contracts/management/v1/connection_service';
import { ScriptAction as WireAction } from '@userferry/contracts/runner/v1/script_runner_service';
import { TWIN_NAMES } from '@userferry/local-services';
import type { ScriptAction } from '@userferry/script-contract';
import { templateOf } from '@userferry/script-templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countHere, everybodyThere, times, wrongPasswordsCounted } from './faults/counted.ts';
import { NO_ANSWER, patientLogin } from './faults/patient-edge.ts';
import { byEmail, byUsername, type Caller, createCaller, reasonOf } from './legacy/caller.ts';
import { createCompany, identityAt, inTime, type LegacyCompany } from './legacy/connect-company.ts';
import { type LegacyShop, startLegacyShop } from './legacy/legacy-shop.ts';
import { createUserferry, type Userferry } from './world.ts';

const stack = new AsyncDisposableStack();
let shop: LegacyShop;
let ours: Userferry;
let company: LegacyCompany;
/** The same company's edge at one gateway and at the other. */
let callers: readonly [Caller, Caller];

beforeAll(async () => {
  shop = await startLegacyShop('postgresql');
  stack.defer(() => shop.stop());
  const env = { USERFERRY_EGRESS_ALLOW: `127.0.0.1:${shop.port}` };
  ours = stack.use(await createUserferry({ twins: true, restart: true, env }));
  const scriptOf = (action: ScriptAction) => templateOf('postgresql', action);
  const connection = { mode: 'LAZY_MIGRATION', uri: shop.uri, scriptOf } as const;
  company = stack.use(await createCompany(ours, { name: 'replicas', connection }));
  const twin = stack.use(identityAt(`127.0.0.1:${ours.services.twinPorts?.gateway}`, company.edgeKey));
  callers = [createCaller(company), createCaller({ userPoolId: company.userPoolId, identity: twin })];
});
afterAll(() => stack.disposeAsync());

const personOf = (username: string) => ({
  email: `${username}@shop.example`,
  username,
  password: `${username}-Secret-1`,
});
const arrive = async (username: string) => {
  const person = personOf(username);
  await shop.add(person);
  return person;
};
const pool = () => ({ userPoolId: company.userPoolId });
/** The same call at both gateways, one after the other. */
const atBoth = async (call: (caller: Caller) => Promise<unknown>) => [await call(callers[0]), await call(callers[1])];
const login =
  ({ username, password }: ReturnType<typeof personOf>) =>
  (caller: Caller) =>
    caller.login(byUsername(username), password);

describe('two replicas of each service over one store', () => {
  it('make one user of first logins that are made at both at once, and all of them succeed', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, (_, n) => arrive(`twice-${n}`)));
    const before = await everybodyThere(shop);
    const logins = people.flatMap((person) =>
      [...callers, ...callers].map((caller) => patientLogin([caller], byUsername(person.username), person.password)),
    );
    const ends = await Promise.all(logins);
    expect(ends.map(({ last }) => last)).toEqual(logins.map(() => 'AUTHENTICATED'));
    // Nothing but a place to run in was lacking, on a machine that is busy.
    expect(ends.flatMap(({ before: reasons }) => reasons).filter((reason) => !reason.endsWith('OVERLOADED'))).toEqual(
      [],
    );
    expect(new Set(ends.map(({ userId }) => userId)).size).toBe(people.length);
    expect(
      await countHere(
        ours.store,
        people.map(({ email }) => email),
      ),
    ).toEqual(times(people.length));
    expect(await everybodyThere(shop)).toBe(before);
  });

  it('let one of two registrations at once through', async () => {
    const profile = { email: 'only-one@shop.example', username: 'only-one' };
    const outcomes = await Promise.all(callers.map((caller) => caller.register(profile, 'local-Secret-1')));
    expect(outcomes.map(reasonOf).sort()).toEqual(['USER_EXISTS', undefined]);
    const { users, credentials } = (await countHere(ours.store, [profile.email])) ?? {};
    expect([users, credentials]).toEqual([1, 1]);
  });

  it('agree at once on a connection that was switched off or on, and on a script that was saved or rolled back', async () => {
    const person = await arrive('at-once');
    await atBoth(login(personOf('twice-0')));
    await company.connections.disableConnection(pool(), inTime());
    expect(await atBoth(login(person))).toMatchObject(
      [1, 2].map(() => ({ $case: 'rejected', value: { reason: 'INVALID_CREDENTIALS' } })),
    );
    await company.connections.enableConnection(pool(), inTime());
    const { connection } = await company.connections.getConnection(pool(), inTime());
    const source = 'async function login() { return broken.by.this.version; }';
    await company.connections.saveScript({ ...pool(), action: WireAction.LOGIN, source, language: 0 }, inTime());
    const broken = { $case: 'undecided', value: { reason: 'SCRIPT_FAILED' } };
    expect(await atBoth(login(person))).toMatchObject([broken, broken]);
    await company.connections.rollbackScript({ ...pool(), version: connection?.version ?? 0n }, inTime());
    expect((await atBoth(login(person))).map((outcome) => reasonOf(outcome as never))).toEqual([undefined, undefined]);
  });

  it('agree at once on a mode that was changed', async () => {
    const person = await arrive('changed-mode');
    const saveMode = (mode: ConnectionMode) =>
      company.connections.saveConnection(
        SaveConnectionRequest.fromPartial({ ...pool(), mode, keepEnv: true }),
        inTime(),
      );
    await saveMode(ConnectionMode.CUSTOM_USER_STORE);
    expect(await atBoth(login(person))).toMatchObject([1, 2].map(() => ({ value: { user: { userId: '' } } })));
    await saveMode(ConnectionMode.LAZY_MIGRATION);
    expect(await atBoth(login(person))).toMatchObject([
      { $case: 'authenticated', value: { migratedNow: true } },
      { $case: 'authenticated', value: { migratedNow: false } },
    ]);
  });

  it('count wrong passwords together: who has tried too often at one has to wait at the other', async () => {
    const person = await arrive('guessed');
    const wrong = (n: number) => (callers[n % 2] as Caller).login(byUsername(person.username), 'not it');
    const reasons: (string | undefined)[] = [];
    for (let n = 0; n < 12; n += 1) reasons.push(reasonOf(await wrong(n)));
    expect(reasons).toEqual([...Array(10).fill('INVALID_CREDENTIALS'), ...Array(2).fill('TOO_MANY_ATTEMPTS')]);
    for (const outcome of await atBoth(login(person))) {
      expect(outcome).toMatchObject({ $case: 'rejected', value: { reason: 'TOO_MANY_ATTEMPTS' } });
    }
    expect(await countHere(ours.store, [person.email])).toMatchObject({ users: 0 });
  });
});

describe('a migration-service that stood still', () => {
  it('begins nothing of what was sent to it meanwhile, and was done at the other since, or undone', async () => {
    const { connections } = company;
    const pid = ours.services.twins?.['migration-service'].pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    try {
      // They go to both in turn; whose replica does not answer a ping are made again at the other.
      const off = Array.from({ length: 4 }, () => connections.disableConnection(pool(), inTime(25_000)));
      for (const { connection } of await Promise.all(off)) expect(connection?.enabled).toBe(false);
      await connections.enableConnection(pool(), inTime(25_000));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const before = ours.lines.length;
    const heard = () => ours.lines.slice(before).filter(({ text }) => text.includes('/SetConnectionEnabled'));
    await expect.poll(() => heard().length, { timeout: 10_000 }).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await connections.getConnection(pool(), inTime())).connection?.enabled).toBe(true);
  });
});

describe('while one replica of two is killed', () => {
  it.each(TWIN_NAMES)('%s: logins go on at the other, nobody is lost, doubled or refused', async (name) => {
    await ours.store.query('DELETE FROM login_attempts', { database: 'userferry' });
    const people = await Promise.all(Array.from({ length: 12 }, (_, n) => arrive(`${name}-${n}`)));
    const before = await everybodyThere(shop);
    const logins = people.map(async (person, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 60));
      const [first, second] = n % 2 === 0 ? callers : [callers[1], callers[0]];
      return patientLogin([first, second], byEmail(person.email), person.password);
    });
    setTimeout(() => process.kill(ours.services.processes[name].pid ?? 0, 'SIGKILL'), 300);
    const ends = await Promise.all(logins);
    expect(ends.map(({ last }) => last)).toEqual(people.map(() => 'AUTHENTICATED'));
    expect(ends.flatMap((end) => end.before).filter((reason) => !NO_ANSWER.includes(reason))).toEqual([]);
    expect(
      await countHere(
        ours.store,
        people.map(({ email }) => email),
      ),
    ).toEqual(times(people.length));
    expect(await everybodyThere(shop)).toBe(before);
    await expect.poll(() => wrongPasswordsCounted(ours.store)).toBe(0);
    await ours.services.processes[name].ready();
  });
});
