import {
  ChangePasswordRequest,
  DeleteUserRequest,
  type GeoLocation,
  GetUserRequest,
  ListUsersRequest,
  LoginRequest,
  RegisterRequest,
  type Rejected,
  ResetPasswordRequest,
  SearchUsersRequest,
  type Undecided,
  UpdateUserRequest,
  type UserSelector,
} from '@userferry/contracts/identity/v1/identity_service';
import type { Profile } from '@userferry/contracts/identity/v1/user';
import type { CallContext } from '@userferry/grpc';
import { inTime, type LegacyCompany } from './connect-company.ts';

/** Facts of a call beside what it is about. */
export type How = {
  readonly call?: CallContext;
  /** The user's address. */
  readonly ip?: string;
  /** Where they are. */
  readonly geo?: GeoLocation;
  /** What scripts see as `context.request.body`. */
  readonly body?: object;
};

export type Outcome = { readonly $case: string; readonly value: unknown } | undefined;

export const byEmail = (value: string): UserSelector => ({ selector: { $case: 'email', value } });
export const byUsername = (value: string): UserSelector => ({ selector: { $case: 'username', value } });
/** A legacy id in its own type. */
export const byLegacyId = (value: string | number): UserSelector => {
  const ref =
    typeof value === 'number'
      ? { $case: 'externalIdNumber' as const, value }
      : { $case: 'externalIdString' as const, value };
  return { selector: { $case: 'ref', value: { ref } } };
};
export const byOurId = (value: string): UserSelector => ({
  selector: { $case: 'ref', value: { ref: { $case: 'userId', value } } },
});

/** The reason of an answer that is not what the caller wanted; undefined when it is. */
export const reasonOf = (outcome: Outcome): string | undefined => {
  if (outcome === undefined) return 'no outcome';
  const refused = outcome.$case === 'rejected' || outcome.$case === 'undecided';
  return refused ? (outcome.value as Rejected | Undecided).reason : undefined;
};

/** The nine calls as an edge makes them, with what every call carries filled in. */
export const createCaller = ({ userPoolId, identity }: Pick<LegacyCompany, 'userPoolId' | 'identity'>) => {
  const facts = ({ ip = '', geo, body = {} }: How) => ({
    userPoolId,
    context: {
      appId: 'journey',
      appName: 'Journey',
      requestIp: ip,
      ...(geo && { requestGeo: geo }),
      requestBodyJson: Buffer.from(JSON.stringify(body)),
    },
  });
  const at = ({ call }: How) => call ?? inTime();
  return {
    login: async (user: UserSelector, password: string, how: How = {}) => {
      const { selector } = user;
      if (selector === undefined || selector.$case === 'ref') throw new Error('nobody logs in by an id');
      const request = LoginRequest.fromPartial({ ...facts(how), identifier: selector, password });
      return (await identity.login(request, at(how))).outcome;
    },
    register: async (profile: Partial<Profile>, password: string, how: How = {}) =>
      (await identity.register(RegisterRequest.fromPartial({ ...facts(how), profile, password }), at(how))).outcome,
    getUser: async (user: UserSelector, how: How = {}) =>
      (await identity.getUser(GetUserRequest.fromPartial({ ...facts(how), user }), at(how))).outcome,
    search: async (keyword: string, how: How = {}) =>
      (await identity.searchUsers(SearchUsersRequest.fromPartial({ ...facts(how), keyword }), at(how))).outcome,
    list: async (page: { page: number; limit: number }, how: How = {}) =>
      (await identity.listUsers(ListUsersRequest.fromPartial({ ...facts(how), ...page }), at(how))).outcome,
    update: async (user: UserSelector, updates: Partial<Profile>, how: How & { readonly password?: string } = {}) => {
      const password = how.password === undefined ? {} : { password: how.password };
      const request = UpdateUserRequest.fromPartial({ ...facts(how), user, updates, ...password });
      return (await identity.updateUser(request, at(how))).outcome;
    },
    delete: async (user: UserSelector, how: How = {}) =>
      (await identity.deleteUser(DeleteUserRequest.fromPartial({ ...facts(how), user }), at(how))).outcome,
    change: async (user: UserSelector, passwords: { old: string; new: string }, how: How = {}) => {
      const both = { oldPassword: passwords.old, newPassword: passwords.new };
      const request = ChangePasswordRequest.fromPartial({ ...facts(how), user, ...both });
      return (await identity.changePassword(request, at(how))).outcome;
    },
    reset: async (user: UserSelector, newPassword: string, how: How = {}) =>
      (await identity.resetPassword(ResetPasswordRequest.fromPartial({ ...facts(how), user, newPassword }), at(how)))
        .outcome,
  };
};

export type Caller = ReturnType<typeof createCaller>;
