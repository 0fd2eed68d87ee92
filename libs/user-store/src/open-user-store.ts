import { answerMsMaxOf, connectDataSource, type DatabaseLimits, missingLimits } from './data-source.ts';
import { databaseDangers } from './database-dangers.ts';
import { createLateReads, type ReplicaOptions } from './late-reads.ts';
import { type PoolUse, poolUseOf } from './pool-use.ts';
import { createAttemptCalls } from './repositories/attempts/attempt-calls.ts';
import type { AttemptLimits } from './repositories/attempts/attempt-keys.ts';
import { createAttemptRepository } from './repositories/attempts/attempts.ts';
import { createConnectionRepository } from './repositories/connections/connections.ts';
import { createAuditRepository } from './repositories/history/audit.ts';
import { createProgressRepository } from './repositories/history/progress.ts';
import { createScriptRunRepository, type RunLimits } from './repositories/history/script-runs.ts';
import { createApiKeyRepository } from './repositories/pools/api-keys.ts';
import { createPoolRepository } from './repositories/pools/pools.ts';
import { countTotals, type StoreTotals } from './repositories/pools/totals.ts';
import { createConflictRepository } from './repositories/proven-users/conflicts.ts';
import { createTombstoneRepository } from './repositories/users/tombstones.ts';
import { createUserRepository } from './repositories/users/users.ts';
import { withRetries } from './retry-conflicts.ts';
import { findMissingSecrets, type MissingSecret } from './secrets/missing-secrets.ts';
import { findOtherPeppers, type PepperChecks } from './secrets/pepper-checks.ts';
import { createSealer, type KeyRing } from './secrets/sealing.ts';
import { createStatements } from './statements/create-statements.ts';
import { type AsyncFunctions, toStoreFailure, withStoreFailures } from './store-failures.ts';
import { ATTEMPT_LIMITS, KEPT_DAYS, type KeptDays, RUN_LIMITS } from './store-limits.ts';
import type { Clock } from './time/clock.ts';
import type { DatabaseClock } from './time/sweep-time.ts';
import { type Clocks, openTimes } from './time/times.ts';
import { type AroundStoreCall, withWatch } from './watch-calls.ts';

export type UserStoreOptions = DatabaseLimits & {
  readonly keyRing: KeyRing;
  /** Absent: the primary answers everything. */
  readonly replica?: ReplicaOptions | undefined;
  /** Absent: `ATTEMPT_LIMITS`. */
  readonly attemptLimits?: AttemptLimits;
  /** Absent: `RUN_LIMITS`. */
  readonly runLimits?: RunLimits;
  /** Absent: `KEPT_DAYS`. */
  readonly keptDays?: KeptDays;
  /** Of this host and of all that is stored. Absent: this host's, and what is stored goes by the database's. */
  readonly clock?: Clock;
  /** Absent: that of the database's server. Nothing is swept that is not over by it, too. */
  readonly databaseClock?: DatabaseClock | undefined;
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
  /** Sentences that an operator should be told, such as limits that the database's role lacks. */
  readonly notices: readonly string[];
  /** The same of what is worse: users are or will be locked out by how the database itself was made, or moved. */
  readonly dangers: readonly string[];
  /** Keys and peppers that stored values need, and that were not given or are others. Throws STORE_UNAVAILABLE. */
  readonly missingSecrets: (pepperIds: readonly string[]) => Promise<readonly MissingSecret[]>;
  /** Ids under which it has known other peppers; notes those that are new to it. Throws STORE_UNAVAILABLE. */
  readonly otherPeppers: (checks: PepperChecks) => Promise<readonly string[]>;
  /** @throws ServiceError STORE_UNAVAILABLE when the database does not answer */
  readonly ping: () => Promise<void>;
  /** Counts over all user pools: for metrics, not for a call that somebody waits for. */
  readonly totals: () => Promise<StoreTotals>;
  readonly poolUse: () => PoolUse;
};

const connected = async (limits: DatabaseLimits, clocks: Clocks) => {
  const dataSource = await connectDataSource(limits);
  try {
    const notices = limits.throughPooler ? await missingLimits(dataSource) : [];
    const dangers = await databaseDangers(dataSource);
    return { dataSource, notices, dangers, times: await openTimes(dataSource, clocks, answerMsMaxOf(limits)) };
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
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
  clock: hostClock,
  databaseClock,
  replica,
  around = (_, work) => work(),
  ...limits
}: UserStoreOptions): Promise<UserStore> => {
  const sealer = createSealer(keyRing);
  const watched = <T extends AsyncFunctions>(repository: string, functions: T): T =>
    withWatch(repository, withStoreFailures(withRetries(functions)), around);
  const { dataSource, notices, dangers, times } = await connected(limits, { hostClock, databaseClock }).catch(
    (error: unknown) => {
      throw toStoreFailure(error);
    },
  );
  const { clock, givenUpAt } = times;
  const late = createLateReads(dataSource, limits, replica);
  const { read } = late;
  const run = createStatements(dataSource, limits);
  const attemptCalls = createAttemptCalls(keyRing, attemptLimits);
  const missingSecrets = (pepperIds: readonly string[]) =>
    findMissingSecrets(dataSource, { sealer, keyIds: [...keyRing.keys.keys()], pepperIds });
  const otherPeppers = (checks: PepperChecks) => findOtherPeppers(dataSource, checks);
  const ping = async () => {
    await dataSource.query('SELECT 1');
  };
  return {
    pools: watched('pools', createPoolRepository(dataSource, clock)),
    apiKeys: watched('apiKeys', createApiKeyRepository(dataSource, clock)),
    connections: watched('connections', createConnectionRepository(dataSource, sealer, clock)),
    users: watched('users', createUserRepository({ dataSource, run, clock, givenUpAt, read }, attemptCalls)),
    attempts: watched('attempts', createAttemptRepository({ dataSource, run, ...times }, attemptCalls)),
    conflicts: watched('conflicts', createConflictRepository(dataSource, clock)),
    tombstones: watched('tombstones', createTombstoneRepository(dataSource, clock)),
    progress: watched('progress', createProgressRepository(dataSource, { ...times, read, daysKept: keptDays.logins })),
    scriptRuns: watched(
      'scriptRuns',
      createScriptRunRepository({ dataSource, run, ...times, read }, { sealer, limits: runLimits }),
    ),
    audit: watched('audit', createAuditRepository(dataSource, { ...times, read, daysKept: keptDays.audit })),
    ...watched('store', { ping, missingSecrets, otherPeppers, totals: () => read(countTotals) }),
    poolUse: () => poolUseOf(dataSource),
    notices,
    dangers,
    [Symbol.asyncDispose]: async () => {
      times[Symbol.dispose]();
      await late[Symbol.asyncDispose]();
      await dataSource.destroy();
    },
  };
};
