import { randomUUID } from 'node:crypto';
import {
  type ExternalId,
  externalIdKey,
  type Identifier,
  loginIdentifiersOf,
  type Profile,
  type User,
} from '@userferry/user-model';
import type { EntityManager } from 'typeorm';
import { credentialEntity, externalIdEntity, userEntity, userIdentifierEntity } from '../entities/user-entities.ts';
import { lockPool } from '../require-pool.ts';
import { type AuditedCall, writeUserAudit } from './audit.ts';
import { clearConflicts, conflictsOf, recordConflicts } from './conflict-rows.ts';
import { holdLazyMigration } from './connection-row.ts';
import { identifierRows, takenOf, tombstoneKey } from './identifier-rows.ts';
import { type Credential, findByExternalId, type StoredUser } from './stored-user.ts';
import { anyTombstoned, externalTombstoneKey } from './tombstones.ts';

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
 * `conflict`: an identifier belongs to another user; nothing of the user was stored, the conflict was.
 */
export type MigrationResult =
  | { readonly verdict: 'migrated'; readonly user: User }
  | ({ readonly verdict: 'already_migrated' } & StoredUser)
  | { readonly verdict: 'tombstoned' | 'conflict' };

type Plan = ReturnType<typeof planOf>;

const planOf = ({ userPoolId, connectionId, externalId, profile, typed }: ProvenUser) => {
  const { type: idType, text: idText } = externalIdKey(externalId);
  const external = { userPoolId, connectionId, idType, idText };
  const identifiers = loginIdentifiersOf(profile, typed);
  const { email, phone, username, ...stored } = profile;
  const tombstones = [
    externalTombstoneKey(external),
    ...identifiers.map((identifier) => tombstoneKey(userPoolId, identifier)),
  ];
  return { external, identifiers: identifierRows(userPoolId, identifiers), stored, tombstones };
};

const insertUser = async (manager: EntityManager, proven: ProvenUser, plan: Plan, now: Date): Promise<User> => {
  const [userId, migrationState] = [randomUUID(), 'migrated' as const];
  const times = { createdAt: now, updatedAt: now, migratedAt: now };
  const { userPoolId, externalId, credential } = proven;
  await manager.insert(userEntity, { id: userId, userPoolId, migrationState, profile: plan.stored, ...times });
  await manager.insert(externalIdEntity, { ...plan.external, userId, createdAt: now });
  // In the fixed order of the kinds, so that two transactions do not wait for each other in a ring.
  await manager.insert(
    userIdentifierEntity,
    plan.identifiers.map((identifier) => ({ ...identifier, userId })),
  );
  await manager.insert(credentialEntity, { ...credential, userId, createdAt: now });
  const shown = plan.identifiers.filter(({ inProfile }) => inProfile);
  const identifiers = Object.fromEntries(shown.map(({ kind, value }) => [kind, value]));
  return { userId, externalId, profile: { ...plan.stored, ...identifiers }, migrationState, ...times };
};

/**
 * One attempt, in one transaction. Fails with a unique violation when another one was faster; then repeat it. A login
 * leaves no audit entry; `call` is what stores a user otherwise.
 * @throws ServiceError CONCURRENT_CHANGE: in custom-user-store mode nothing about a user is written
 */
export const migrateUser = async (
  manager: EntityManager,
  proven: ProvenUser,
  { at: now, call }: { readonly at: Date; readonly call: AuditedCall | undefined },
): Promise<MigrationResult> => {
  const plan = planOf(proven);
  await holdLazyMigration(manager, proven.connectionId);
  await lockPool(manager, proven.userPoolId, 'shared');
  // In this order: the identifiers may be taken by this very user, whom another login stores at this moment.
  const taken = await takenOf(manager, plan.identifiers);
  const known = await findByExternalId(manager, plan.external);
  if (known !== undefined) return { verdict: 'already_migrated', ...known };
  if (await anyTombstoned(manager, plan.tombstones)) return { verdict: 'tombstoned' };
  const { open, without } = await conflictsOf(manager, plan.external, taken);
  const identifiers = plan.identifiers.filter((row) => !without.has(`${row.kind}:${row.normalised}`));
  // Whoever would be left with nothing to log in by is to be decided about once more.
  const undecided = identifiers.length === 0 ? taken : open;
  if (undecided.length > 0) {
    await recordConflicts(manager, plan.external, { taken: undecided, wanted: plan.identifiers, now });
    return { verdict: 'conflict' };
  }
  const user = await insertUser(manager, proven, { ...plan, identifiers }, now);
  await clearConflicts(manager, plan.external);
  const who = { userPoolId: proven.userPoolId, userId: user.userId };
  if (call !== undefined) await writeUserAudit(manager, who, { ...call, at: now });
  return { verdict: 'migrated', user };
};
