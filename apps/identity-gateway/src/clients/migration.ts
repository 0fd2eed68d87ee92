import type { User as WireUser } from '@userferry/contracts/identity/v1/user';
import {
  type MigrateUserRequest,
  type MigrateUserResponse,
  MigrationVerdict,
} from '@userferry/contracts/migration/v1/login_service';
import type { CallFacts } from '@userferry/grpc';
import type { ExternalId, Identifier } from '@userferry/user-model';
import { auditedAs } from '../access/audited-as.ts';
import type { LoginAttempt } from '../login/login-attempt.ts';
import { unknownAnswer } from './unknown-answer.ts';

/** A user of our store, in the form in which it goes on to the caller; nothing here looks into it but for the id. */
export type StoredUser = WireUser;

export type Migration =
  | { readonly verdict: 'migrated' | 'already_migrated'; readonly user: StoredUser }
  | { readonly verdict: 'tombstoned' | 'conflict' | 'wrong_password' | 'locked' };

export type MigrationRequest = {
  readonly attempt: LoginAttempt;
  readonly connectionId: string;
  readonly profileJson: string;
  /** The legacy user store proved who the user is, and this password is a new one: no login is counted. */
  readonly passwordIsNew: boolean;
};

export const toWireIdentifier = ({ kind, value }: Identifier) => ({ identifier: { $case: kind, value } });

/** A legacy id; its type is kept. */
export const toWireExternalId = (id: ExternalId) =>
  typeof id === 'number'
    ? ({ $case: 'externalIdNumber', value: id } as const)
    : ({ $case: 'externalIdString', value: id } as const);

export const toMigrateRequest = (
  { attempt, connectionId, profileJson, passwordIsNew }: MigrationRequest,
  call: CallFacts,
): MigrateUserRequest => {
  const { userPoolId, identifier, password, facts } = attempt;
  const proven = { userPoolId, connectionId, profileJson: Buffer.from(profileJson), password, passwordIsNew };
  const by = { actor: call.caller.id, auditAction: auditedAs(call) };
  return { ...proven, ...by, identifier: toWireIdentifier(identifier), requestIp: facts.ip };
};

const REFUSALS = {
  [MigrationVerdict.TOMBSTONED]: 'tombstoned',
  [MigrationVerdict.CONFLICT]: 'conflict',
  [MigrationVerdict.WRONG_PASSWORD]: 'wrong_password',
  [MigrationVerdict.LOCKED]: 'locked',
} as const;

const isRefusal = (verdict: MigrationVerdict): verdict is keyof typeof REFUSALS => Object.hasOwn(REFUSALS, verdict);

export const toMigration = ({ verdict, user }: MigrateUserResponse): Migration => {
  if (isRefusal(verdict)) return { verdict: REFUSALS[verdict] };
  if (user === undefined) throw unknownAnswer();
  const stored = STORED[verdict];
  if (stored === undefined) throw unknownAnswer();
  return { verdict: stored, user };
};

const STORED: Readonly<Partial<Record<MigrationVerdict, 'migrated' | 'already_migrated'>>> = {
  [MigrationVerdict.MIGRATED]: 'migrated',
  [MigrationVerdict.ALREADY_MIGRATED]: 'already_migrated',
};

/** Of a migration that is only thought through. */
export const toVerdict = (verdict: MigrationVerdict): Migration['verdict'] => {
  const known = isRefusal(verdict) ? REFUSALS[verdict] : STORED[verdict];
  if (known === undefined) throw unknownAnswer();
  return known;
};
