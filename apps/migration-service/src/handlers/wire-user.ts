import { MigrationState, Profile, type UserRef, User as WireUser } from '@userferry/contracts/identity/v1/user';
import type { Profile as DomainProfile, ExternalId, User } from '@userferry/user-model';
import { jsonBytes } from './fields.ts';

const STATES = {
  legacy: MigrationState.LEGACY,
  migrated: MigrationState.MIGRATED,
  tombstoned: MigrationState.TOMBSTONED,
  local: MigrationState.LOCAL,
} as const;

/** The id that a legacy user store gave, with its type. */
export const wireExternalRef = (id: ExternalId): UserRef => ({
  ref: typeof id === 'number' ? { $case: 'externalIdNumber', value: id } : { $case: 'externalIdString', value: id },
});

const wireProfile = ({ customData = {}, loginsCount, registerSource = [], ...fields }: DomainProfile): Profile =>
  Profile.fromPartial({
    ...fields,
    registerSource: [...registerSource],
    customDataJson: jsonBytes(customData),
    ...(loginsCount !== undefined && { loginsCount: BigInt(loginsCount) }),
  });

/** A user of our store as it travels. */
export const wireUser = ({ externalId, profile, migrationState, ...user }: User): WireUser =>
  WireUser.fromPartial({
    ...user,
    ...(externalId !== undefined && { externalRef: wireExternalRef(externalId) }),
    profile: wireProfile(profile),
    migrationState: STATES[migrationState],
  });
