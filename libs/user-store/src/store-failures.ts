import { ServiceError } from '@userferry/errors';
import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

type DatabaseError = Error & { code?: unknown; constraint?: unknown; table?: unknown; driverError?: unknown };

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

// Connection exceptions, login refused, out of resources, shutting down, failed disk.
const UNAVAILABLE_CLASSES = ['08', '28', '53', '57', '58'];
// Database missing, lock timeout, read-only after a failover, idle-in-transaction timeout.
const UNAVAILABLE_STATES = new Set(['3D000', '55P03', '25006', '25P03']);

// node-postgres gives these no code. What matches is told, and nothing behind it.
const DRIVER_TEXT =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|not queryable|Client was closed/;

const SAFE_CODE = 'USERFERRY_SAFE';

const unconnected = new WeakSet<Error>();

/** Marks why no session began: its certificate has ended, we have no descriptor left. Whatever it was, nothing was asked. */
export const neverConnected = (error: Error): Error => {
  unconnected.add(error);
  return error;
};

/** An Error of ours whose message was written to be read and passes unchanged. */
export const safeError = (message: string): Error => Object.assign(new Error(message), { code: SAFE_CODE });

/** The error of the driver under TypeORM's wrapping. */
const driverErrorOf = (error: unknown): DatabaseError | undefined => {
  if (!(error instanceof Error)) return undefined;
  const inner = (error as DatabaseError).driverError;
  return inner instanceof Error ? (inner as DatabaseError) : (error as DatabaseError);
};

/** The SQLSTATE or system code of a failed statement, or `undefined`. */
export const codeOf = (error: unknown): string | undefined => {
  const code = driverErrorOf(error)?.code;
  return typeof code === 'string' ? code : undefined;
};

/** A statement to which no answer came in time: node-postgres gives it no code. */
export const isUnanswered = (error: unknown): boolean => driverErrorOf(error)?.message === 'Query read timeout';

/** Nothing can be written where it was sent, for as long as its session lives perhaps. */
export const isReadOnly = (error: unknown): boolean => codeOf(error) === '25006';

/** A statement that took longer than it may, by the server's clock or, behind a pooler, by ours: it would anywhere, and again. */
export const isTooSlow = (error: unknown): boolean => codeOf(error) === '57014' || isUnanswered(error);

const isUnavailable = (error: unknown): boolean => {
  // A connection that broke between two statements of a transaction: TypeORM has given it back by the second.
  if (error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError)
    return true;
  const source = driverErrorOf(error);
  if (source !== undefined && unconnected.has(source)) return true;
  const code = codeOf(error);
  if (code === undefined) return DRIVER_TEXT.test(source?.message ?? '');
  const sqlState = code.length === 5 ? code : '';
  return (
    NETWORK_CODES.has(code) || UNAVAILABLE_STATES.has(sqlState) || UNAVAILABLE_CLASSES.includes(sqlState.slice(0, 2))
  );
};

const framesOf = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');

// Five characters are EPERM and EPIPE, too; no class of PostgreSQL's begins with an E.
const SQLSTATE = /^(?!E)[0-9A-Z]{5}$/;

/** Who failed: the database, or whatever stands before it, such as a file that the connection string names. */
const toldOf = (source: DatabaseError | undefined): string => {
  const words = DRIVER_TEXT.exec(source?.message ?? '')?.[0];
  const code = typeof source?.code === 'string' ? source.code : (words ?? source?.name ?? 'unknown');
  if (!SQLSTATE.test(code)) return `the database could not be asked (${code})`;
  const facts = [code, source?.table, source?.constraint].filter((fact) => typeof fact === 'string');
  return `the database answered with an error (${facts.join(', ')})`;
};

/**
 * The same failure without what a statement carried: messages, details and parameters of database errors repeat rows,
 * hashes among them. Code, table and constraint stay.
 */
const withoutValues = (error: unknown): Error => {
  const safe = new Error(toldOf(driverErrorOf(error)));
  safe.stack = `${safe.name}: ${safe.message}\n${error instanceof Error ? framesOf(error) : ''}`;
  return safe;
};

/** Turns whatever a statement failed with into what may leave the store: ServiceErrors, and Errors without values. */
export const toStoreFailure = (error: unknown): Error => {
  if (error instanceof ServiceError || codeOf(error) === SAFE_CODE) return error as Error;
  const cause = withoutValues(error);
  if (!isUnavailable(error)) return cause;
  return new ServiceError('STORE_UNAVAILABLE', 'the user store cannot be reached', { cause });
};

/** What a repository is made of. */
export type AsyncFunctions = Record<string, (...args: never[]) => Promise<unknown>>;

/** The same functions, but every failure passes `toStoreFailure`. */
export const withStoreFailures = <T extends AsyncFunctions>(functions: T): T =>
  Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [
      name,
      async (...args: never[]) => {
        try {
          return await run(...args);
        } catch (error) {
          throw toStoreFailure(error);
        }
      },
    ]),
  ) as T;
