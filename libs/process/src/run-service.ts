import type { Socket } from 'node:net';
import { stopsWithStdin } from './config.ts';
import { endSoon } from './end-soon.ts';
import type { Logger } from './logger.ts';

/**
 * Runs a service until SIGINT or SIGTERM: `start` puts what it opens on the stack, which is disposed in reverse order.
 * A failed start is logged and ends with exit code 1. The exit code is set, never forced, so that logs flush.
 */
export const runService = async (log: Logger, start: (stack: AsyncDisposableStack) => Promise<void>): Promise<void> => {
  const stopped = stopSignal();
  const stack = new AsyncDisposableStack();
  try {
    await start(stack);
    const signal = await stopped;
    log.info({ signal }, 'stopping');
  } catch (error) {
    log.error({ err: error, msg: `cannot start: ${error instanceof Error ? error.message : String(error)}` });
    process.exitCode = 1;
  }
  await stack.disposeAsync().catch((error: unknown) => {
    log.error({ err: error }, 'did not stop cleanly');
    process.exitCode = 1;
  });
  endSoon();
};

const stopSignal = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(signal));
    if (!stopsWithStdin()) return;
    process.stdin.resume().once('close', () => resolve('end of standard input'));
    // Waiting for its end keeps no process alive. A pipe, which has `unref`, is what whoever asks for this gives us.
    (process.stdin as Partial<Socket>).unref?.();
  });
