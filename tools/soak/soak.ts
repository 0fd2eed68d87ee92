import { createHash } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSandbox, defaultStateFolder, type Sandbox } from '@userferry/sandbox';
import { scriptOf } from '../bench/hostile-scripts.ts';
import { runOf, runtimeFolder, silent } from '../bench/sandbox-runs.ts';
import { type Census, takeCensus } from './process-census.ts';
import { HONEST, HOSTILE } from './scripts.ts';

export type SoakOptions = {
  /** Ends when either is reached. */
  readonly runs: number;
  readonly minutes: number;
  /** Called after each so many runs. */
  readonly reportEvery: number;
  report(done: number, census: Census): void;
};

export type SoakResult = {
  readonly honest: number;
  readonly hostile: number;
  /** Honest runs that were refused for want of a host, and came back. */
  readonly cameBack: number;
  /** Honest runs that ended otherwise than right: what and how. */
  readonly wrong: readonly string[];
  readonly outcomes: Readonly<Record<string, number>>;
  /** Of the supervisor: before the first run, and when its sandbox was closed. */
  readonly before: Census;
  readonly after: Census;
};

/** One run in so many is hostile. */
const HOSTILE_EVERY = 20;
const [HONEST_CONNECTIONS, HONEST_AT_ONCE, HOSTILE_AT_ONCE] = [4, 4, 4];
/** A connection attacks so often, then another takes over: one alone would soon be made to rest. */
const ATTACKS_PER_CONNECTION = 6;
const SETTLE_SECONDS_MAX = 20;
const HOSTILE_TIMEOUT_MS = 700;
const HONEST_TIMEOUT_MS = 20_000;
const MIB = 1024 * 1024;

/** Answers each connection with what it said. */
const startEcho = async (): Promise<AsyncDisposable & { readonly port: number }> => {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
};

const openSandbox = (port: number): Promise<Sandbox> =>
  createSandbox({
    runtimeFolder,
    stateFolder: defaultStateFolder(),
    egress: { allow: [{ host: '127.0.0.1', port }] },
    log: silent,
    queueWaitMs: 30_000,
  });

const expectedOf = (n: number): string =>
  JSON.stringify({
    id: n,
    nickname: `hello ${n}`,
    customData: { hash: createHash('sha256').update(String(n)).digest('hex') },
  });

type Tally = { honest: number; hostile: number; cameBack: number; wrong: string[]; outcomes: Record<string, number> };

/** A refusal for want of a host is no answer: the run comes back, as an edge does. */
const runUntilServed = async (sandbox: Sandbox, request: Parameters<Sandbox['run']>[0], tally: Tally) => {
  for (;;) {
    const run = await sandbox.run(request).catch(() => undefined);
    if (run !== undefined && run.outcome !== 'overloaded') return run;
    tally.cameBack += 1;
    await sleep(200);
  }
};

const honestRun = async (sandbox: Sandbox, port: number, tally: Tally): Promise<void> => {
  const n = ++tally.honest;
  const request = runOf({
    connectionKey: `honest ${n % HONEST_CONNECTIONS}`,
    source: HONEST,
    argsJson: JSON.stringify([n, port]),
    timeoutMs: HONEST_TIMEOUT_MS,
  });
  const { outcome, resultJson, error } = await runUntilServed(sandbox, request, tally);
  const right = outcome === 'completed' && resultJson === expectedOf(n);
  if (!right) tally.wrong.push(`run ${n}: ${outcome} ${error?.message ?? resultJson}`);
};

const hostileRun = async (sandbox: Sandbox, tally: Tally): Promise<void> => {
  const n = tally.hostile++;
  const request = runOf({
    connectionKey: `hostile ${Math.floor(n / ATTACKS_PER_CONNECTION)}`,
    source: scriptOf(HOSTILE[n % HOSTILE.length] ?? ''),
    timeoutMs: HOSTILE_TIMEOUT_MS,
    memoryLimitBytes: 64 * MIB,
  });
  const outcome = await sandbox.run(request).then(
    (run) => run.outcome,
    () => 'refused',
  );
  tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
};

/** Mixed honest and hostile runs of several connections at once, until so many have ended. */
const drive = async (sandbox: Sandbox, port: number, options: SoakOptions, tally: Tally): Promise<void> => {
  const endsAt = Date.now() + options.minutes * 60_000;
  const hostileMax = Math.floor(options.runs / HOSTILE_EVERY);
  let done = 0;
  const lane = async (isOver: () => boolean, run: () => Promise<void>): Promise<void> => {
    while (Date.now() < endsAt && !isOver()) {
      await run();
      done += 1;
      if (done % options.reportEvery === 0) options.report(done, takeCensus());
    }
  };
  const lanes = (count: number, isOver: () => boolean, run: () => Promise<void>) =>
    Array.from({ length: count }, () => lane(isOver, run));
  await Promise.all([
    ...lanes(
      HONEST_AT_ONCE,
      () => tally.honest >= options.runs - hostileMax,
      () => honestRun(sandbox, port, tally),
    ),
    ...lanes(
      HOSTILE_AT_ONCE,
      () => tally.hostile >= hostileMax,
      () => hostileRun(sandbox, tally),
    ),
  ]);
};

/** What is left when the last sockets of what was killed are gone, or after a while if something stays. */
const settled = async (before: Census): Promise<Census> => {
  for (let waits = 0; ; waits += 1) {
    await sleep(1_000);
    const now = takeCensus();
    const isSettled = now.descriptors <= before.descriptors && now.threads <= before.threads && now.children === 0;
    if (isSettled || waits === SETTLE_SECONDS_MAX) return now;
  }
};

/** Runs it all in this process as the supervisor, and tells what it did and what it left. */
export const soak = async (options: SoakOptions): Promise<SoakResult> => {
  await using echo = await startEcho();
  const tally: Tally = { honest: 0, hostile: 0, cameBack: 0, wrong: [], outcomes: {} };
  // Once through, so that what is loaded at first use is not taken for a leak.
  const first = await openSandbox(echo.port);
  await honestRun(first, echo.port, tally);
  await first.close();
  const before = takeCensus();
  const sandbox = await openSandbox(echo.port);
  try {
    await drive(sandbox, echo.port, options, tally);
  } finally {
    await sandbox.close();
  }
  return { ...tally, before, after: await settled(before) };
};
