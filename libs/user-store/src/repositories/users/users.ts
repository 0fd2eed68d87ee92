import { type ExternalId, externalIdKey, type Identifier } from '@userferry/user-model';
import type { DataSource, EntityManager } from 'typeorm';
import type { LateReads } from '../../late-reads.ts';
import { retryConflicts } from '../../retry-conflicts.ts';
import type { Statements } from '../../statements/create-statements.ts';
import type { Clock } from '../../time/clock.ts';
import type { GivenUpAt } from '../../time/times.ts';
import type { AttemptCalls } from '../attempts/attempt-calls.ts';
import type { AttemptSubject } from '../attempts/attempt-keys.ts';
import type { BegunRow } from '../attempts/attempt-statements.ts';
import { type AttemptAnswer, attemptAnswer, begunInTime } from '../attempts/begin-attempt.ts';
import type { AuditedCall, Author } from '../history/audit.ts';
import {
  type MigrationResult,
  migrateUser,
  type ProvenUser,
  previewMigration,
  type SupposedUser,
} from '../proven-users/migrate-user.ts';
import { createStoreAtOnce } from '../proven-users/store-at-once.ts';
import { type Alias, addAlias } from './add-alias.ts';
import { createUser, type NewUser } from './create-user.ts';
import {
  type Deletion,
  type DeletionResult,
  deleteLegacyUser,
  deleteUser,
  type LegacyDeletion,
} from './delete-user.ts';
import { tombstoneKey } from './identifier-rows.ts';
import { listUsers, type UserList, type UserQuery } from './list-users.ts';
import { type LoginLookup, type LookupRow, lookedUp, lookUpLogin } from './login-lookup.ts';
import { type HashRenewal, renewHash } from './renew-hash.ts';
import { type PasswordChange, type PasswordResult, setPassword } from './set-password.ts';
import { type FoundUser, findById, findByIdentifier, findByPoolsExternalId } from './stored-user.ts';
import { anyTombstoned, externalTombstoneKey, userTombstoneKey } from './tombstones.ts';
import { type UserChange, updateUser } from './update-user.ts';
import type { UserResult } from './user-result.ts';

/** Who is meant: by our id, by the legacy user store's, or by what they type. */
export type UserSelector = { readonly userId: string } | { readonly externalId: ExternalId } | Identifier;

const findUser = (manager: EntityManager, userPoolId: string, selector: UserSelector) => {
  if ('userId' in selector) return findById(manager, userPoolId, selector.userId);
  if ('kind' in selector) return findByIdentifier(manager, userPoolId, selector);
  const { type: idType, text: idText } = externalIdKey(selector.externalId);
  return findByPoolsExternalId(manager, { userPoolId, idType, idText });
};

const keyOf = (userPoolId: string, selector: UserSelector) => {
  if ('userId' in selector) return [userTombstoneKey(userPoolId, selector.userId)];
  if ('kind' in selector) return [tombstoneKey(userPoolId, selector)];
  const { type: idType, text: idText } = externalIdKey(selector.externalId);
  return [externalTombstoneKey({ userPoolId, idType, idText })];
};

/** Who logs in, from where ('' when nobody knows). */
export type LoginSubject = AttemptSubject & { readonly who: Identifier };

type HowMigrated = { readonly call?: AuditedCall | undefined; readonly attempt?: AttemptSubject | undefined };

type UserRepositoryDeps = {
  readonly dataSource: DataSource;
  readonly run: Statements;
  readonly clock: Clock;
  readonly givenUpAt: GivenUpAt;
  readonly read: LateReads;
};

/**
 * Users of our store. Whatever writes is one transaction, is repeated when another one was faster, and writes nothing
 * while the pool's connection is a custom user store that is switched on. What a call other than a login changes leaves
 * its audit entry in the same transaction. All that writes fails with ServiceError USER_POOL_NOT_FOUND,
 * CONCURRENT_CHANGE.
 */
export const createUserRepository = (
  { dataSource, run, clock, givenUpAt, read }: UserRepositoryDeps,
  attempts: AttemptCalls,
) => {
  const storeAtOnce = createStoreAtOnce(run, attempts, clock);
  const write = <T>(run: (manager: EntityManager, at: Date) => Promise<T>): Promise<T> =>
    retryConflicts(() => dataSource.transaction('READ COMMITTED', (manager) => run(manager, clock())));
  return {
    /** A user of an existing pool; of nobody who is here, whether they were deleted. */
    find: async (userPoolId: string, selector: UserSelector): Promise<FoundUser> => {
      const stored = await findUser(dataSource.manager, userPoolId, selector);
      if (stored !== undefined) return { verdict: 'ok', ...stored };
      const deleted = await anyTombstoned(dataSource.manager, keyOf(userPoolId, selector));
      return { verdict: deleted ? 'tombstoned' : 'not_found' };
    },

    /**
     * Begins a login: counts the attempt, unless it has to wait, and looks up pool, connection and whom the identifier
     * names.
     * @throws ServiceError USER_POOL_NOT_FOUND
     */
    beginLogin: async (subject: LoginSubject): Promise<LoginLookup & { readonly attempt: AttemptAnswer }> => {
      const now = clock();
      const lookUp = lookUpLogin(subject.userPoolId, subject.who);
      const begin = (until: Date | null) =>
        retryConflicts(() => run<[LookupRow[], BegunRow[]]>(lookUp, attempts.begin(subject, now, until)));
      const [[row], [begun]] = await begunInTime(givenUpAt(now), begin, ([, [each]]) => each);
      return { ...lookedUp(row, now), attempt: attemptAnswer(begun, now) };
    },

    /** Users of an existing pool; a replica's answer may be a little late. */
    list: (wanted: UserQuery): Promise<UserList> => read((manager) => listUsers(manager, wanted)),

    /**
     * Stores a user whom the legacy user store has proven, all of it or nothing. Safe to repeat and to call twice at
     * once: there will be one user, and both callers get it. `call`: for the audit, when it was no login. `attempt`: the
     * login that it was, settled and counted with it when the verdict is `migrated`.
     */
    migrate: async (proven: ProvenUser, { call, attempt }: HowMigrated = {}): Promise<MigrationResult> => {
      const user = call === undefined ? await storeAtOnce(proven, attempt) : undefined;
      if (user !== undefined) return { verdict: 'migrated', user };
      const result = await write((manager, at) => migrateUser(manager, proven, { at, call }));
      if (attempt !== undefined && result.verdict === 'migrated')
        await retryConflicts(() => run(attempts.loggedIn(attempt, true, clock())));
      return result;
    },

    /** What `migrate` would come to now; nothing is written. */
    previewMigration: (supposed: SupposedUser): Promise<MigrationResult['verdict']> =>
      write((manager) => previewMigration(manager, supposed)),

    /** Lets a user who has migrated log in here by what they typed, too. */
    addAlias: (alias: Alias): Promise<void> => write((manager) => addAlias(manager, alias)),

    /** @throws ServiceError INVALID_ARGUMENT without an identifier */
    create: (wanted: NewUser, author: Author): Promise<UserResult> =>
      write((manager, at) => createUser(manager, wanted, { ...author, at })),

    /** @throws ServiceError INVALID_ARGUMENT when no identifier would be left */
    update: (change: UserChange, author: Author): Promise<UserResult> =>
      write((manager, at) => updateUser(manager, change, { ...author, at })),

    setPassword: (change: PasswordChange, call: AuditedCall): Promise<PasswordResult> =>
      write((manager, at) => setPassword(manager, change, { ...call, at })),

    /** Another hash of the same password, unless another password was set meanwhile. */
    renewHash: (renewal: HashRenewal): Promise<void> => write((manager) => renewHash(manager, renewal)),

    /** Deletes, and leaves a tombstone. */
    delete: (wanted: Deletion, author: Author): Promise<DeletionResult> =>
      write((manager, at) => deleteUser(manager, wanted, { ...author, at })),

    /** The same for a user who lives in the legacy user store only, as far as anybody knew. */
    deleteLegacy: (wanted: LegacyDeletion, author: Author): Promise<DeletionResult> =>
      write((manager, at) => deleteLegacyUser(manager, wanted, { ...author, at })),
  };
};
