import { identifierKey, type Profile } from '@userferry/user-model';
import type { EntityManager } from 'typeorm';
import { type StoredProfile, userIdentifierEntity } from '../../entities/user-entities.ts';
import type { IdentifierRow } from './identifier-rows.ts';
import type { UserChange } from './update-user.ts';

const FLAGS = [
  { kind: 'email', flag: 'emailVerified' },
  { kind: 'phone', flag: 'phoneVerified' },
] as const;

/** The field of a profile that says whether its identifier of that kind was verified, if there is one. */
export const verifiedFlagOf = (kind: string): string | undefined => FLAGS.find((one) => one.kind === kind)?.flag;

/** A profile without what it says of an e-mail or phone that it has not: what was typed in its place is verified by nobody. */
export const withoutFlagsOfNone = (profile: Profile): Profile => {
  const vague: readonly string[] = FLAGS.filter(({ kind }) => profile[kind] === undefined).map(({ flag }) => flag);
  return Object.fromEntries(Object.entries(profile).filter(([field]) => !vague.includes(field)));
};

/** What is stored of a profile, without what it says of identifiers that are not the user's here. */
export const withoutFlags = (stored: StoredProfile, lost: readonly IdentifierRow[]): StoredProfile => {
  const flags = lost.filter(({ inProfile }) => inProfile).map(({ kind }) => verifiedFlagOf(kind));
  return Object.fromEntries(Object.entries(stored).filter(([field]) => !flags.includes(field)));
};

/** Fields that said of an e-mail or phone that it was verified, which the change clears or replaces. To be asked before it. */
export const flagsToEnd = async (
  manager: EntityManager,
  { userId, set, clear }: UserChange,
): Promise<readonly string[]> => {
  const shown = await manager.findBy(userIdentifierEntity, { userId, inProfile: true });
  const stays = (kind: 'email' | 'phone'): boolean => {
    const value = set[kind];
    if (value === undefined) return !clear.includes(kind);
    return shown.some((row) => row.kind === kind && row.normalised === identifierKey({ kind, value }));
  };
  return FLAGS.filter(({ kind }) => !stays(kind)).map(({ flag }) => flag);
};
