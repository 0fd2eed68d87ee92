import { type Identifier, identifierKey } from '@userferry/user-model';
import type { DataSource } from 'typeorm';
import { tombstoneEntity } from '../entities/user-entities.ts';
import { retryConflicts } from '../retry-conflicts.ts';
import { type MigrationResult, migrateUser, type ProvenUser } from './migrate-user.ts';
import { findByIdentifier, type StoredUser } from './stored-user.ts';

/** Users of our store. `userPoolId` must be that of an existing pool. */
export const createUserRepository = (dataSource: DataSource) => ({
  findByIdentifier: (userPoolId: string, identifier: Identifier): Promise<StoredUser | undefined> =>
    findByIdentifier(dataSource.manager, userPoolId, identifier),

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
