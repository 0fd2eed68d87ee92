import type { Clock } from './clock.ts';
import { connectDataSource, type DatabaseLimits } from './data-source.ts';
import { type PoolUse, poolUseOf } from './pool-use.ts';
import { createApiKeyRepository } from './repositories/api-keys.ts';
import { type AttemptLimits, createAttemptRepository } from './repositories/attempts.ts';
import { createAuditRepository } from './repositories/audit.ts';
import { createConflictRepository } from './repositories/conflicts.ts';
import { createConnectionRepository } from './repositories/connections.ts';
import { createPoolRepository } from './repositories/pools.ts';
import { createProgressRepository } from './repositories/progress.ts';
import { createScriptRunRepository, type RunLimits } from './repositories/script-runs.ts';
import { createTombstoneRepository } from './repositories/tombstones.ts';
import { countTotals, type StoreTotals } from './repositories/totals.ts';
import { createUserRepository } from './repositories/users.ts';
import { createSealer, type KeyRing } from './sealing.ts';
import { type AsyncFunctions, toStoreFailure, withStoreFailures } from './store-failures.ts';
import { type AroundStoreCall, withWatch } from './watch-calls.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Ten wrong passwords in fifteen minutes, a hundred from one address; then waits from half a minute on, doubling. */
export const ATTEMPT_LIMITS: AttemptLimits = {
  perIdentifierMax: 10,
  perAddressMax: 100,
  windowMs: 15 * MINUTE_MS,
  firstWaitMs: MINUTE_MS / 2,
  waitMsMax: 15 * MINUTE_MS,
};

/** The log history of a pool: ten thousand runs, thirty days. */
export const RUN_LIMITS: RunLimits = { runsPerPoolMax: 10_000, runsKeptMs: 30 * DAY_MS };

/** How long, in days, the audit and the counts of logins are kept. */
export type KeptDays = { readonly audit: number; readonly logins: number };

/** A year and a month: last year's same month can still be looked at. */
export const KEPT_DAYS: KeptDays = { audit: 400, logins: 400 };

export type UserStoreOptions = DatabaseLimits & {
  readonly keyRing: KeyRing;
  /** Absent: `ATTEMPT_LIMITS`. */
  readonly attemptLimits?: AttemptLimits;
  /** Absent: `RUN_LIMITS`. */
  readonly runLimits?: RunLimits;
  /** Absent: `KEPT_DAYS`. */
  readonly keptDays?: KeptDays;
  /** Absent: this machine's. */
  readonly clock?: Clock;
  /** Told of every call, to time it. */
  readonly around?: AroundStoreCall;
};

/** Everything that is remembered. Each function fails with a ServiceError, or an Error that repeats no value. */
export type UserStore = AsyncDisposable & {
  readonly pools: ReturnType<typeof createPoolRepository>;
  readonly apiKeys: ReturnType<typeof createApiKeyRepository>;
  readonly connections: ReturnType<typeof createConnectionRepository>;
  readonly users: ReturnType<typeof createUserRepository>;
  readonly attempts: ReturnType<typeof createAttemptRepository>;
  readonly conflicts: ReturnType<typeof createConflictRepository>;
  readonly tombstones: ReturnType<typeof createTombstoneRepository>;
  readonly progress: ReturnType<typeof createProgressRepository>;
  readonly scriptRuns: ReturnType<typeof createScriptRunRepository>;
  readonly audit: ReturnType<typeof createAuditRepository>;
  /** @throws ServiceError STORE_UNAVAILABLE when the database does not answer */
  readonly ping: () => Promise<void>;
  /** Counts over all user pools: for metrics, not for a call that somebody waits for. */
  readonly totals: () => Promise<StoreTotals>;
  readonly poolUse: () => PoolUse;
};

/**
 * Opens the store; `migrateStore` has run before. Disposing it closes the connections.
 * @throws ServiceError STORE_UNAVAILABLE, Error when the key ring is unusable
 */
export const openUserStore = async ({
  keyRing,
  attemptLimits = ATTEMPT_LIMITS,
  runLimits = RUN_LIMITS,
  keptDays = KEPT_DAYS,
  clock = () => new Date(),
  around = (_, work) => work(),
  ...limits
}: UserStoreOptions): Promise<UserStore> => {
  const sealer = createSealer(keyRing);
  const watched = <T extends AsyncFunctions>(repository: string, functions: T): T =>
    withWatch(repository, withStoreFailures(functions), around);
  const dataSource = await connectDataSource(limits).catch((error: unknown) => {
    throw toStoreFailure(error);
  });
  const ping = async () => {
    await dataSource.query('SELECT 1');
  };
  return {
    pools: watched('pools', createPoolRepository(dataSource, clock)),
    apiKeys: watched('apiKeys', createApiKeyRepository(dataSource, clock)),
    connections: watched('connections', createConnectionRepository(dataSource, sealer, clock)),
    users: watched('users', createUserRepository(dataSource, clock)),
    attempts: watched('attempts', createAttemptRepository(dataSource, { keyRing, limits: attemptLimits, clock })),
    conflicts: watched('conflicts', createConflictRepository(dataSource, clock)),
    tombstones: watched('tombstones', createTombstoneRepository(dataSource, clock)),
    progress: watched('progress', createProgressRepository(dataSource, { clock, daysKept: keptDays.logins })),
    scriptRuns: watched('scriptRuns', createScriptRunRepository(dataSource, { sealer, limits: runLimits, clock })),
    audit: watched('audit', createAuditRepository(dataSource, { clock, daysKept: keptDays.audit })),
    ...watched('store', { ping, totals: () => countTotals(dataSource) }),
    poolUse: () => poolUseOf(dataSource),
    [Symbol.asyncDispose]: () => dataSource.destroy(),
  };
};
