import { readFileSync } from 'node:fs';
import {
  createLogin,
  type LocalWorld,
  type Login,
  MEMBERS,
  member,
  SERVICE_NAMES,
  setUpCompany,
  startLocalWorld,
} from '@userferry/local-services';
import bcrypt from 'bcrypt';
import type { Effort, Figures } from './compare-logins.ts';
import { isolateHostsBelow } from './host-memory.ts';
import { treeCpuMs } from './process-cpu.ts';
import { rounded } from './statistics.ts';

const KIB = 1024;
const MIB = KIB * KIB;
/** Our hash costs next to nothing here, so that what is left shows; what it costs is measured by itself. */
const CHEAP = '4';
const HASHES = [10, 12] as const;
const AT_A_TIME = 4;

type Costs = Readonly<Record<string, number>>;

/** CPU time so far of each service with all that it has started, and of our store's server. */
const costsOf = ({ services, store }: LocalWorld): Costs =>
  Object.fromEntries([
    ...SERVICE_NAMES.map((name) => [name, treeCpuMs(services.processes[name].pid ?? 0)]),
    ['store', treeCpuMs(store.pid)],
  ]);

const perLogin = (phase: string, before: Costs, after: Costs, logins: number): Figures =>
  Object.fromEntries(
    Object.keys(after).map((name) => [
      `${phase}_${name.replaceAll('-', '_')}_cpu_ms`,
      rounded(((after[name] ?? 0) - (before[name] ?? 0)) / logins),
    ]),
  );

const logInAll = async (login: Login, numbers: readonly number[]): Promise<void> => {
  const left = [...numbers];
  const edge = async () => {
    for (let n = left.shift(); n !== undefined; n = left.shift()) {
      const outcome = await login(member(n).mail, member(n).password);
      if (outcome?.$case !== 'authenticated') throw new Error(`a login ended as ${outcome?.$case}`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, edge));
};

const span = (from: number, count: number): number[] => Array.from({ length: count }, (_, n) => from + n);

/** One of our hashes, alone: CPU ms. */
const hashCost = async (cost: number, count: number): Promise<number> => {
  await bcrypt.hash('warm', 4);
  const before = process.cpuUsage();
  for (let n = 0; n < count; n += 1) await bcrypt.hash('a password', cost);
  const { user, system } = process.cpuUsage(before);
  return rounded((user + system) / 1_000 / count);
};

const memoryOf = (pid: number): { rss: number; pss: number } => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * KIB;
  return { rss: field('Rss'), pss: field('Pss') };
};

/** What a warm connection's isolate hosts hold, and each service by itself; MiB. */
const memoryFigures = ({ services }: LocalWorld): Figures => {
  const hosts = isolateHostsBelow(services.processes['script-runner'].pid ?? 0).map(memoryOf);
  const warm = hosts.reduce((most, each) => (each.pss > most.pss ? each : most), { rss: 0, pss: 0 });
  const own = SERVICE_NAMES.map((name) => {
    const { rss } = memoryOf(services.processes[name].pid ?? 0);
    return [`${name.replaceAll('-', '_')}_rss_mb`, rounded(rss / MIB)];
  });
  return {
    isolate_hosts: hosts.length,
    warm_host_rss_mb: rounded(warm.rss / MIB),
    warm_host_pss_mb: rounded(warm.pss / MIB),
    ...Object.fromEntries(own),
  };
};

/**
 * What one login costs in each service and in our store, counted as CPU time over gRPC and real processes: the first one,
 * which a script answers, and the second, which we answer. Our hash is left out and told by itself.
 */
export const loginCost = async ({ pairs }: Effort): Promise<Figures> => {
  await using world = await startLocalWorld({ env: { USERFERRY_BCRYPT_COST: CHEAP } });
  const { address, operatorKey, legacy } = world;
  const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
  using login = createLogin({ address, ...company, requestIp: '' });
  const count = Math.min(pairs, MEMBERS - 100);
  const warmUp = span(1, Math.min(100, count));
  await logInAll(login, warmUp);
  await logInAll(login, warmUp);
  const start = costsOf(world);
  await logInAll(login, span(101, count));
  const between = costsOf(world);
  const memory = memoryFigures(world);
  for (let round = 0; round < 3; round += 1) await logInAll(login, span(101, count));
  const end = costsOf(world);
  const hashes: [string, number][] = [];
  for (const cost of HASHES) hashes.push([`hash_cost_${cost}_cpu_ms`, await hashCost(cost, pairs < 50 ? 1 : 10)]);
  return {
    ...perLogin('first', start, between, count),
    ...perLogin('second', between, end, count * 3),
    ...Object.fromEntries(hashes),
    ...memory,
  };
};
