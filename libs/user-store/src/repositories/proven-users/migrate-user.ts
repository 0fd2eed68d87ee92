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
import { type AuditedCall, writeUserAudit } from '../history/audit.ts';
import { identifierRows } from '../users/identifier-rows.ts';
import { type Credential, findByExternalId, type StoredUser } from '../users/stored-user.ts';
import { externalTombstoneKey } from '../users/tombstones.ts';
import { withoutFlags, withoutFlagsOfNone } from '../users/verified-flags.ts';
import { conflictsOf, recordConflicts } from './conflict-rows.ts';
import { holdMigration } from './hold-migration.ts';
import { insertMigratedUser, type MigratedUser } from './insert-migrated-user.ts';

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

export type MigrationPlan = ReturnType<typeof planOf>;

/** A migration that is only thought through: no password, and perhaps nothing that was typed. */
export type SupposedUser = Omit<ProvenUser, 'credential' | 'typed'> & { readonly typed?: Identifier | undefined };

/** Under which keys a proven user is looked for and stored. */
export const planOf = ({ userPoolId, connectionId, externalId, profile, typed }: SupposedUser) => {
  const { type: idType, text: idText } = externalIdKey(externalId);
  const external = { userPoolId, connectionId, idType, idText };
  const identifiers = identifierRows(userPoolId, loginIdentifiersOf(profile, typed));
  const { email, phone, username, ...stored } = withoutFlagsOfNone(profile);
  const tombstones = [
    externalTombstoneKey(external),
    ...identifiers.map(({ kind, normalised: value }) => ({ userPoolId, kind, value })),
  ];
  return { external, identifiers, stored, tombstones };
};

/** The user as they are stored, and as they are shown. */
export const newUserOf = (proven: ProvenUser, plan: MigrationPlan, at: Date): { row: MigratedUser; user: User } => {
  const { external, identifiers, stored: profile } = plan;
  const { externalId, credential } = proven;
  const userId = randomUUID();
  const shown = identifiers.filter(({ inProfile }) => inProfile);
  const named = Object.fromEntries(shown.map(({ kind, value }) => [kind, value]));
  const times = { createdAt: at, updatedAt: at, migratedAt: at };
  return {
    row: { userId, external, profile, identifiers, credential, at },
    user: { userId, externalId, profile: { ...profile, ...named }, migrationState: 'migrated', ...times },
  };
};

type Decision =
  | { readonly verdict: 'migrated'; readonly identifiers: MigrationPlan['identifiers'] }
  | { readonly verdict: 'conflict'; readonly undecided: Awaited<ReturnType<typeof conflictsOf>>['open'] }
  | { readonly verdict: 'tombstoned' }
  | ({ readonly verdict: 'already_migrated' } & StoredUser);

/** What becomes of a user, and by which identifiers they would be known. Writes nothing. */
const decide = async (manager: EntityManager, plan: MigrationPlan): Promise<Decision> => {
  const { userId, tombstoned, taken } = await holdMigration(manager, plan);
  const known = userId === null ? undefined : await findByExternalId(manager, plan.external);
  if (known !== undefined) return { verdict: 'already_migrated', ...known };
  if (tombstoned) return { verdict: 'tombstoned' };
  const { open, without } = await conflictsOf(manager, plan.external, taken);
  const identifiers = plan.identifiers.filter((row) => !without.has(`${row.kind}:${row.normalised}`));
  // Whoever would be left with nothing to log in by is to be decided about once more.
  const undecided = identifiers.length === 0 ? taken : open;
  return undecided.length > 0 ? { verdict: 'conflict', undecided } : { verdict: 'migrated', identifiers };
};

/**
 * What `migrateUser` would come to now. Writes nothing; of a user with no identifier at all, `migrated`.
 * @throws ServiceError as `migrateUser`
 */
export const previewMigration = async (
  manager: EntityManager,
  supposed: SupposedUser,
): Promise<MigrationResult['verdict']> => (await decide(manager, planOf(supposed))).verdict;

/**
 * One attempt, in one transaction. Fails with a unique violation when another one was faster; then repeat it. A login
 * leaves no audit entry; `call` is what stores a user otherwise.
 * @throws ServiceError USER_POOL_NOT_FOUND, CONCURRENT_CHANGE: in custom-user-store mode nothing about a user is written, nor
 * by a connection that was deleted
 */
export const migrateUser = async (
  manager: EntityManager,
  proven: ProvenUser,
  { at: now, call }: { readonly at: Date; readonly call: AuditedCall | undefined },
): Promise<MigrationResult> => {
  const plan = planOf(proven);
  const decision = await decide(manager, plan);
  if (decision.verdict === 'conflict') {
    await recordConflicts(manager, plan.external, { taken: decision.undecided, wanted: plan.identifiers, now });
    return { verdict: 'conflict' };
  }
  if (decision.verdict !== 'migrated') return decision;
  const { identifiers } = decision;
  const lost = plan.identifiers.filter((row) => !identifiers.includes(row));
  const stored = withoutFlags(plan.stored, lost);
  const { row, user } = newUserOf(proven, { ...plan, identifiers, stored }, now);
  await insertMigratedUser(manager, row);
  const who = { userPoolId: proven.userPoolId, userId: user.userId };
  if (call !== undefined) await writeUserAudit(manager, who, { ...call, at: now });
  return { verdict: 'migrated', user };
};
