import { setTimeout as pause } from 'node:timers/promises';
import { ServiceError } from '@userferry/errors';
import type { Logger } from '@userferry/process';

/** How often it is said again that we wait. */
const SAY_EVERY = 15;

/**
 * Does what needs our store, and again every `everyMs` for as long as the store does not answer: after a machine's restart
 * the database may be up later than we are. Ends with the abort's reason when this process is to stop meanwhile, and with
 * any other failure at once.
 */
export const untilStoreAnswers = async <T>(
  work: () => Promise<T>,
  { log, stopping }: { readonly log: Logger; readonly stopping: AbortSignal },
  everyMs: number,
): Promise<T> => {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ServiceError) || error.reason !== 'STORE_UNAVAILABLE') throw error;
      if (tries % SAY_EVERY === 0) log.warn({ err: error }, 'waiting for our store, which does not answer');
    }
    await pause(everyMs, undefined, { signal: stopping });
  }
};
