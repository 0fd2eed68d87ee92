import type { ExternalId } from './external-id.ts';
import { IDENTIFIER_KINDS, type Identifier, identifierKey } from './identifier.ts';
import type { Profile } from './profile.ts';

/**
 * Where a user stands: `legacy` lives in the legacy user store only, `migrated` came from it and is stored here,
 * `tombstoned` was deleted here and is never brought back by a login, `local` was created here.
 */
export type MigrationState = 'legacy' | 'migrated' | 'tombstoned' | 'local';

/** A user of our store. `externalId` is absent for users who never were in a legacy user store. */
export type User = {
  readonly userId: string;
  readonly externalId?: ExternalId;
  readonly profile: Profile;
  readonly migrationState: MigrationState;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly migratedAt?: Date;
};

/**
 * The identifiers by which a user can log in here from now on: those of the profile, and what the user typed where
 * the profile has none of that kind.
 */
export const identifiersOf = (profile: Profile, typed?: Identifier): readonly Identifier[] =>
  IDENTIFIER_KINDS.flatMap((kind) => {
    const value = profile[kind] ?? (typed?.kind === kind ? typed.value : undefined);
    return value === undefined ? [] : [{ kind, value }];
  });

/** An identifier by which a user can log in; `inProfile` marks the one of its kind that the profile shows. */
export type LoginIdentifier = Identifier & { readonly inProfile: boolean };

/**
 * `identifiersOf`, and what the user typed where the profile has another one of that kind: an alias, by which the legacy
 * user store knows them too.
 */
export const loginIdentifiersOf = (profile: Profile, typed?: Identifier): readonly LoginIdentifier[] => {
  const shown = identifiersOf(profile, typed).map((identifier) => ({ ...identifier, inProfile: true }));
  const isShown = ({ kind, value }: Identifier): boolean =>
    shown.some((one) => one.kind === kind && identifierKey(one) === identifierKey({ kind, value }));
  return typed === undefined || isShown(typed) ? shown : [...shown, { ...typed, inProfile: false }];
};
