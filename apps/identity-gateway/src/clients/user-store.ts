import { MigrationState as WireState } from '@userferry/contracts/identity/v1/user';
import {
  UserServiceClient,
  type StoreFacts as WireFacts,
  UserVerdict as WireVerdict,
} from '@userferry/contracts/migration/v1/user_service';
import type { CallFacts, ClientTls } from '@userferry/grpc';
import type { Identifier, JsonObject, MigrationState } from '@userferry/user-model';
import { auditedAs } from '../access/audited-as.ts';
import type { StoreFacts } from '../connection/store-facts.ts';
import type { UserSelector } from '../users/user-selector.ts';
import type { UserVerdict } from '../users/user-verdict.ts';
import { type StoredUser, toWireExternalId, toWireIdentifier } from './migration.ts';
import { createOwnClient } from './own-client.ts';
import { toStoreFacts } from './store-facts.ts';
import { unknownAnswer } from './unknown-answer.ts';

/** What became of a call: `user` is there with `ok` (but for a deletion). */
export type UserAnswer = { readonly verdict: UserVerdict; readonly user: StoredUser | undefined };
export type UserAnswerWithFacts = UserAnswer & { readonly facts: StoreFacts };

export type UserPage = {
  readonly userPoolId: string;
  /** Empty: all. */
  readonly keyword: string;
  readonly page: number;
  readonly limit: number;
  readonly migrationState: MigrationState | undefined;
};

export type UserStore = Disposable & {
  readonly findUser: (userPoolId: string, user: UserSelector, call: CallFacts) => Promise<UserAnswerWithFacts>;
  readonly createUser: (
    user: { readonly userPoolId: string; readonly profile: JsonObject; readonly password: string | undefined },
    call: CallFacts,
  ) => Promise<UserAnswerWithFacts>;
  readonly listUsers: (
    page: UserPage,
    call: CallFacts,
  ) => Promise<{
    readonly verdict: UserVerdict;
    readonly users: readonly StoredUser[];
    readonly totalCount: number;
    readonly facts: StoreFacts;
  }>;
  /** `updates`: what is set, and null for what is cleared. */
  readonly updateUser: (
    update: {
      readonly userPoolId: string;
      readonly userId: string;
      readonly updates: JsonObject;
      readonly password: string | undefined;
    },
    call: CallFacts,
  ) => Promise<UserAnswer>;
  readonly deleteUser: (
    user: { readonly userPoolId: string } & (
      | { readonly userId: string }
      | { readonly connectionId: string; readonly legacyProfileJson: string }
    ),
    call: CallFacts,
  ) => Promise<{ readonly verdict: UserVerdict }>;
  readonly changePassword: (
    change: {
      readonly userPoolId: string;
      readonly userId: string;
      /** `undefined`: not checked. */
      readonly oldPassword: string | undefined;
      readonly newPassword: string;
      /** Under what a wrong old password counts; `undefined`: under the user's id, and no address. */
      readonly typed?: Identifier;
      readonly ip: string;
    },
    call: CallFacts,
  ) => Promise<UserAnswer & { readonly retryAfterMs: number }>;
};

/** Creating is not repeated: a second one would find the first and call it somebody else's. */
const REPEATABLE = ['findUser', 'listUsers', 'updateUser', 'deleteUser'];

export const createUserStore = (address: string, token: string, tls?: ClientTls): UserStore => {
  const client = createOwnClient(UserServiceClient, { address, token, tls, repeatable: REPEATABLE });
  return {
    findUser: async (userPoolId, user, call) =>
      withFacts(await client.findUser({ userPoolId, user: toWireSelector(user) }, call)),
    createUser: async ({ userPoolId, profile, password }, call) => {
      const user = { userPoolId, profileJson: jsonBytes(profile), password, actor: call.caller.id };
      return withFacts(await client.createUser(user, call));
    },
    listUsers: async ({ migrationState, ...page }, call) => {
      const state = migrationState === undefined ? WireState.UNSPECIFIED : WIRE_STATES[migrationState];
      const answer = await client.listUsers({ ...page, migrationState: state }, call);
      const { users, totalCount } = answer;
      return { verdict: toVerdict(answer.verdict), users, totalCount: Number(totalCount), facts: facts(answer.facts) };
    },
    updateUser: async ({ userPoolId, userId, updates, password }, call) => {
      const update = { userPoolId, userId, updatesJson: jsonBytes(updates), password, actor: call.caller.id };
      return toAnswer(await client.updateUser(update, call));
    },
    deleteUser: async (user, call) => {
      const legacy =
        'userId' in user ? NOT_LEGACY : { ...user, legacyProfileJson: Buffer.from(user.legacyProfileJson) };
      const { userPoolId } = user;
      const userId = 'userId' in user ? user.userId : '';
      const { verdict } = await client.deleteUser({ ...legacy, userPoolId, userId, actor: call.caller.id }, call);
      return { verdict: toVerdict(verdict) };
    },
    changePassword: async ({ typed, ip, ...change }, call) => {
      const by = { actor: call.caller.id, auditAction: auditedAs(call) };
      const countedAs = typed && { identifier: toWireIdentifier(typed), requestIp: ip };
      const answer = await client.changePassword({ ...change, countedAs, ...by }, call);
      return { ...toAnswer(answer), retryAfterMs: Number(answer.retryAfterMs) };
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

const NOT_LEGACY = { connectionId: '', legacyProfileJson: Buffer.alloc(0) };

const jsonBytes = (value: JsonObject): Buffer => Buffer.from(JSON.stringify(value));

const toWireSelector = (user: UserSelector) => {
  switch (user.kind) {
    case 'user_id':
      return ref({ $case: 'userId', value: user.value });
    case 'external_id':
      return ref(toWireExternalId(user.value));
    default:
      return { selector: { $case: user.kind, value: user.value } };
  }
};

type WireRef = { $case: 'userId' | 'externalIdString'; value: string } | { $case: 'externalIdNumber'; value: number };
const ref = (value: WireRef) => ({ selector: { $case: 'ref' as const, value: { ref: value } } });

const WIRE_STATES = {
  legacy: WireState.LEGACY,
  migrated: WireState.MIGRATED,
  tombstoned: WireState.TOMBSTONED,
  local: WireState.LOCAL,
} as const;

const VERDICTS: Readonly<Partial<Record<WireVerdict, UserVerdict>>> = {
  [WireVerdict.OK]: 'ok',
  [WireVerdict.NOT_FOUND]: 'not_found',
  [WireVerdict.EXISTS]: 'exists',
  [WireVerdict.TOMBSTONED]: 'tombstoned',
  [WireVerdict.WRONG_PASSWORD]: 'wrong_password',
  [WireVerdict.LOCKED]: 'locked',
  [WireVerdict.TOO_MANY_ATTEMPTS]: 'too_many_attempts',
  [WireVerdict.CUSTOM_USER_STORE]: 'custom_user_store',
};

const toVerdict = (wire: WireVerdict): UserVerdict => {
  const verdict = VERDICTS[wire];
  if (verdict === undefined) throw unknownAnswer();
  return verdict;
};

type WireAnswer = { readonly verdict: WireVerdict; readonly user?: StoredUser | undefined };

const toAnswer = ({ verdict, user }: WireAnswer): UserAnswer => ({ verdict: toVerdict(verdict), user });

const facts = (wire: WireFacts | undefined): StoreFacts => {
  if (wire === undefined) throw unknownAnswer();
  return toStoreFacts(wire);
};

const withFacts = (answer: WireAnswer & { readonly facts?: WireFacts | undefined }): UserAnswerWithFacts => ({
  ...toAnswer(answer),
  facts: facts(answer.facts),
});
