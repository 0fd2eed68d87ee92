import {
  type MigrateUserRequest,
  type MigrateUserResponse,
  MigrationVerdict,
} from '@userferry/contracts/migration/v1/login_service';
import type { CallFacts, Handler } from '@userferry/grpc';
import { count } from '@userferry/telemetry';
import type { Credential } from '@userferry/user-store';
import type { LoginDeps } from '../login/check-login.ts';
import { migrateProvenUser } from '../login/migrate-proven-user.ts';
import { addressOf } from './address-of.ts';
import { auditedCallOf, identifierOf } from './fields.ts';
import { wireUser } from './wire-user.ts';

export const VERDICTS = {
  migrated: MigrationVerdict.MIGRATED,
  already_migrated: MigrationVerdict.ALREADY_MIGRATED,
  tombstoned: MigrationVerdict.TOMBSTONED,
  conflict: MigrationVerdict.CONFLICT,
  wrong_password: MigrationVerdict.WRONG_PASSWORD,
  locked: MigrationVerdict.LOCKED,
} as const;

export const migrateUser =
  (deps: LoginDeps): Handler<MigrateUserRequest, MigrateUserResponse> =>
  (request, call) =>
    migrated(request, call, deps);

/** `hashing`: of the request's password, where it was begun before. */
export const migrated = async (
  { profileJson, identifier, requestIp, actor, auditAction, ...request }: MigrateUserRequest,
  call: CallFacts,
  deps: LoginDeps,
  hashing?: Promise<Credential>,
): Promise<MigrateUserResponse> => {
  const isAudited = request.passwordIsNew && actor !== '';
  const proof = {
    ...request,
    by: isAudited ? auditedCallOf({ actor, auditAction }, call) : undefined,
    identifier: identifierOf(identifier),
    address: addressOf(requestIp, call.log),
    profileJson: Buffer.from(profileJson).toString('utf8'),
    hashing,
  };
  const migration = await migrateProvenUser(proof, call.signal, deps);
  count('userferry_migrations_total', { result: migration.verdict });
  return {
    verdict: VERDICTS[migration.verdict],
    user: 'user' in migration ? wireUser(migration.user) : undefined,
  };
};
