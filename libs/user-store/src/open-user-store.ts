import type { Clock } from './clock.ts';
import { connectDataSource, type DatabaseLimits, missingLimits } from './data-source.ts';
import { createLateReads, type ReplicaOptions } from './late-reads.ts';
import { findMissingSecrets, type MissingSecret } from './missing-secrets.ts';
import { createApiKeyRepository } from './repositories/api-keys.ts';
import { type AttemptLimits, createAttemptRepository } from './repositories/attempts.ts';
import { createAuditRepository } from './repositories/audit.ts';
import { createConflictRepository } from './repositories/conflicts.ts';
import { createConnectionRepository } from './repositories/connections.ts';
import { createPoolRepository } from './repositories/pools.ts';
import { createProgressRepository } from './repositories/progress.ts';
import { createScriptRunRepository, type RunLimits } from './repositories/script-runs.ts';
import { createTombstoneRepository } from './repositories/tombstones.ts';
import { createUserRepository } from './repositories/users.ts';
import { withRetries } from './retry-conflicts.ts';
import { createSealer, type KeyRing } from './sealing.ts';
import { toStoreFailure, withStoreFailures } from './store-failures.ts';
import { ATTEMPT_LIMITS, KEPT_DAYS, type KeptDays, RUN_LIMITS } from './store-limits.ts';

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
  /** Absent: this machine's. */
  readonly clock?: Clock;
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
  /** Keys of the ring's ids and peppers that stored values need and nobody gave. Throws STORE_UNAVAILABLE. */
  readonly missingSecrets: (pepperIds: readonly string[]) => Promise<readonly MissingSecret[]>;
  /** @throws ServiceError STORE_UNAVAILABLE when the database does not answer */
  readonly ping: () => Promise<void>;
};

type Repository = Record<string, (...args: never[]) => Promise<unknown>>;

const guarded = <T extends Repository>(repository: T): T => withStoreFailures(withRetries(repository));

const connected = async (limits: DatabaseLimits) => {
  const dataSource = await connectDataSource(limits);
  return { dataSource, notices: limits.throughPooler ? await missingLimits(dataSource) : [] };
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
  replica,
  ...limits
}: UserStoreOptions): Promise<UserStore> => {
  const sealer = createSealer(keyRing);
  const { dataSource, notices } = await connected(limits).catch((error: unknown) => {
    throw toStoreFailure(error);
  });
  const late = createLateReads(dataSource, limits, replica);
  const { read } = late;
  const missingSecrets = (pepperIds: readonly string[]) =>
    findMissingSecrets(dataSource, { keyIds: [...keyRing.keys.keys()], pepperIds });
  const ping = async () => {
    await dataSource.query('SELECT 1');
  };
  return {
    pools: guarded(createPoolRepository(dataSource, clock)),
    apiKeys: guarded(createApiKeyRepository(dataSource)),
    connections: guarded(createConnectionRepository(dataSource, sealer, clock)),
    users: guarded(createUserRepository(dataSource, { clock, read })),
    attempts: guarded(createAttemptRepository(dataSource, { keyRing, limits: attemptLimits, clock })),
    conflicts: guarded(createConflictRepository(dataSource, clock)),
    tombstones: guarded(createTombstoneRepository(dataSource, clock)),
    progress: guarded(createProgressRepository(dataSource, { clock, read, daysKept: keptDays.logins })),
    scriptRuns: guarded(createScriptRunRepository(dataSource, { sealer, limits: runLimits, clock, read })),
    audit: guarded(createAuditRepository(dataSource, { clock, read, daysKept: keptDays.audit })),
    ...withStoreFailures({ ping, missingSecrets }),
    notices,
    [Symbol.asyncDispose]: async () => {
      await late[Symbol.asyncDispose]();
      await dataSource.destroy();
    },
  };
};
