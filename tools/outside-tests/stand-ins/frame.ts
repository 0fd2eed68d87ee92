/** What runs around one test file, in plain Node and in the isolate: it begins it, waits for its end and judges it. */
import { giveEnvironment } from './config.ts';
import { countTimers } from './count-timers.ts';
import { installHttpServers } from './http-servers.ts';
import { brokenExpectations, fail, hasUnmetExpectations, ledger } from './ledger.ts';
import { installProcess } from './process-in-isolate.ts';
import { installServers, type RelayPlace } from './servers.ts';

export type FrameSettings = {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limitMs: number;
  /** What `process.versions.openssl` says: tests of crypto choose what to expect by it. */
  readonly openssl: string;
  /** Drivers' tests: the global timers say when the file is over. Tests of the timers themselves are left alone. */
  readonly countsTimers: boolean;
  /** Where the harness listens for the servers of test files. */
  readonly relay: RelayPlace;
};

export type Verdict = { readonly verdict: 'passed' } | { readonly verdict: 'skipped'; readonly message: string };

type Load = () => unknown;

const isSkipped = (error: unknown): error is Error => (error as Error | undefined)?.name === 'Skipped';
const isCalmExit = (error: unknown): boolean => (error as { exitCode?: number } | undefined)?.exitCode === 0;

const judge = (): void => {
  if (ledger.failure !== undefined) throw ledger.failure;
  const broken = brokenExpectations();
  if (broken !== undefined) throw new Error(`mustCall: ${broken}`);
};

const later = setTimeout;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => void later(resolve, ms));

const isOver = (aliveTimers: () => number): boolean =>
  ledger.pending === 0 &&
  aliveTimers() === 0 &&
  ![...ledger.keepers].some((isAlive) => isAlive()) &&
  !hasUnmetExpectations();

/** What nobody caught ends a program; a program that ends itself with 0 is over and well. */
const onUncaught = (error: unknown): void => {
  if (isCalmExit(error)) ledger.isOver = true;
  else if (process.listenerCount('uncaughtException') === 1) fail(error);
};

/** Waits until nothing seems to happen any more; what is missing then is for `judge`. */
const waitForEnd = async (settings: FrameSettings, aliveTimers: () => number, settleMs: number): Promise<void> => {
  const startedMs = Date.now();
  let quietSinceMs = startedMs;
  while (ledger.failure === undefined && !ledger.isOver) {
    await sleep(20);
    const nowMs = Date.now();
    if (!isOver(aliveTimers)) quietSinceMs = nowMs;
    if (nowMs - quietSinceMs >= settleMs) return;
    if (nowMs - startedMs > settings.limitMs - 700) {
      judge();
      throw new Error(`not over after ${nowMs - startedMs} ms: ${ledger.pending} tests, ${aliveTimers()} timers`);
    }
  }
};

const begin = async (load: Load): Promise<Verdict | undefined> => {
  try {
    await load();
  } catch (error) {
    if (isCalmExit(error)) return { verdict: 'passed' };
    if (isSkipped(error)) return { verdict: 'skipped', message: error.message };
    if (process.listenerCount('uncaughtException') > 1 && process.emit('uncaughtException', error as Error)) return;
    throw ledger.failure ?? error;
  }
  return undefined;
};

const finish = (): void => {
  ledger.isOver = false;
  process.emit('beforeExit', 0);
  process.emit('exit', 0);
  judge();
};

/** In the isolate: resolves when the file passed or skipped itself, throws what went wrong. */
export const runInIsolate = async (settings: FrameSettings, load: Load): Promise<Verdict> => {
  installProcess(settings);
  installServers(settings.relay);
  installHttpServers(settings.relay.port);
  process.on('uncaughtException', onUncaught);
  const aliveTimers = settings.countsTimers ? countTimers() : () => 0;
  const early = await begin(load);
  if (early?.verdict === 'skipped') return early;
  if (early === undefined) await waitForEnd(settings, aliveTimers, process.listenerCount('exit') > 0 ? 700 : 100);
  finish();
  return { verdict: 'passed' };
};

/** In plain Node: the program ends by itself, its exit code is the verdict. */
export const runInNode = (settings: FrameSettings, load: Load): void => {
  giveEnvironment(settings.env);
  process.on('exit', (code) => {
    if (code !== 0) return;
    try {
      judge();
    } catch (error) {
      console.error((error as Error).stack ?? error);
      process.exitCode = 1;
    }
  });
  const onError = (error: unknown): void => {
    if (!isSkipped(error)) throw error;
    console.log(`skipped: ${error.message}`);
    process.exit(0);
  };
  try {
    const loading = load();
    if (loading instanceof Promise) loading.catch(onError);
  } catch (error) {
    onError(error);
  }
};
