import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { stopsWithStdin } from './config.ts';
import { endSoon } from './end-soon.ts';
import { createLogger, type Logger } from './logger.ts';
import { ConfigError } from './read-env.ts';

/** What of a service's configuration its life depends on. */
export type ServiceConfig = {
  readonly logLevel: string;
  /** How long calls are still taken after it was said that this replica is going. */
  readonly stopDelayMs: number;
};

export type ServiceLife = {
  readonly log: Logger;
  /** What is opened goes here; it is disposed in reverse order. */
  readonly stack: AsyncDisposableStack;
  /** Aborted as soon as the service was told to stop: a start that waits for something waits no longer. */
  readonly stopping: AbortSignal;
  /** Called when the service was told to stop, before anything is disposed: to say that this replica is going. */
  readonly onStop: (announce: () => void) => void;
};

/**
 * Runs a service until SIGINT or SIGTERM. Then: what was given to `onStop`, `stopDelayMs` in which calls are still taken, the
 * stack in reverse order. A second signal ends the process at once, with exit code 1. A failed start is logged and ends
 * with 1, unless it failed because of the stop. Otherwise the exit code is set, so that logs flush, and forced only where something still holds the process.
 * With `--check-config` it only says whether the configuration is right, and ends with 0 or 1.
 */
export const runService = async <Config extends ServiceConfig>(
  service: string,
  readConfig: () => Config,
  start: (config: Config, life: ServiceLife) => Promise<void>,
): Promise<void> => {
  const config = configured(service, readConfig);
  if (config === undefined) return;
  const log = createLogger({ service, level: config.logLevel });
  const stopped = stopSignal(log);
  const stopping = new AbortController();
  void stopped.then(() => stopping.abort());
  const stack = new AsyncDisposableStack();
  const announcements: (() => void)[] = [];
  try {
    const onStop = (announce: () => void) => void announcements.push(announce);
    await start(config, { log, stack, stopping: stopping.signal, onStop });
    const { why, delayed } = await stopped;
    const stopDelayMs = delayed ? config.stopDelayMs : 0;
    log.info({ signal: why, stopDelayMs }, 'stopping');
    for (const announce of announcements) announce();
    await pause(stopDelayMs);
  } catch (error) {
    if (stopping.signal.aborted) log.info('stopped before it was ready');
    else tellFailedStart(error, log);
  }
  await stack.disposeAsync().catch((error: unknown) => {
    log.error({ err: error }, 'did not stop cleanly');
    process.exitCode = 1;
  });
  endSoon();
};

const tellFailedStart = (error: unknown, log: Logger): void => {
  log.error({ err: error }, `cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
};

/** Whether the configuration is only to be looked at; undefined where something else was asked for, and that has been said. */
const asksForCheck = (service: string): boolean | undefined => {
  try {
    return parseArgs({ options: { 'check-config': { type: 'boolean', default: false } } }).values['check-config'];
  } catch (error) {
    process.stderr.write(`${service}: ${(error as Error).message}\n`);
    process.exitCode = 1;
    return undefined;
  }
};

/** The configuration, unless it is wrong or was only to be looked at, and then that has been said. */
const configured = <Config>(service: string, readConfig: () => Config): Config | undefined => {
  const isCheck = asksForCheck(service);
  if (isCheck === undefined) return undefined;
  try {
    const config = readConfig();
    if (!isCheck) return config;
    process.stdout.write(`${service}: the configuration is right\n`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.exitCode = 1;
    if (isCheck) process.stderr.write(`${service}: ${error.message}\n`);
    else {
      const { problems } = error;
      createLogger({ service, level: 'info' }).error({ problems }, `cannot start: ${problems.length} problem(s)`);
    }
  }
  return undefined;
};

type Stop = {
  readonly why: string;
  /** Whoever stops a service by ending its standard input is gone already: nobody is told to go elsewhere. */
  readonly delayed: boolean;
};

const stopSignal = (log: Logger): Promise<Stop> =>
  new Promise((resolve) => {
    let signals = 0;
    const onSignal = (why: string): void => {
      signals += 1;
      if (signals === 1) resolve({ why, delayed: true });
      else {
        log.warn({ signal: why }, 'stopping at once');
        process.exit(1);
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
    if (!stopsWithStdin()) return;
    process.stdin.resume().once('close', () => resolve({ why: 'end of standard input', delayed: false }));
    // Waiting for its end keeps no process alive. A pipe, which has `unref`, is what whoever asks for this gives us.
    (process.stdin as Partial<Socket>).unref?.();
  });
