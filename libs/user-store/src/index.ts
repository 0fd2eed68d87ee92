export type { EgressRule } from './entities/connection-entities.ts';
export type { ApiKeyRole } from './entities/pool-entities.ts';
export { type MigratedStore, type MigrateStoreOptions, migrateStore } from './migrate-store.ts';
export { openUserStore, type UserStore, type UserStoreOptions } from './open-user-store.ts';
export type { ApiKey, NewApiKey } from './repositories/api-keys.ts';
export type {
  Connection,
  ConnectionChange,
  ConnectionMode,
  ConnectionSettings,
  EnvValues,
  ScriptChange,
} from './repositories/connection-types.ts';
export type { MigrationResult, ProvenUser } from './repositories/migrate-user.ts';
export type { LoginFacts, NewUserPool, UserPool } from './repositories/pools.ts';
export type { Credential, StoredUser } from './repositories/stored-user.ts';
export type { KeyRing } from './sealing.ts';
