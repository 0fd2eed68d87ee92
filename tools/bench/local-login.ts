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
import { treeCpuMs } from './process-cpu.ts';
import { rounded } from './statistics.ts';

/** People who have migrated and log in again, in turn. */
const MIGRATED = 8;
/** Our own default, stated; low where only that it runs is asked. */
const COST = 12;
const QUICK_COST = 8;
const BARE = fileURLToPath(new URL('scripts/bare-bcrypt.js', import.meta.url));
const PASSWORD = member(1).password;

/**
 * The second login, through all services over gRPC, against nothing but bcrypt at the same cost in plain Node on the same
 * cores. `not_hashing_cpu_ms`: what a login costs all our services and our store's server beyond the comparison.
 */
export const localLogin = async (effort: Effort): Promise<Figures> => {
  const cost = effort.pairs < 50 ? QUICK_COST : COST;
  await using world = await startLocalWorld({ env: { USERFERRY_BCRYPT_COST: String(cost) } });
  const { address, operatorKey, legacy } = world;
  const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
  using login = createLogin({ address, ...company, requestIp: '' });
  await moveOver(login);
  using bare = startPlainNode(BARE, { HASH: await bcrypt.hash(PASSWORD, cost) });
  return figuresOf(await compareLogins(ours(login, world), alone(bare), effort));
};

const moveOver = async (login: Login): Promise<void> => {
  for (let n = 1; n <= MIGRATED; n += 1) await loggedIn(login, n, 'custom_database');
};

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
    not_hashing_cpu_ms: rounded(sandbox_cpu_ms - plain_cpu_ms),
    login_p50_ms: sandbox_p50_ms,
    bcrypt_p50_ms: plain_p50_ms,
    login_cpu_ms: sandbox_cpu_ms,
    bcrypt_cpu_ms: plain_cpu_ms,
  };
};
