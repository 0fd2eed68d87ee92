import { type LoginResponse, LoginSource } from '@userferry/contracts/identity/v1/identity_service';
import { MigrationState, Profile, User, type UserRef } from '@userferry/contracts/identity/v1/user';
import type { Profile as DomainProfile, ExternalId } from '@userferry/user-model';
import type { LoginEnd, ProvenLogin } from '../login/prove-login.ts';

const SOURCES = { local: LoginSource.LOCAL, custom_database: LoginSource.CUSTOM_DATABASE } as const;

/** How a login ended, for the edge. A script's own words are in it only where the pool reveals them. */
export const toLoginResponse = ({ end, revealDetails }: ProvenLogin): LoginResponse => ({
  outcome: outcomeOf(end, revealDetails),
});

const outcomeOf = (end: LoginEnd, revealDetails: boolean): LoginResponse['outcome'] => {
  if (end.step === 'authenticated') {
    const user = end.user.kind === 'stored' ? end.user.stored : legacyUser(end.user.externalId, end.user.profile);
    return { $case: 'authenticated', value: { user, source: SOURCES[end.source], migratedNow: end.migratedNow } };
  }
  const message = revealDetails && end.detail !== undefined ? end.detail : end.message;
  if (end.step === 'reject') return { $case: 'rejected', value: { reason: end.reason, message, code: end.code } };
  const { reason, retryAfterMs, code } = end;
  return { $case: 'undecided', value: { reason, message, retryAfterMs: BigInt(retryAfterMs), code } };
};

/** A user of whom nothing is stored here: only the legacy id names them. */
const legacyUser = (
  externalId: ExternalId,
  { customData = {}, loginsCount, registerSource = [], ...fields }: DomainProfile,
): User => {
  const profile = Profile.fromPartial({
    ...fields,
    registerSource: [...registerSource],
    customDataJson: Buffer.from(JSON.stringify(customData)),
    ...(loginsCount !== undefined && { loginsCount: BigInt(loginsCount) }),
  });
  return User.fromPartial({ externalRef: { ref: refOf(externalId) }, profile, migrationState: MigrationState.LEGACY });
};

const refOf = (id: ExternalId): NonNullable<UserRef['ref']> =>
  typeof id === 'number' ? { $case: 'externalIdNumber', value: id } : { $case: 'externalIdString', value: id };
