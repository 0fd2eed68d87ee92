import { type Company, type CompanyOptions, SERVICE_NAMES, setUpCompany } from '@userferry/local-services';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { holdAnswers } from './rolling/hold-answers.ts';
import { createEdge, doubled, failures, type LoginStream, startLogins } from './rolling/login-stream.ts';
import type { Replica } from './rolling/replica.ts';
import { type ReplicaWorld, startReplicas } from './rolling/replica-world.ts';

type Name = (typeof SERVICE_NAMES)[number];

const stack = new AsyncDisposableStack();
let world: ReplicaWorld;
let logins: LoginStream | undefined;

beforeAll(async () => {
  const two = Object.fromEntries(SERVICE_NAMES.map((name) => [name, 2])) as Record<Name, number>;
  world = await startReplicas(stack, { ...two, 'script-runner': 3 });
});
afterEach(() => logins?.stop());
afterAll(() => stack.disposeAsync());

const AT_ONCE = 4;

/** A company of its own; a replica that has just thawed has its callers come again. */
const connect = (scripts?: CompanyOptions['scripts']): Promise<Company> => {
  const { address, operatorKey, legacy } = world;
  const options = { address, operatorKey, legacyUrl: legacy.url, ...(scripts && { scripts }) };
  return vi.waitFor(() => setUpCompany(options), { timeout: 30_000, interval: 500 });
};

/** Logins that go on until the test is over, in a pool where nobody was before. */
const start = async (company?: Company): Promise<LoginStream> => {
  logins = startLogins({ address: world.address, company: company ?? (await connect()), atOnce: AT_ONCE });
  return logins;
};

/** A company whose scripts are run by that script-runner: of which one a company is, shows. */
const companyAt = async (runner: Replica): Promise<Company> => {
  const at = world.replicas['script-runner'].indexOf(runner);
  for (;;) {
    const company = await connect();
    const before = runs();
    using edge = createEdge(world.address, company);
    await edge.login(1);
    const grown = () => runs().flatMap((each, n) => (each > (before[n] ?? 0) ? [n] : []));
    await expect.poll(() => grown().length, { timeout: 20_000 }).toBe(1);
    if (grown()[0] === at) return company;
  }
};

/** Each process that is started again takes its time on a busy machine. */
const LONG_MS = 180_000;

/** How often each replica of a service was called, by its own log. */
const callsAt = (name: Name, method: string): readonly number[] =>
  world.replicas[name].map(
    ({ lines }) => lines.filter(({ facts }) => facts?.msg === 'call' && String(facts.method).endsWith(method)).length,
  );

const runs = (): readonly number[] => callsAt('script-runner', 'ScriptRunnerService/RunScript');

/** Resolves when a replica has said something since its log had so many lines. */
const saidSince = (replica: Replica, lines: number, msg: string) =>
  expect.poll(() => replica.lines.slice(lines).some(({ facts }) => facts?.msg === msg), { timeout: 30_000 }).toBe(true);

describe('several processes of each service', () => {
  it('have the calls of a stream of logins spread evenly over them, and its runs at one script-runner', async () => {
    const before = runs();
    await (await start()).more(150);
    const path = [
      ['identity-gateway', 'IdentityService/Login'],
      ['migration-service', 'LoginService/CheckLogin'],
    ] as const;
    for (const [name, method] of path) {
      const calls = callsAt(name, method);
      const fair = calls.reduce((sum, each) => sum + each, 0) / calls.length;
      expect(fair).toBeGreaterThan(10);
      for (const each of calls) expect(each).toBeGreaterThan(fair / 2);
    }
    const grown = runs().map((each, n) => each - (before[n] ?? 0));
    expect(grown.filter((each) => each > 0)).toHaveLength(1);
  });

  it('have the runs of several companies spread over the script-runners', async () => {
    for (const runner of world.replicas['script-runner'])
      expect((await companyAt(runner)).userPoolId, 'a company of its own').not.toBe('');
  }, 60_000);

  it('of public-ip-service all know what every runner reports', async () => {
    for (const { lines } of world.replicas['public-ip-service'])
      await expect
        .poll(() => lines.filter(({ facts }) => String(facts?.method).endsWith('ReportEgress')).length, {
          timeout: 20_000,
        })
        .toBeGreaterThanOrEqual(3);
  });
});

describe('a stream of logins whose callers repeat nothing', () => {
  it.each(SERVICE_NAMES)(
    'loses none and doubles nobody while each %s is restarted',
    async (name) => {
      let stream = await start();
      for (const replica of world.replicas[name]) {
        if (name === 'script-runner') {
          await stream.stop();
          stream = await start(await companyAt(replica));
        }
        const { ended, more } = stream;
        await more(10);
        expect(await replica.stop()).toBe(0);
        await more(20);
        await replica.start();
        // A rollout leaves callers the time to find it again: they try every second at the least.
        if (name !== 'public-ip-service') await saidSince(replica, replica.lines.length, 'call');
        await more(10);
        expect(failures(ended)).toEqual([]);
        expect(doubled(ended)).toEqual([]);
      }
    },
    LONG_MS,
  );

  it.each(['migration-service', 'script-runner'] as const)(
    'is held up by a %s that is frozen, loses none, and goes there again when it thaws',
    async (name) => {
      const [frozen] = world.replicas[name];
      const { ended, more } = await start(name === 'script-runner' ? await companyAt(frozen as Replica) : undefined);
      await more(10);
      frozen?.signal('SIGSTOP');
      await more(40);
      const lines = frozen?.lines.length ?? 0;
      frozen?.signal('SIGCONT');
      await saidSince(frozen as Replica, lines, 'call');
      // A run that had begun there, and that the freeze kept from its database until its own time was over, says so.
      const late = failures(ended).filter(({ end }) => name === 'script-runner' && end === 'TIMED_OUT');
      expect(late.length).toBeLessThanOrEqual(AT_ONCE);
      expect(failures(ended).filter((each) => !late.includes(each))).toEqual([]);
      expect(doubled(ended)).toEqual([]);
    },
    LONG_MS,
  );
});

describe('a login that is under way when its services are told to stop', () => {
  it('ends as if they were not, and they end after it', async () => {
    const held = stack.use(await holdAnswers());
    const source = `async function login(query) {
      const answer = await require('axios').get('http://127.0.0.1:${held.port}/');
      return { id: 7, email: query.email, nickname: String(answer.data) };
    }`;
    const [gateway] = world.replicas['identity-gateway'];
    const scripts = { LOGIN: source, GET_USER: source.replace('login', 'getUser') };
    using edge = createEdge(gateway?.address ?? '', await connect(scripts));
    const login = edge.login(1);
    await held.asked;
    const going = [gateway, ...world.replicas['script-runner'], world.replicas['migration-service'][0]].filter(
      (replica) => replica !== undefined,
    );
    const before = going.map(({ lines }) => lines.length);
    const codes = Promise.all(going.map((replica) => replica.stop()));
    for (const [n, replica] of going.entries()) await saidSince(replica, before[n] ?? 0, 'stopping');
    held.release();
    expect(await login).toMatchObject({ end: 'AUTHENTICATED', migratedNow: true });
    expect(await codes).toEqual(going.map(() => 0));
  });
});
