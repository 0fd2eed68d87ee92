import { randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import {
  IDENTIFIER_KINDS,
  type Identifier,
  type IdentifierKind,
  identifiersOf,
  loginIdentifiersOf,
  type Profile,
  type ProfileField,
  type User,
} from '@userferry/user-model';
import type { EntityManager } from 'typeorm';
import {
  credentialEntity,
  type StoredProfile,
  userEntity,
  userIdentifierEntity,
} from '../../entities/user-entities.ts';
import { isUuid, lockPool } from '../../require-pool.ts';
import { holdLazyMigration, holdsCustomUserStore } from '../connections/connection-row.ts';
import { type AuditedCall, type Author, writeUserAudit } from '../history/audit.ts';
import { identifierRows, takenOf, tombstoneKey } from './identifier-rows.ts';
import { type Credential, findById } from './stored-user.ts';
import { anyTombstoned } from './tombstones.ts';
import { flagsToEnd } from './verified-flags.ts';

/** What became of a change of a user. */
export type UserResult =
  | { readonly verdict: 'ok'; readonly user: User }
  | { readonly verdict: 'not_found' | 'exists' | 'tombstoned' | 'custom_user_store' };

export type NewUser = {
  readonly userPoolId: string;
  /** With at least one identifier. */
  readonly profile: Profile;
  /** Absent: the user cannot log in by password yet. */
  readonly credential?: Credential | undefined;
};

export type UserChange = {
  readonly userPoolId: string;
  readonly userId: string;
  readonly set: Profile;
  readonly clear: readonly (ProfileField | 'customData')[];
  readonly credential?: Credential | undefined;
};

const noIdentifier = () =>
  new ServiceError('INVALID_ARGUMENT', 'a user needs at least one of email, username and phone');

const ofProfile = (profile: Profile) => identifiersOf(profile).map((one) => ({ ...one, inProfile: true }));

const keysOf = (userPoolId: string, identifiers: readonly Identifier[]) =>
  identifiers.map((identifier) => tombstoneKey(userPoolId, identifier));

const setCredential = async (
  manager: EntityManager,
  userId: string,
  credential: Credential,
  at: Date,
): Promise<void> => {
  await manager.upsert(credentialEntity, { ...credential, userId, createdAt: at }, ['userId']);
};

/** Creates a user who never was in a legacy user store. Throws INVALID_ARGUMENT without an identifier. */
export const createUser = async (
  manager: EntityManager,
  wanted: NewUser,
  author: Author & { readonly at: Date },
): Promise<UserResult> => {
  const { at } = author;
  const { userPoolId, profile, credential } = wanted;
  const identifiers = identifierRows(userPoolId, ofProfile(profile));
  if (identifiers.length === 0) throw noIdentifier();
  if (await holdsCustomUserStore(manager, userPoolId)) return { verdict: 'custom_user_store' };
  await lockPool(manager, userPoolId, 'shared');
  if ((await takenOf(manager, identifiers)).length > 0) return { verdict: 'exists' };
  if (await anyTombstoned(manager, keysOf(userPoolId, identifiersOf(profile)))) return { verdict: 'tombstoned' };
  const { email, phone, username, ...stored } = profile;
  const [userId, migrationState] = [randomUUID(), 'local' as const];
  const times = { createdAt: at, updatedAt: at };
  await manager.insert(userEntity, {
    id: userId,
    userPoolId,
    migrationState,
    profile: stored,
    ...times,
    migratedAt: null,
  });
  await manager.insert(
    userIdentifierEntity,
    identifiers.map((row) => ({ ...row, userId })),
  );
  if (credential !== undefined) await setCredential(manager, userId, credential, at);
  await writeUserAudit(manager, { userPoolId, userId }, { ...author, action: 'IdentityService/Register' });
  return { verdict: 'ok', user: { userId, profile, migrationState, ...times } };
};

const isKind = (field: string): field is IdentifierKind => (IDENTIFIER_KINDS as readonly string[]).includes(field);

/** Of a kind that changes nothing stays, aliases included: what the profile shows is what works. */
const changeIdentifiers = async (
  manager: EntityManager,
  { userPoolId, userId, set, clear }: UserChange,
): Promise<'exists' | 'tombstoned' | undefined> => {
  const wanted = identifierRows(userPoolId, ofProfile(set));
  const kinds = [...wanted.map(({ kind }) => kind), ...clear.filter(isKind)];
  if (kinds.length === 0) return undefined;
  const taken = await takenOf(manager, wanted);
  if (taken.some((row) => row.userId !== userId)) return 'exists';
  const isOwn = ({ kind, value }: { kind: string; value: string }): boolean =>
    taken.some((row) => row.kind === kind && row.normalised === value);
  const others = keysOf(userPoolId, identifiersOf(set)).filter((key) => !isOwn(key));
  if (await anyTombstoned(manager, others)) return 'tombstoned';
  for (const kind of kinds) await manager.delete(userIdentifierEntity, { userId, kind });
  if (wanted.length > 0)
    await manager.insert(
      userIdentifierEntity,
      wanted.map((row) => ({ ...row, userId })),
    );
  if (await manager.existsBy(userIdentifierEntity, { userId })) return undefined;
  throw noIdentifier();
};

/** Takes the user's row for the rest of the transaction. */
const lockUser = (manager: EntityManager, userPoolId: string, userId: string) =>
  isUuid(userId)
    ? manager.findOne(userEntity, { where: { id: userId, userPoolId }, lock: { mode: 'pessimistic_write' } })
    : null;

/** Changes profile, identifiers and password. Throws INVALID_ARGUMENT when no identifier would be left. */
export const updateUser = async (
  manager: EntityManager,
  change: UserChange,
  author: Author & { readonly at: Date },
): Promise<UserResult> => {
  const { at } = author;
  const { userPoolId, userId, set, clear, credential } = change;
  if (await holdsCustomUserStore(manager, userPoolId)) return { verdict: 'custom_user_store' };
  await lockPool(manager, userPoolId, 'shared');
  const row = await lockUser(manager, userPoolId, userId);
  if (row === null) return { verdict: 'not_found' };
  const gone: readonly string[] = [...clear, ...(await flagsToEnd(manager, change))];
  const problem = await changeIdentifiers(manager, change);
  if (problem !== undefined) return { verdict: problem };
  const { email, phone, username, ...fields } = set;
  const kept = Object.entries(row.profile as StoredProfile).filter(([name]) => !gone.includes(name));
  const profile = { ...Object.fromEntries(kept), ...fields };
  await manager.query('UPDATE users SET profile = $2, updated_at = $3 WHERE id = $1', [userId, profile, at]);
  if (credential !== undefined) await setCredential(manager, userId, credential, at);
  await writeUserAudit(manager, change, { ...author, action: 'IdentityService/UpdateUser' });
  const stored = await findById(manager, userPoolId, userId);
  return stored === undefined ? { verdict: 'not_found' } : { verdict: 'ok', user: stored.user };
};

export type PasswordChange = {
  readonly userPoolId: string;
  readonly userId: string;
  readonly credential: Credential;
  /** The hash that the old password was checked against; absent: no old password was asked for. */
  readonly replaces?: string | undefined;
};

/** Sets a password. Throws CONCURRENT_CHANGE when the one that was checked is no longer the user's. */
export const setPassword = async (
  manager: EntityManager,
  change: PasswordChange,
  by: AuditedCall & { readonly at: Date },
): Promise<UserResult> => {
  const { at } = by;
  const { userPoolId, userId, credential, replaces } = change;
  if (await holdsCustomUserStore(manager, userPoolId)) return { verdict: 'custom_user_store' };
  await lockPool(manager, userPoolId, 'shared');
  if ((await lockUser(manager, userPoolId, userId)) === null) return { verdict: 'not_found' };
  const before = await manager.findOneBy(credentialEntity, { userId });
  if (replaces !== undefined && before?.hash !== replaces)
    throw new ServiceError('CONCURRENT_CHANGE', 'the password was changed at the same time');
  await setCredential(manager, userId, credential, at);
  await manager.update(userEntity, { id: userId }, { updatedAt: at });
  await writeUserAudit(manager, change, by);
  const stored = await findById(manager, userPoolId, userId);
  return stored === undefined ? { verdict: 'not_found' } : { verdict: 'ok', user: stored.user };
};

// A legacy user store that ignores case knows a user by more spellings than are worth a row.
const ALIASES_MAX = 20;

export type Alias = {
  readonly userPoolId: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly typed: Identifier;
};

/** Lets a user log in here by what they typed; nothing happens where that is somebody's, or a deleted user's. */
export const addAlias = async (
  manager: EntityManager,
  { userPoolId, connectionId, userId, typed }: Alias,
): Promise<void> => {
  await holdLazyMigration(manager, connectionId);
  await lockPool(manager, userPoolId, 'shared');
  const row = await lockUser(manager, userPoolId, userId);
  if (row === null || (await anyTombstoned(manager, keysOf(userPoolId, [typed])))) return;
  const count = await manager.countBy(userIdentifierEntity, { userId });
  // Not for the profile to show: it may lack one of this kind because that was cleared here.
  const rows = identifierRows(userPoolId, [{ ...typed, inProfile: false }]);
  if (count >= ALIASES_MAX || (await takenOf(manager, rows)).length > 0) return;
  await manager.insert(
    userIdentifierEntity,
    rows.map((one) => ({ ...one, userId })),
  );
};

/** The identifiers of a profile that is not stored, as keys. */
export const keysOfProfile = (userPoolId: string, profile: Profile) =>
  identifierRows(userPoolId, loginIdentifiersOf(profile));
