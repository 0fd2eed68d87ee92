import { randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import {
  type ExternalId,
  externalIdKey,
  type Identifier,
  identifierKey,
  identifiersOf,
  type Profile,
  type User,
} from '@userferry/user-model';
import type { DataSource, EntityManager } from 'typeorm';
import { connectionVersionEntity } from '../entities/connection-entities.ts';
import {
  credentialEntity,
  externalIdEntity,
  tombstoneEntity,
  userEntity,
  userIdentifierEntity,
} from '../entities/user-entities.ts';
import { type Credential, findByExternalId, type StoredUser } from './stored-user.ts';

/** What a legacy user store has proven. `typed` is what the user logged in with. */
export type ProvenUser = {
  readonly userPoolId: string;
  readonly connectionId: string;
  readonly externalId: ExternalId;
  readonly profile: Profile;
  readonly typed: Identifier;
  readonly credential: Credential;
};

/**
 * `already_migrated`: stored before, and left as it was. `tombstoned`: deleted here before, nothing was stored.
 * `conflict`: an identifier belongs to another user, nothing was stored.
 */
export type MigrationResult =
  | { readonly verdict: 'migrated'; readonly user: User }
  | ({ readonly verdict: 'already_migrated' } & StoredUser)
  | { readonly verdict: 'tombstoned' | 'conflict' };

type Plan = ReturnType<typeof planOf>;

const planOf = ({ userPoolId, connectionId, externalId, profile, typed }: ProvenUser) => {
  const { type: idType, text: idText } = externalIdKey(externalId);
  const identifiers = identifiersOf(profile, typed).map((identifier) => ({
    userPoolId,
    kind: identifier.kind,
    normalised: identifierKey(identifier),
    value: identifier.value,
  }));
  const { email, phone, username, ...stored } = profile;
  const tombstones = [
    { userPoolId, kind: `external_id_${idType}`, value: idText },
    ...[...identifiers, { kind: typed.kind, normalised: identifierKey(typed) }].map(({ kind, normalised }) => ({
      userPoolId,
      kind,
      value: normalised,
    })),
  ];
  return { external: { userPoolId, connectionId, idType, idText }, identifiers, stored, tombstones };
};

const isTombstoned = (manager: EntityManager, plan: Plan): Promise<boolean> =>
  manager.existsBy(tombstoneEntity, plan.tombstones);

const isTaken = async (manager: EntityManager, plan: Plan): Promise<boolean> => {
  const keys = plan.identifiers.map(({ userPoolId, kind, normalised }) => ({ userPoolId, kind, normalised }));
  return keys.length > 0 && manager.existsBy(userIdentifierEntity, keys);
};

const insertUser = async (manager: EntityManager, proven: ProvenUser, plan: Plan): Promise<User> => {
  const now = new Date();
  const [userId, migrationState] = [randomUUID(), 'migrated' as const];
  const times = { createdAt: now, updatedAt: now, migratedAt: now };
  const { userPoolId, externalId, credential } = proven;
  await manager.insert(userEntity, { id: userId, userPoolId, migrationState, profile: plan.stored, ...times });
  await manager.insert(externalIdEntity, { ...plan.external, userId });
  // In the fixed order of the kinds, so that two transactions do not wait for each other in a ring.
  await manager.insert(
    userIdentifierEntity,
    plan.identifiers.map((identifier) => ({ ...identifier, userId })),
  );
  await manager.insert(credentialEntity, { ...credential, userId, createdAt: now });
  const identifiers = Object.fromEntries(plan.identifiers.map(({ kind, value }) => [kind, value]));
  return { userId, externalId, profile: { ...plan.stored, ...identifiers }, migrationState, ...times };
};

/** In custom-user-store mode nothing about a user is written. Throws CONCURRENT_CHANGE. */
const requireLazyMigration = async (manager: EntityManager, connectionId: string): Promise<void> => {
  const lazy = await manager
    .createQueryBuilder(connectionVersionEntity, 'v')
    .innerJoin('connection', 'c', 'c.id = v.connectionId AND c.version = v.version')
    .where("c.id = :connectionId AND v.mode = 'lazy_migration'", { connectionId })
    .getExists();
  if (!lazy) throw new ServiceError('CONCURRENT_CHANGE', 'the connection no longer migrates users');
};

/** Thrown to undo what the transaction has written so far. */
const DELETED_MEANWHILE = new Error('a deletion came between');

const migrateIn = async (manager: EntityManager, proven: ProvenUser, plan: Plan): Promise<MigrationResult> => {
  // In this order: the identifiers may be taken by this very user, whom another login stores at this moment.
  const taken = await isTaken(manager, plan);
  const known = await findByExternalId(manager, plan.external);
  if (known !== undefined) return { verdict: 'already_migrated', ...known };
  if (await isTombstoned(manager, plan)) return { verdict: 'tombstoned' };
  if (taken) return { verdict: 'conflict' };
  const user = await insertUser(manager, proven, plan);
  // A deletion locks the pool's row and a save the connection's, for which our inserts have waited: what they wrote
  // shows now, not before.
  if (await isTombstoned(manager, plan)) throw DELETED_MEANWHILE;
  await requireLazyMigration(manager, proven.connectionId);
  return { verdict: 'migrated', user };
};

/** One attempt, in one transaction. Fails with a unique violation when another one was faster; then repeat it. */
export const migrateUser = async (dataSource: DataSource, proven: ProvenUser): Promise<MigrationResult> => {
  const plan = planOf(proven);
  try {
    return await dataSource.transaction((manager) => migrateIn(manager, proven, plan));
  } catch (error) {
    if (error === DELETED_MEANWHILE) return { verdict: 'tombstoned' };
    throw error;
  }
};
