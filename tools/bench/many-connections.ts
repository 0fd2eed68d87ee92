import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effort, Figures } from './compare-logins.ts';
import { type PlayedLogin, playLogins, timesOf } from './play-logins.ts';
import { EXPONENT, prepareRunners } from './runner-ground.ts';
import { runnerLogins, startRunnerProcess } from './runner-process.ts';
import { quantile, ratioInterval, rounded } from './statistics.ts';
import { watchTree } from './tree-memory.ts';
import { arrivals, seededRandom, zipf } from './zipf.ts';

const MIB = 1024 * 1024;
const SEED = 7;
const LOOK_EVERY_MS = 3_000;
/** What the arrivals before have left to be done is no part of the next ones. */
const SETTLE_MS = 5_000;

/** Of what three gigabytes are for: script-runner itself takes the rest. */
const HOSTS_BYTES_MAX = 2_750 * MIB;

type Size = {
  readonly connections: number;
  /** As many of those with the most traffic count as warm. */
  readonly warm: number;
  readonly perSecond: number;
  readonly forMs: number;
  /** Of a minute's warm logins, two or three are the slowest hundredth: by themselves they say nothing. */
  readonly rounds: number;
};
const WHOLE: Size = { connections: 1_000, warm: 16, perSecond: 8, forMs: 60_000, rounds: 6 };
const QUICK_SIZE: Size = { connections: 50, warm: 4, perSecond: 6, forMs: 4_000, rounds: 1 };

/**
 * Many connections on one script-runner, a few of them busy and most of them rarely used (Zipf, open loop): what it and its
 * isolate hosts hold, and what the others do to the busy ones. In turn the busy ones alone, with just the arrivals that they
 * have among all, and all. script-runner runs as it is deployed: what its process holds is copied at each start of a host.
 */
export const manyConnections = async ({ pairs }: Effort): Promise<Figures> => {
  const size = pairs < 50 ? QUICK_SIZE : WHOLE;
  await using stack = new AsyncDisposableStack();
  const { url, builtFolders } = await prepareRunners(stack);
  const env = { USERFERRY_ISOLATE_HOSTS_BYTES_MAX: String(HOSTS_BYTES_MAX) };
  const token = randomUUID();
  const runner = stack.use(await startRunnerProcess({ token, env, builtFolders }));
  const logins = stack.use(runnerLogins({ ports: [runner.port], token, url }));
  const ids = Array.from({ length: size.connections }, () => randomUUID());
  const random = seededRandom(SEED);
  const all = arrivals(size, zipf(size.connections, EXPONENT, random), random);
  const warmOnes = all.filter(({ rank }) => rank < size.warm);

  const alone: PlayedLogin[] = [];
  const together: PlayedLogin[] = [];
  let started = 0;
  const watch = watchTree(runner.pid, LOOK_EVERY_MS);
  for (let round = 0; round < size.rounds; round += 1) {
    // Those of the warm ones that had given way for others are made warm again.
    for (const id of ids.slice(0, size.warm)) for (let n = 1; n <= 3; n += 1) await logins.login(id, n);
    await sleep(SETTLE_MS);
    alone.push(...(await playLogins(logins, ids, warmOnes)));
    const before = await runner.hostsStarted();
    together.push(...(await playLogins(logins, ids, all)));
    started += (await runner.hostsStarted()) - before;
  }
  const held = watch.stop();
  return {
    ...figuresOf(timesOf(alone, size.warm), timesOf(together, size.warm)),
    others_p50_ms: rounded(quantile(timesOf(together, size.connections, size.warm), 0.5)),
    others_p95_ms: rounded(quantile(timesOf(together, size.connections, size.warm), 0.95)),
    held_mb: rounded(held / MIB),
    runs: together.length,
    refused: together.filter(({ ms }) => ms === undefined).length,
    hosts_started: started,
    cold_share: rounded(started / together.length),
  };
};

const figuresOf = (alone: readonly number[], together: readonly number[]): Figures => {
  const { low, high } = ratioInterval(together, alone, 0.99);
  return {
    warm_logins: together.length,
    warm_p50_ratio: rounded(quantile(together, 0.5) / quantile(alone, 0.5)),
    warm_p99_ratio: rounded(quantile(together, 0.99) / quantile(alone, 0.99)),
    warm_p99_ratio_low: low,
    warm_p99_ratio_high: high,
    warm_alone_p50_ms: rounded(quantile(alone, 0.5)),
    warm_alone_p99_ms: rounded(quantile(alone, 0.99)),
    warm_p50_ms: rounded(quantile(together, 0.5)),
    warm_p99_ms: rounded(quantile(together, 0.99)),
  };
};
