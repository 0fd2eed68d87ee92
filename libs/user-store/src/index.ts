export type { Clock } from './clock.ts';
export type { EgressRule } from './entities/connection-entities.ts';
export type { ApiKeyRole } from './entities/pool-entities.ts';
export { FILLED, fillStore, type RunSql } from './growth/fill-store.ts';
export type { ReplicaOptions } from './late-reads.ts';
export { type MigratedStore, type MigrateStoreOptions, migrateStore } from './migrate-store.ts';
export type { MadeWithSecret, MissingSecret } from './missing-secrets.ts';
export { openUserStore, type UserStore, type UserStoreOptions } from './open-user-store.ts';
export type { Page, Paged } from './paging.ts';
export type { PepperChecks } from './pepper-checks.ts';
export type { PoolUse } from './pool-use.ts';
export type { ApiKey, KeyRotation, KeyUse, NewApiKey } from './repositories/api-keys.ts';
export type { AttemptAnswer, AttemptLimits, AttemptSubject } from './repositories/attempt-calls.ts';
export type { AuditEntry, AuditedCall, Author } from './repositories/audit.ts';
export type { Conflict, ConflictDecision, ConflictResolution } from './repositories/conflicts.ts';
export type {
  Connection,
  ConnectionChange,
  ConnectionMode,
  ConnectionSettings,
  ConnectionVersion,
  EnvValues,
  Isolation,
  ScriptChange,
} from './repositories/connection-types.ts';
export type { Deletion, DeletionResult, LegacyDeletion } from './repositories/delete-user.ts';
export type { UserList, UserQuery } from './repositories/list-users.ts';
export type { MigrationResult, ProvenUser } from './repositories/migrate-user.ts';
export type { LoginFacts, UserPool } from './repositories/pool-facts.ts';
export type { NewUserPool } from './repositories/pools.ts';
export type { MigrationCounts, MigrationDay } from './repositories/progress.ts';
export type { RunLimits, RunQuery, StoredRun } from './repositories/script-runs.ts';
export type { Credential, FoundUser, StoredUser } from './repositories/stored-user.ts';
export type { Tombstone } from './repositories/tombstones.ts';
export type { StoreTotals } from './repositories/totals.ts';
export type { LoginSubject, UserSelector } from './repositories/users.ts';
export type { Alias, NewUser, PasswordChange, UserChange, UserResult } from './repositories/write-user.ts';
export {
  type ResealOptions,
  type ResealProgress,
  type ResealResult,
  resealAll,
  type UnopenedValue,
} from './reseal.ts';
export type { KeyRing } from './sealing.ts';
export { ATTEMPT_LIMITS, KEPT_DAYS, type KeptDays, RUN_LIMITS } from './store-limits.ts';
export type { AroundStoreCall, StoreCall } from './watch-calls.ts';
