import {
  type CheckLoginResponse,
  LoginServiceClient,
  AttemptEnd as WireAttemptEnd,
  LocalVerdict as WireLocalVerdict,
} from '@userferry/contracts/migration/v1/login_service';
import type { CallContext, CallFacts, ClientTls } from '@userferry/grpc';
import type { Identifier } from '@userferry/user-model';
import type { StoreFacts } from '../connection/store-facts.ts';
import type { LoginAttempt } from '../login/login-attempt.ts';
import type { LocalVerdict } from '../login/next-step.ts';
import {
  type Migration,
  type MigrationRequest,
  type StoredUser,
  toMigrateRequest,
  toMigration,
  toVerdict,
  toWireIdentifier,
} from './migration.ts';
import { createOwnClient } from './own-client.ts';
import { type PreparedMigration, prepareMigration } from './prepared-migration.ts';
import { toStoreFacts } from './store-facts.ts';
import { unknownAnswer } from './unknown-answer.ts';

/** What our store knows of a login, and which version of the connection is current: one call. */
export type CheckedLogin = {
  readonly verdict: LocalVerdict;
  readonly user: StoredUser | undefined;
  readonly facts: StoreFacts;
  readonly retryAfterMs: number;
};

export type SupposedMigration = {
  readonly userPoolId: string;
  readonly connectionId: string;
  readonly profileJson: string;
  /** What would have been typed, where that is known. */
  readonly typed: Identifier | undefined;
};

/** How an attempt ended that the store counted and did not settle itself. */
export type SettledAttempt = {
  readonly userPoolId: string;
  readonly identifier: Identifier;
  readonly ip: string;
  readonly end: 'proven' | 'proven_without_login' | 'undecided' | 'script_failed';
  readonly byLegacyStore: boolean;
};

export type LoginStore = Disposable & {
  readonly checkLogin: (attempt: LoginAttempt, call: CallFacts) => Promise<CheckedLogin>;
  readonly migrateUser: (request: MigrationRequest, call: CallFacts) => Promise<Migration>;
  /** Before a script runs that may prove the attempt's password. */
  readonly prepareMigration: (attempt: LoginAttempt, call: CallFacts) => PreparedMigration;
  /** What a migration would come to now, whatever the password; nothing is stored. */
  readonly previewMigration: (supposed: SupposedMigration, call: CallContext) => Promise<Migration['verdict']>;
  readonly settleAttempt: (settled: SettledAttempt, call: CallContext) => Promise<void>;
};

const toWireEnd = (end: SettledAttempt['end']) => ({
  end: end === 'proven' || end === 'proven_without_login' ? WireAttemptEnd.PROVEN : WireAttemptEnd.UNDECIDED,
  withoutLogin: end === 'proven_without_login',
  scriptFailed: end === 'script_failed',
});

export const createLoginStore = (address: string, token: string, tls?: ClientTls): LoginStore => {
  // Not what settles an attempt: done twice, it takes another one's wrong password back.
  const repeatable = ['checkLogin', 'migrateUser', 'previewMigration'];
  const client = createOwnClient(LoginServiceClient, { address, token, tls, repeatable });
  return {
    checkLogin: async ({ userPoolId, identifier, password, facts }, call) => {
      const request = { userPoolId, identifier: toWireIdentifier(identifier), password, requestIp: facts.ip };
      return toCheckedLogin(await client.checkLogin(request, call));
    },
    migrateUser: async (request, call) => toMigration(await client.migrateUser(toMigrateRequest(request, call), call)),
    prepareMigration: (attempt, call) => prepareMigration(client, attempt, call),
    previewMigration: async ({ profileJson, typed, ...supposed }, call) => {
      const identifier = typed && toWireIdentifier(typed);
      const request = { ...supposed, profileJson: Buffer.from(profileJson), identifier };
      return toVerdict((await client.previewMigration(request, call)).verdict);
    },
    settleAttempt: async ({ userPoolId, identifier, ip, end, byLegacyStore }, call) => {
      const attempt = { userPoolId, identifier: toWireIdentifier(identifier), requestIp: ip };
      await client.settleAttempt({ ...attempt, ...toWireEnd(end), byLegacyStore }, call);
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

const VERDICTS: Readonly<Partial<Record<WireLocalVerdict, LocalVerdict>>> = {
  [WireLocalVerdict.VERIFIED]: 'verified',
  [WireLocalVerdict.WRONG_PASSWORD]: 'wrong_password',
  [WireLocalVerdict.UNKNOWN]: 'unknown',
  [WireLocalVerdict.LOCKED]: 'locked',
  [WireLocalVerdict.TOMBSTONED]: 'tombstoned',
  [WireLocalVerdict.TOO_MANY_ATTEMPTS]: 'too_many_attempts',
};

const toCheckedLogin = (response: CheckLoginResponse): CheckedLogin => {
  const verdict = VERDICTS[response.verdict];
  if (verdict === undefined) throw unknownAnswer();
  const { user, retryAfterMs } = response;
  return { verdict, user, facts: toStoreFacts(response), retryAfterMs: Number(retryAfterMs) };
};
