import { type Identifier, identifierKey } from '@userferry/user-model';
import type { DataSource } from 'typeorm';
import { tombstoneEntity } from '../entities/user-entities.ts';
import { isUuid } from '../require-pool.ts';
import { retryConflicts } from '../retry-conflicts.ts';
import { type MigrationResult, migrateUser, type ProvenUser } from './migrate-user.ts';
import { findByIdentifier, type StoredUser } from './stored-user.ts';

/** Users of our store. What is written goes to a pool and a connection that exist. */
export const createUserRepository = (dataSource: DataSource) => ({
  findByIdentifier: async (userPoolId: string, identifier: Identifier): Promise<StoredUser | undefined> =>
    isUuid(userPoolId) ? findByIdentifier(dataSource.manager, userPoolId, identifier) : undefined,

  /** Whether the user whom this identifier named was deleted here. */
  isTombstoned: (userPoolId: string, identifier: Identifier): Promise<boolean> =>
    dataSource.manager.existsBy(tombstoneEntity, {
      userPoolId,
      kind: identifier.kind,
      value: identifierKey(identifier),
    }),

  /**
   * Stores a user whom the legacy user store has proven, all of it or nothing. Safe to repeat and to call twice at
   * once: there will be one user, and both callers get it.
   */
  migrate: (proven: ProvenUser): Promise<MigrationResult> => retryConflicts(() => migrateUser(dataSource, proven)),
});
