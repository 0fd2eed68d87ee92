import type { Result, Results } from '../run-benchmarks.ts';
import type { Interval } from '../statistics.ts';

/** What is asked of one figure of one benchmark. */
export type Goal = {
  readonly what: string;
  readonly benchmark: string;
  readonly figure: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly unit: string;
};

const ratio = (what: string, benchmark: string, figure: string, atMost: number): Goal => ({
  what,
  benchmark,
  figure,
  atMost,
  unit: ' ×',
});

const LATENCY = 'latency_p50_ratio';
const CPU = 'cpu_ratio';
/** A cost that stays within this while something grows to sixteen times its size is called flat: less is noise. */
const FLAT = 1.25;

const AXES = ['users', 'connections', 'script_versions', 'past_logins'];

type WithoutReuse = { readonly latency: number; readonly cpu: number };

const loginGoals = (what: string, name: string, { latency, cpu }: WithoutReuse): readonly Goal[] => [
  ratio(`${what}, connections reused: latency`, `${name}_warm`, LATENCY, 0.25),
  ratio(`${what}, connections reused: CPU`, `${name}_warm`, CPU, 0.6),
  ratio(`${what}, no reuse: latency`, `${name}_no_reuse`, LATENCY, latency),
  ratio(`${what}, no reuse: CPU`, `${name}_no_reuse`, CPU, cpu),
];

/** In the order in which people ask. All that are ÷ plain Node are ÷ the same script there, in the same run. */
export const GOALS: readonly Goal[] = [
  ...loginGoals('PostgreSQL', 'login_pg', { latency: 1.1, cpu: 1.5 }),
  ratio('… against plain Node that keeps its connection, too: latency', 'login_pg_kept_vs_plain_kept', LATENCY, 1.3),
  ratio('… the same: CPU', 'login_pg_kept_vs_plain_kept', CPU, 1.3),
  ...loginGoals('PostgreSQL over TLS', 'login_pg_tls', { latency: 1.1, cpu: 1.5 }),
  ...loginGoals('MySQL', 'login_mysql', { latency: 1.5, cpu: 2 }),
  ...loginGoals('MySQL over TLS', 'login_mysql_tls', { latency: 1.5, cpu: 2 }),
  ratio('PostgreSQL, `isolation: per_run`: latency', 'login_pg_per_run', LATENCY, 2),
  {
    what: 'first run on a connection without a warm host, beyond a warm run, p95',
    benchmark: 'cold_connection',
    figure: 'cold_connection_ms',
    atMost: 50,
    unit: ' ms',
  },
  {
    what: '… where a process must be started, p95',
    benchmark: 'cold_connection',
    figure: 'cold_process_ms',
    atMost: 250,
    unit: ' ms',
  },
  {
    what: 'second login against bare bcrypt: logins a second',
    benchmark: 'local_login',
    figure: 'throughput_ratio',
    atLeast: 0.9,
    unit: ' ×',
  },
  {
    what: '… what is not hashing: CPU',
    benchmark: 'local_login',
    figure: 'not_hashing_cpu_ms',
    atMost: 2,
    unit: ' ms',
  },
  {
    what: 'first login over gRPC, beyond the bare run and our hash',
    benchmark: 'first_login',
    figure: 'first_login_overhead_ms',
    atMost: 3,
    unit: ' ms',
  },
  {
    what: 'memory of each further warm isolate, pg',
    benchmark: 'isolate_memory',
    figure: 'pg_isolate_mb',
    atMost: 5,
    unit: ' MB',
  },
  {
    what: '… mongodb',
    benchmark: 'isolate_memory',
    figure: 'mongodb_isolate_mb',
    atMost: 16,
    unit: ' MB',
  },
  {
    what: "memory of an active connection's isolate host",
    benchmark: 'login_cost',
    figure: 'warm_host_pss_mb',
    atMost: 70,
    unit: ' MB',
  },
  {
    what: '1,000 connections with Zipf traffic: what script-runner and its isolate hosts hold',
    benchmark: 'many_connections',
    figure: 'held_mb',
    atMost: 3_000,
    unit: ' MB',
  },
  {
    what: '… p99 of warm connections, with the others ÷ without',
    benchmark: 'many_connections',
    figure: 'warm_p99_ratio',
    atMost: FLAT,
    unit: ' ×',
  },
  ...AXES.map((axis) =>
    ratio(
      `growth of ${axis.replaceAll('_', ' ')}: CPU of a second login, largest ÷ smallest`,
      'growth',
      `${axis}_second_login_cpu_ratio`,
      FLAT,
    ),
  ),
];

/** What was measured of a goal, with its 95 % interval where it has one, and whether that is enough. */
export type Verdict = {
  readonly goal: Goal;
  readonly value?: number;
  readonly interval?: Interval;
  readonly met: 'met' | 'not met' | 'undecided' | 'not measured';
};

const isEnough = (value: number, { atMost = Infinity, atLeast = -Infinity }: Goal): boolean =>
  value <= atMost && value >= atLeast;

const intervalOf = (result: Result, figure: string): Interval | undefined => {
  const [low, high] = [result[`${figure}_low`], result[`${figure}_high`]];
  return typeof low === 'number' && typeof high === 'number' ? { low, high } : undefined;
};

/** Undecided is what an interval reaches across: another run could say otherwise. */
const judgeOne = (goal: Goal, result: Result = {}): Verdict => {
  const value = result[goal.figure];
  if (typeof value !== 'number') return { goal, met: 'not measured' };
  const interval = intervalOf(result, goal.figure);
  const { low, high } = interval ?? { low: value, high: value };
  const met = isEnough(value, goal) ? 'met' : 'not met';
  return {
    ...{ goal, value, ...(interval && { interval }) },
    met: isEnough(low, goal) === isEnough(high, goal) ? met : 'undecided',
  };
};

/** Each goal with its verdict. */
export const judge = (results: Results): readonly Verdict[] =>
  GOALS.map((goal) => judgeOne(goal, results[goal.benchmark]));
