import { randomUUID } from 'node:crypto';
import { identifiersOf, type Profile } from '@userferry/user-model';
import type { EntityManager } from 'typeorm';
import { userEntity } from '../../entities/user-entities.ts';
import { lockPool } from '../../require-pool.ts';
import { holdsCustomUserStore } from '../connections/connection-row.ts';
import { type Author, writeUserAudit } from '../history/audit.ts';
import {
  giveIdentifiers,
  identifierRows,
  noIdentifier,
  shownIdentifiers,
  takenOf,
  tombstoneKeys,
} from './identifier-rows.ts';
import type { Credential } from './stored-user.ts';
import { anyTombstoned } from './tombstones.ts';
import type { UserResult } from './user-result.ts';
import { setCredential } from './user-row.ts';

export type NewUser = {
  readonly userPoolId: string;
  /** With at least one identifier. */
  readonly profile: Profile;
  /** Absent: the user cannot log in by password yet. */
  readonly credential?: Credential | undefined;
};

/** Creates a user who never was in a legacy user store. Throws INVALID_ARGUMENT without an identifier. */
export const createUser = async (
  manager: EntityManager,
  wanted: NewUser,
  author: Author & { readonly at: Date },
): Promise<UserResult> => {
  const { at } = author;
  const { userPoolId, profile, credential } = wanted;
  const identifiers = identifierRows(userPoolId, shownIdentifiers(profile));
  if (identifiers.length === 0) throw noIdentifier();
  if (await holdsCustomUserStore(manager, userPoolId)) return { verdict: 'custom_user_store' };
  await lockPool(manager, userPoolId, 'shared');
  if ((await takenOf(manager, identifiers)).length > 0) return { verdict: 'exists' };
  if (await anyTombstoned(manager, tombstoneKeys(userPoolId, identifiersOf(profile)))) return { verdict: 'tombstoned' };
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
  await giveIdentifiers(manager, userId, identifiers);
  if (credential !== undefined) await setCredential(manager, userId, credential, { at });
  await writeUserAudit(manager, { userPoolId, userId }, { ...author, action: 'IdentityService/Register' });
  return { verdict: 'ok', user: { userId, profile, migrationState, ...times } };
};
