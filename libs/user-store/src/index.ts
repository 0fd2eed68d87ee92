export type { EgressRule } from './entities/connection-entities.ts';
export type { ApiKeyRole } from './entities/pool-entities.ts';
export { FILLED, fillStore, type RunSql } from './growth/fill-store.ts';
export type { ReplicaOptions } from './late-reads.ts';
export { type MigratedStore, type MigrateStoreOptions, migrateStore } from './migrate-store.ts';
export { openUserStore, type UserStore, type UserStoreOptions } from './open-user-store.ts';
export type { Page, Paged } from './paging.ts';
export type { PoolUse } from './pool-use.ts';
export type { AttemptLimits, AttemptSubject } from './repositories/attempts/attempt-keys.ts';
export type { AttemptAnswer } from './repositories/attempts/begin-attempt.ts';
export type {
  Connection,
  ConnectionChange,
  ConnectionMode,
  ConnectionSettings,
  ConnectionVersion,
  EnvValues,
  Isolation,
  ScriptChange,
} from './repositories/connections/connection-types.ts';
export type { AuditEntry, AuditedCall, Author } from './repositories/history/audit.ts';
export type { MigrationCounts, MigrationDay } from './repositories/history/progress.ts';
export type { RunLimits, RunQuery, StoredRun } from './repositories/history/script-runs.ts';
export type { KeyUse, NewApiKey } from './repositories/pools/api-keys.ts';
export type { ApiKey } from './repositories/pools/known-key.ts';
export type { LoginFacts, UserPool } from './repositories/pools/pool-facts.ts';
export type { NewUserPool } from './repositories/pools/pools.ts';
export type { KeyRotation } from './repositories/pools/rotate-key.ts';
export type { StoreTotals } from './repositories/pools/totals.ts';
export type { Conflict, ConflictDecision, ConflictResolution } from './repositories/proven-users/conflicts.ts';
export type { MigrationResult, ProvenUser } from './repositories/proven-users/migrate-user.ts';
export type { Alias } from './repositories/users/add-alias.ts';
export type { NewUser } from './repositories/users/create-user.ts';
export type { Deletion, DeletionResult, LegacyDeletion } from './repositories/users/delete-user.ts';
export type { UserList, UserQuery } from './repositories/users/list-users.ts';
export type { PasswordChange } from './repositories/users/set-password.ts';
export type { Credential, FoundUser, StoredUser } from './repositories/users/stored-user.ts';
export type { Tombstone } from './repositories/users/tombstones.ts';
export type { UserChange } from './repositories/users/update-user.ts';
export type { UserResult } from './repositories/users/user-result.ts';
export type { LoginSubject, UserSelector } from './repositories/users/users.ts';
export type { MadeWithSecret, MissingSecret } from './secrets/missing-secrets.ts';
export type { PepperChecks } from './secrets/pepper-checks.ts';
export {
  type ResealOptions,
  type ResealProgress,
  type ResealResult,
  resealAll,
  type UnopenedValue,
} from './secrets/reseal.ts';
export type { KeyRing } from './secrets/sealing.ts';
export { ATTEMPT_LIMITS, KEPT_DAYS, type KeptDays, RUN_LIMITS } from './store-limits.ts';
export type { Clock } from './time/clock.ts';
export type { AroundStoreCall, StoreCall } from './watch-calls.ts';
