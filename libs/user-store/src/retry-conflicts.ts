import { ServiceError } from '@userferry/errors';
import { codeOf } from './store-failures.ts';

// Serialization failure, deadlock: the transaction was undone, and can be made again.
const UNDONE = ['40001', '40P01'];
// Unique violation: another transaction was faster, and the next try sees its work.
const FASTER = '23505';
const ATTEMPTS_MAX = 5;
const PAUSE_MS = 5;

/** Ever longer, and not the same for two that met. */
const pause = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS * 2 ** attempt));

const retry = async <T>(run: () => Promise<T>, codes: readonly string[]): Promise<T> => {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!codes.includes(codeOf(error) ?? '')) throw error;
      await pause(attempt);
    }
  }
  throw new ServiceError('CONCURRENT_CHANGE', 'others changed the same at the same time: try again');
};

/**
 * Runs a transaction again when another one came first.
 * @throws ServiceError CONCURRENT_CHANGE after five attempts
 */
export const retryConflicts = <T>(transaction: () => Promise<T>): Promise<T> => retry(transaction, [...UNDONE, FASTER]);

type AsyncFunctions = Record<string, (...args: never[]) => Promise<unknown>>;

/**
 * The same functions, each run again when the database undid its transaction for the sake of another one: engines that
 * know no level below SERIALIZABLE do so to single statements, too. Each has to be one transaction, or safe to repeat.
 */
export const withRetries = <T extends AsyncFunctions>(functions: T): T =>
  Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [name, (...args: never[]) => retry(() => run(...args), UNDONE)]),
  ) as T;
