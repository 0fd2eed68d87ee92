import type { User as WireUser } from '@userferry/contracts/identity/v1/user';
import {
  type CheckLoginResponse,
  LoginServiceClient,
  MigrationVerdict,
  LocalVerdict as WireLocalVerdict,
} from '@userferry/contracts/migration/v1/login_service';
import { ServiceError } from '@userferry/errors';
import { type CallFacts, createClient } from '@userferry/grpc';
import type { Identifier, JsonObject } from '@userferry/user-model';
import type { LoginAttempt } from '../login/login-attempt.ts';
import type { LocalVerdict } from '../login/next-step.ts';
import { jsonObjectOf } from './json.ts';

export type PoolFacts = {
  readonly name: string;
  readonly metadata: JsonObject;
  readonly revealRejectionDetails: boolean;
};

/** A user of our store, in the form in which it goes on to the caller; nothing here looks into it. */
export type StoredUser = WireUser;

/** What our store knows of a login, and which version of the connection is current: one call. */
export type CheckedLogin = {
  readonly verdict: LocalVerdict;
  readonly user: StoredUser | undefined;
  readonly pool: PoolFacts;
  readonly connection:
    | { readonly connectionId: string; readonly version: bigint; readonly enabled: boolean }
    | undefined;
};

export type Migration =
  | { readonly verdict: 'migrated' | 'already_migrated'; readonly user: StoredUser }
  | { readonly verdict: 'tombstoned' | 'conflict' | 'wrong_password' | 'locked' };

export type MigrationRequest = {
  readonly attempt: LoginAttempt;
  readonly connectionId: string;
  readonly profileJson: string;
};

export type LoginStore = Disposable & {
  readonly checkLogin: (attempt: LoginAttempt, call: CallFacts) => Promise<CheckedLogin>;
  readonly migrateUser: (request: MigrationRequest, call: CallFacts) => Promise<Migration>;
};

export const createLoginStore = (address: string, token: string): LoginStore => {
  const client = createClient(LoginServiceClient, { address, token, repeatable: ['checkLogin', 'migrateUser'] });
  return {
    checkLogin: async ({ userPoolId, identifier, password }, call) =>
      toCheckedLogin(await client.checkLogin({ userPoolId, identifier: toWireIdentifier(identifier), password }, call)),
    migrateUser: async ({ attempt: { userPoolId, identifier, password }, connectionId, profileJson }, call) => {
      const wireIdentifier = toWireIdentifier(identifier);
      const wireProfile = Buffer.from(profileJson);
      const request = { userPoolId, connectionId, profileJson: wireProfile, identifier: wireIdentifier, password };
      const { verdict, user } = await client.migrateUser(request, call);
      return toMigration(verdict, user);
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

const toWireIdentifier = ({ kind, value }: Identifier) => ({ identifier: { $case: kind, value } });

const VERDICTS: Readonly<Partial<Record<WireLocalVerdict, LocalVerdict>>> = {
  [WireLocalVerdict.VERIFIED]: 'verified',
  [WireLocalVerdict.WRONG_PASSWORD]: 'wrong_password',
  [WireLocalVerdict.UNKNOWN]: 'unknown',
  [WireLocalVerdict.LOCKED]: 'locked',
  [WireLocalVerdict.TOMBSTONED]: 'tombstoned',
};

const toCheckedLogin = ({ verdict, user, pool, connection }: CheckLoginResponse): CheckedLogin => {
  const known = VERDICTS[verdict];
  if (known === undefined || pool === undefined) throw unknownAnswer();
  const { name, metadataJson, revealRejectionDetails } = pool;
  return {
    verdict: known,
    user,
    connection,
    pool: { name, metadata: jsonObjectOf(metadataJson), revealRejectionDetails },
  };
};

const REFUSALS = {
  [MigrationVerdict.TOMBSTONED]: 'tombstoned',
  [MigrationVerdict.CONFLICT]: 'conflict',
  [MigrationVerdict.WRONG_PASSWORD]: 'wrong_password',
  [MigrationVerdict.LOCKED]: 'locked',
} as const;

const isRefusal = (verdict: MigrationVerdict): verdict is keyof typeof REFUSALS => Object.hasOwn(REFUSALS, verdict);

const toMigration = (verdict: MigrationVerdict, user: WireUser | undefined): Migration => {
  if (isRefusal(verdict)) return { verdict: REFUSALS[verdict] };
  if (user === undefined) throw unknownAnswer();
  if (verdict === MigrationVerdict.MIGRATED) return { verdict: 'migrated', user };
  if (verdict === MigrationVerdict.ALREADY_MIGRATED) return { verdict: 'already_migrated', user };
  throw unknownAnswer();
};

const unknownAnswer = () => new ServiceError('INTERNAL', 'the migration-service gave an answer that is not known here');
