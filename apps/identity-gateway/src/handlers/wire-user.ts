import { MigrationState, Profile, User } from '@userferry/contracts/identity/v1/user';
import type { Profile as DomainProfile } from '@userferry/user-model';
import { toWireExternalId } from '../clients/migration.ts';
import type { KnownUser, LegacyUser } from '../users/known-user.ts';

/** A user as it travels: ours as our store sent them, one of the legacy user store's under the legacy id alone. */
export const toWireUser = (user: KnownUser): User => (user.kind === 'stored' ? user.stored : legacyUser(user));

const legacyUser = ({ externalId, profile }: LegacyUser): User =>
  User.fromPartial({
    externalRef: { ref: toWireExternalId(externalId) },
    profile: wireProfile(profile),
    migrationState: MigrationState.LEGACY,
  });

const wireProfile = ({ customData = {}, loginsCount, registerSource = [], ...fields }: DomainProfile): Profile =>
  Profile.fromPartial({
    ...fields,
    registerSource: [...registerSource],
    customDataJson: Buffer.from(JSON.stringify(customData)),
    ...(loginsCount !== undefined && { loginsCount: BigInt(loginsCount) }),
  });
