import type { User as WireUser } from '@userferry/contracts/identity/v1/user';
import {
  type CheckLoginResponse,
  LoginServiceClient,
  MigrationVerdict,
  AttemptEnd as WireAttemptEnd,
  LocalVerdict as WireLocalVerdict,
} from '@userferry/contracts/migration/v1/login_service';
import { type CallContext, type CallFacts, type ClientTls, createClient } from '@userferry/grpc';
import type { Identifier } from '@userferry/user-model';
import { auditedAs } from '../access/audited-as.ts';
import type { StoreFacts } from '../connection/store-facts.ts';
import type { LoginAttempt } from '../login/login-attempt.ts';
import type { LocalVerdict } from '../login/next-step.ts';
import { toStoreFacts } from './store-facts.ts';
import { unknownAnswer } from './unknown-answer.ts';

/** A user of our store, in the form in which it goes on to the caller; nothing here looks into it but for the id. */
export type StoredUser = WireUser;

/** What our store knows of a login, and which version of the connection is current: one call. */
export type CheckedLogin = {
  readonly verdict: LocalVerdict;
  readonly user: StoredUser | undefined;
  readonly facts: StoreFacts;
  readonly retryAfterMs: number;
};

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
  readonly end: 'proven' | 'undecided';
  readonly byLegacyStore: boolean;
};

export type LoginStore = Disposable & {
  readonly checkLogin: (attempt: LoginAttempt, call: CallFacts) => Promise<CheckedLogin>;
  readonly migrateUser: (request: MigrationRequest, call: CallFacts) => Promise<Migration>;
  /** What a migration would come to now, whatever the password; nothing is stored. */
  readonly previewMigration: (supposed: SupposedMigration, call: CallContext) => Promise<Migration['verdict']>;
  readonly settleAttempt: (settled: SettledAttempt, call: CallContext) => Promise<void>;
};

const WIRE_ENDS = { proven: WireAttemptEnd.PROVEN, undecided: WireAttemptEnd.UNDECIDED } as const;

export const createLoginStore = (address: string, token: string, tls?: ClientTls): LoginStore => {
  const repeatable = ['checkLogin', 'migrateUser', 'previewMigration', 'settleAttempt'];
  const client = createClient(LoginServiceClient, { address, token, tls, repeatable });
  return {
    checkLogin: async ({ userPoolId, identifier, password, facts }, call) => {
      const request = { userPoolId, identifier: toWireIdentifier(identifier), password, requestIp: facts.ip };
      return toCheckedLogin(await client.checkLogin(request, call));
    },
    migrateUser: async ({ attempt, connectionId, profileJson, passwordIsNew }, call) => {
      const { userPoolId, identifier, password, facts } = attempt;
      const proven = { userPoolId, connectionId, profileJson: Buffer.from(profileJson), password, passwordIsNew };
      const by = { actor: call.caller.id, auditAction: auditedAs(call) };
      const request = { ...proven, ...by, identifier: toWireIdentifier(identifier), requestIp: facts.ip };
      const { verdict, user } = await client.migrateUser(request, call);
      return toMigration(verdict, user);
    },
    previewMigration: async ({ profileJson, typed, ...supposed }, call) => {
      const identifier = typed && toWireIdentifier(typed);
      const request = { ...supposed, profileJson: Buffer.from(profileJson), identifier };
      return toVerdict((await client.previewMigration(request, call)).verdict);
    },
    settleAttempt: async ({ userPoolId, identifier, ip, end, byLegacyStore }, call) => {
      const attempt = { userPoolId, identifier: toWireIdentifier(identifier), requestIp: ip };
      await client.settleAttempt({ ...attempt, end: WIRE_ENDS[end], byLegacyStore }, call);
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
  [WireLocalVerdict.TOO_MANY_ATTEMPTS]: 'too_many_attempts',
};

const toCheckedLogin = (response: CheckLoginResponse): CheckedLogin => {
  const verdict = VERDICTS[response.verdict];
  if (verdict === undefined) throw unknownAnswer();
  const { user, retryAfterMs } = response;
  return { verdict, user, facts: toStoreFacts(response), retryAfterMs: Number(retryAfterMs) };
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
  const stored = STORED[verdict];
  if (stored === undefined) throw unknownAnswer();
  return { verdict: stored, user };
};

const STORED: Readonly<Partial<Record<MigrationVerdict, 'migrated' | 'already_migrated'>>> = {
  [MigrationVerdict.MIGRATED]: 'migrated',
  [MigrationVerdict.ALREADY_MIGRATED]: 'already_migrated',
};

const toVerdict = (verdict: MigrationVerdict): Migration['verdict'] => {
  const known = isRefusal(verdict) ? REFUSALS[verdict] : STORED[verdict];
  if (known === undefined) throw unknownAnswer();
  return known;
};
