import { treeCpuMs } from './process-cpu.ts';
import { quantile, ratioInterval, rounded } from './statistics.ts';

/** One of the two that are compared: how it logs the n-th member in, and what its processes have cost so far. */
export type Contender = {
  readonly login: (n: number) => Promise<unknown>;
  readonly cpuMs: () => number;
};

export type Effort = {
  readonly warmUp: number;
  /** Pairs of single logins, one after the other. */
  readonly pairs: number;
  /** Rounds of logins at `parallel` at a time, the two in turn. */
  readonly rounds: number;
  readonly roundMs: number;
  readonly parallel: number;
};

export const FULL: Effort = { warmUp: 40, pairs: 300, rounds: 3, roundMs: 4_000, parallel: 16 };
/** That it runs and brings its figures; what they say means nothing. */
export const QUICK: Effort = { warmUp: 2, pairs: 4, rounds: 1, roundMs: 300, parallel: 4 };

/** How many people log in, in turn. */
export const PEOPLE = 50;

export type Figures = Readonly<Record<string, number>>;

/** Sandbox ÷ plain Node, measured in turn in the same run, so that a machine that drifts does not tell for one of them. */
export const compareLogins = async (sandbox: Contender, plain: Contender, effort: Effort): Promise<Figures> => {
  let n = 0;
  const next = () => (n = (n % PEOPLE) + 1);
  for (let i = 0; i < effort.warmUp; i += 1) await Promise.all([sandbox.login(next()), plain.login(next())]);
  const alone = await inPairs(sandbox, plain, { effort, next });
  const loaded = await inRounds(sandbox, plain, { effort, next });
  const p = (share: number) => quantile(alone.sandbox, share) / quantile(alone.plain, share);
  const { low, high } = ratioInterval(alone.sandbox, alone.plain, 0.5);
  return {
    latency_p50_ratio: rounded(p(0.5)),
    latency_p50_ratio_low: low,
    latency_p50_ratio_high: high,
    latency_p95_ratio: rounded(p(0.95)),
    latency_p99_ratio: rounded(p(0.99)),
    cpu_ratio: rounded(loaded.sandbox.cpuMs / loaded.plain.cpuMs),
    throughput_ratio: rounded(loaded.sandbox.perSecond / loaded.plain.perSecond),
    sandbox_p50_ms: rounded(quantile(alone.sandbox, 0.5)),
    plain_p50_ms: rounded(quantile(alone.plain, 0.5)),
    sandbox_cpu_ms: rounded(loaded.sandbox.cpuMs),
    plain_cpu_ms: rounded(loaded.plain.cpuMs),
    sandbox_per_second: rounded(loaded.sandbox.perSecond),
    plain_per_second: rounded(loaded.plain.perSecond),
  };
};

type How = { readonly effort: Effort; readonly next: () => number };

const inPairs = async (sandbox: Contender, plain: Contender, { effort, next }: How) => {
  const times = { sandbox: [] as number[], plain: [] as number[] };
  for (let i = 0; i < effort.pairs; i += 1) {
    times.plain.push(await timed(plain, next()));
    times.sandbox.push(await timed(sandbox, next()));
  }
  return times;
};

const timed = async ({ login }: Contender, n: number): Promise<number> => {
  const started = performance.now();
  await login(n);
  return performance.now() - started;
};

type Load = { logins: number; ms: number; cpu: number };

const nothingYet = (): Load => ({ logins: 0, ms: 0, cpu: 0 });

const inRounds = async (sandbox: Contender, plain: Contender, { effort, next }: How) => {
  const loads = { sandbox: nothingYet(), plain: nothingYet() };
  // Not counted: what serves so many at a time, isolates and connections, is made here, and is to be warm as well.
  await oneRound(plain, nothingYet(), { effort, next });
  await oneRound(sandbox, nothingYet(), { effort, next });
  for (let i = 0; i < effort.rounds; i += 1) {
    await oneRound(plain, loads.plain, { effort, next });
    await oneRound(sandbox, loads.sandbox, { effort, next });
  }
  const perLogin = ({ logins, ms, cpu }: Load) => ({ perSecond: (logins / ms) * 1000, cpuMs: cpu / logins });
  return { sandbox: perLogin(loads.sandbox), plain: perLogin(loads.plain) };
};

const oneRound = async (contender: Contender, load: Load, { effort, next }: How): Promise<void> => {
  const cpuBefore = contender.cpuMs();
  const started = performance.now();
  const until = started + effort.roundMs;
  await Promise.all(
    Array.from({ length: effort.parallel }, async () => {
      while (performance.now() < until) {
        await contender.login(next());
        load.logins += 1;
      }
    }),
  );
  load.ms += performance.now() - started;
  load.cpu += contender.cpuMs() - cpuBefore;
};

/** What this process and its children have cost, without those processes that count for the other contender, or for none. */
export const ownCpuMs = (otherPids: readonly number[]) => () => treeCpuMs(process.pid, otherPids);
