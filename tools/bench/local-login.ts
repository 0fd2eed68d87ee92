import { fileURLToPath } from 'node:url';
import {
  createLogin,
  type LocalWorld,
  type Login,
  member,
  setUpCompany,
  startLocalWorld,
} from '@userferry/local-services';
import bcrypt from 'bcrypt';
import { compareLogins, type Effort, type Figures } from './compare-logins.ts';
import { type PlainNode, startPlainNode } from './plain-node.ts';
import { threadCpuMs, treeCpuMs } from './process-cpu.ts';
import { rounded } from './statistics.ts';

/** People who have migrated and log in again, in turn. */
const MIGRATED = 8;
/** Our own default, stated; low where only that it runs is asked. */
const COST = 12;
const QUICK_COST = 8;
const BARE = fileURLToPath(new URL('scripts/bare-bcrypt.js', import.meta.url));
const PASSWORD = member(1).password;

/** Each takes a third of a second at our cost. */
const PAIRS_MAX = 60;
/** For what is not hashing: so low that the rest is no small difference of two large numbers. */
const LOW_COST = 4;
/** Until what runs again and again is compiled, as in a service that has been there for a while. */
const WARM_UP = 3_000;
const WARM_UP_QUICK = 50;
/** Where hashes are made; lines of the log are written there, too, which is a hundredth of a hash of even that cost. */
const HASHING_THREADS = 'libuv-worker';

/**
 * The second login, through all services over gRPC, against nothing but bcrypt at the same cost in plain Node on the same
 * cores. `not_hashing_cpu_ms`: what a login costs all our services and our store's server beside the threads that hash, at
 * a low cost, under load.
 */
export const localLogin = async (effort: Effort): Promise<Figures> => ({
  ...(await againstBcrypt(effort)),
  ...(await notHashing(effort)),
});

const againstBcrypt = async (effort: Effort): Promise<Figures> => {
  const cost = effort.pairs < 50 ? QUICK_COST : COST;
  await using world = await startLocalWorld({ env: { USERFERRY_BCRYPT_COST: String(cost) } });
  using login = await migratedLogin(world);
  using bare = startPlainNode(BARE, { HASH: await bcrypt.hash(PASSWORD, cost) });
  const pairs = Math.min(effort.pairs, PAIRS_MAX);
  return figuresOf(await compareLogins(ours(login, world), alone(bare), { ...effort, pairs }));
};

/** Logs in people who have moved over. */
const migratedLogin = async ({ address, operatorKey, legacy }: LocalWorld): Promise<Login & Disposable> => {
  const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
  const login = createLogin({ address, ...company, requestIp: '' });
  for (let n = 1; n <= MIGRATED; n += 1) await loggedIn(login, n, 'custom_database');
  return login;
};

const notHashing = async ({ pairs, rounds, roundMs, parallel }: Effort): Promise<Figures> => {
  await using world = await startLocalWorld({ env: { USERFERRY_BCRYPT_COST: String(LOW_COST) } });
  using login = await migratedLogin(world);
  let logins = 0;
  const load = (more: () => boolean) =>
    Promise.all(
      Array.from({ length: parallel }, async () => {
        while (more()) await loggedIn(login, (logins++ % MIGRATED) + 1, 'local');
      }),
    );
  await load(() => logins < (pairs < 50 ? WARM_UP_QUICK : WARM_UP));
  const [before, warm] = [cpuOf(world), logins];
  const until = performance.now() + rounds * roundMs;
  await load(() => performance.now() < until);
  const after = cpuOf(world);
  return { not_hashing_cpu_ms: rounded((after - before) / (logins - warm)) };
};

/** Of all our services and our store's server, but for the threads that hash. */
const cpuOf = ({ services, store }: LocalWorld): number =>
  [store.pid, ...Object.values(services.processes).map(({ pid }) => pid ?? 0)]
    .flatMap((pid) => [...threadCpuMs(pid)])
    .reduce((sum, [thread, ms]) => (thread === HASHING_THREADS ? sum : sum + ms), 0);

const loggedIn = async (login: Login, n: number, source: 'local' | 'custom_database'): Promise<void> => {
  const { mail, password } = member(n);
  const outcome = await login(mail, password);
  const migratedNow = outcome?.$case === 'authenticated' && outcome.value.migratedNow;
  if (outcome?.$case !== 'authenticated' || migratedNow !== (source === 'custom_database'))
    throw new Error(`a login from ${source} ended as ${outcome?.$case}`);
};

const ours = (login: Login, { services, store }: LocalWorld) => ({
  login: (n: number) => loggedIn(login, ((n - 1) % MIGRATED) + 1, 'local'),
  cpuMs: () =>
    [store.pid, ...Object.values(services.processes).map(({ pid }) => pid ?? 0)].reduce(
      (sum, pid) => sum + treeCpuMs(pid),
      0,
    ),
});

const alone = (bare: PlainNode) => ({
  login: () => bare.login([PASSWORD]),
  cpuMs: () => treeCpuMs(bare.pid),
});

const figuresOf = (compared: Figures): Figures => {
  const { sandbox_p50_ms = 0, sandbox_cpu_ms = 0, plain_cpu_ms = 0, plain_p50_ms = 0 } = compared;
  const { latency_p50_ratio = 0, latency_p95_ratio = 0, throughput_ratio = 0 } = compared;
  return {
    throughput_ratio,
    latency_p50_ratio,
    latency_p95_ratio,
    login_p50_ms: sandbox_p50_ms,
    bcrypt_p50_ms: plain_p50_ms,
    login_cpu_ms: sandbox_cpu_ms,
    bcrypt_cpu_ms: plain_cpu_ms,
  };
};
