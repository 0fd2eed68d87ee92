import {
  IDENTIFIER_KINDS,
  type IdentifierKind,
  identifiersOf,
  type Profile,
  type ProfileField,
} from '@userferry/user-model';
import type { EntityManager } from 'typeorm';
import { type StoredProfile, userIdentifierEntity } from '../../entities/user-entities.ts';
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
import { goneResult, lockUser, setCredential, storedResult } from './user-row.ts';
import { flagsToEnd } from './verified-flags.ts';

export type UserChange = {
  readonly userPoolId: string;
  readonly userId: string;
  readonly set: Profile;
  readonly clear: readonly (ProfileField | 'customData')[];
  readonly credential?: Credential | undefined;
};

const isKind = (field: string): field is IdentifierKind => (IDENTIFIER_KINDS as readonly string[]).includes(field);

/** Of a kind that changes nothing stays, aliases included: what the profile shows is what works. */
const changeIdentifiers = async (
  manager: EntityManager,
  { userPoolId, userId, set, clear }: UserChange,
): Promise<'exists' | 'tombstoned' | undefined> => {
  const wanted = identifierRows(userPoolId, shownIdentifiers(set));
  const kinds = [...wanted.map(({ kind }) => kind), ...clear.filter(isKind)];
  if (kinds.length === 0) return undefined;
  const taken = await takenOf(manager, wanted);
  if (taken.some((row) => row.userId !== userId)) return 'exists';
  const isOwn = ({ kind, value }: { kind: string; value: string }): boolean =>
    taken.some((row) => row.kind === kind && row.normalised === value);
  const others = tombstoneKeys(userPoolId, identifiersOf(set)).filter((key) => !isOwn(key));
  if (await anyTombstoned(manager, others)) return 'tombstoned';
  for (const kind of kinds) await manager.delete(userIdentifierEntity, { userId, kind });
  await giveIdentifiers(manager, userId, wanted);
  if (await manager.existsBy(userIdentifierEntity, { userId })) return undefined;
  throw noIdentifier();
};

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
  if (row === null) return goneResult(manager, userPoolId, userId);
  const gone: readonly string[] = [...clear, ...(await flagsToEnd(manager, change))];
  const problem = await changeIdentifiers(manager, change);
  if (problem !== undefined) return { verdict: problem };
  const { email, phone, username, ...fields } = set;
  const kept = Object.entries(row.profile as StoredProfile).filter(([name]) => !gone.includes(name));
  const profile = { ...Object.fromEntries(kept), ...fields };
  await manager.query('UPDATE users SET profile = $2, updated_at = $3 WHERE id = $1', [userId, profile, at]);
  if (credential !== undefined) await setCredential(manager, userId, credential, { at });
  await writeUserAudit(manager, change, { ...author, action: 'IdentityService/UpdateUser' });
  return storedResult(manager, userPoolId, userId);
};
