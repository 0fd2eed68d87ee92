import { randomUUID } from 'node:crypto';
import type { Effort, Figures } from './compare-logins.ts';
import { type PlayedLogin, playLogins, timesOf } from './play-logins.ts';
import { EXPONENT, prepareRunners } from './runner-ground.ts';
import { type RunnerProcess, runnerLogins, startRunnerProcess } from './runner-process.ts';
import { quantile, ratioInterval, rounded } from './statistics.ts';
import { watchTree } from './tree-memory.ts';
import { type Arrival, arrivals, seededRandom, zipf } from './zipf.ts';

const MIB = 1024 * 1024;
const SEED = 11;
const LOOK_EVERY_MS = 3_000;

type Size = {
  readonly runners: number;
  readonly connections: number;
  readonly perSecond: number;
  readonly forMs: number;
  readonly rounds: number;
};
const WHOLE: Size = { runners: 3, connections: 60, perSecond: 4, forMs: 40_000, rounds: 3 };
const QUICK_SIZE: Size = { runners: 2, connections: 20, perSecond: 6, forMs: 3_000, rounds: 1 };

/**
 * A few script-runners and many connections, a few of them busy (Zipf, open loop): the same arrivals where each connection has
 * a home among the runners, as the gateway sends them, and where the runners take turns; by rounds in turn, each way with
 * runners of its own. What all of them hold, how many isolate hosts they started, and how long the logins took.
 */
export const manyRunners = async ({ pairs }: Effort): Promise<Figures> => {
  const size = pairs < 50 ? QUICK_SIZE : WHOLE;
  await using stack = new AsyncDisposableStack();
  const { url, builtFolders } = await prepareRunners(stack);
  const start = (hasAffinity: boolean) => startWay(stack, { size, builtFolders, url, hasAffinity });
  const home = await start(true);
  const turns = await start(false);
  const ids = Array.from({ length: size.connections }, () => randomUUID());
  const random = seededRandom(SEED);
  for (let round = 0; round < size.rounds; round += 1) {
    const plan = arrivals(size, zipf(size.connections, EXPONENT, random), random);
    for (const way of round % 2 === 0 ? [home, turns] : [turns, home]) await way.play(ids, plan);
  }
  return figuresOf(await home.end(), await turns.end());
};

type Seen = {
  readonly logins: readonly PlayedLogin[];
  readonly heldBytes: number;
  readonly hostsStarted: number;
};

type WayOptions = {
  readonly size: Size;
  readonly builtFolders: string;
  readonly url: string;
  readonly hasAffinity: boolean;
};

const startWay = async (stack: AsyncDisposableStack, { size, builtFolders, url, hasAffinity }: WayOptions) => {
  const token = randomUUID();
  const runners: RunnerProcess[] = [];
  for (let n = 0; n < size.runners; n += 1)
    runners.push(stack.use(await startRunnerProcess({ token, env: {}, builtFolders })));
  const ports = runners.map(({ port }) => port);
  const logins = stack.use(runnerLogins({ ports, token, url, hasAffinity }));
  const played: PlayedLogin[] = [];
  const watches = runners.map(({ pid }) => watchTree(pid, LOOK_EVERY_MS));
  const hostsStarted = async () =>
    (await Promise.all(runners.map((runner) => runner.hostsStarted()))).reduce((sum, each) => sum + each, 0);
  const before = await hostsStarted();
  return {
    async play(ids: readonly string[], plan: readonly Arrival[]): Promise<void> {
      played.push(...(await playLogins(logins, ids, plan)));
    },
    async end(): Promise<Seen> {
      const heldBytes = watches.reduce((sum, watch) => sum + watch.stop(), 0);
      return { logins: played, heldBytes, hostsStarted: (await hostsStarted()) - before };
    },
  };
};

const figuresOf = (home: Seen, turns: Seen): Figures => {
  const [homeMs, turnsMs] = [home, turns].map(({ logins }) => timesOf(logins, Number.POSITIVE_INFINITY)) as [
    number[],
    number[],
  ];
  const ratioAt = (share: number) => rounded(quantile(homeMs, share) / quantile(turnsMs, share));
  const { low, high } = ratioInterval(homeMs, turnsMs, 0.5);
  return {
    latency_p50_ratio: ratioAt(0.5),
    latency_p50_ratio_low: low,
    latency_p50_ratio_high: high,
    latency_p95_ratio: ratioAt(0.95),
    held_ratio: rounded(home.heldBytes / turns.heldBytes),
    hosts_started_ratio: rounded(home.hostsStarted / turns.hostsStarted),
    home_p50_ms: rounded(quantile(homeMs, 0.5)),
    turns_p50_ms: rounded(quantile(turnsMs, 0.5)),
    home_held_mb: rounded(home.heldBytes / MIB),
    turns_held_mb: rounded(turns.heldBytes / MIB),
    home_hosts_started: home.hostsStarted,
    turns_hosts_started: turns.hostsStarted,
    runs: home.logins.length,
    refused: [...home.logins, ...turns.logins].filter(({ ms }) => ms === undefined).length,
  };
};
