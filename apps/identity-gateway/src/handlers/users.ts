import type {
  ChangePasswordRequest,
  ChangePasswordResponse,
  DeleteUserRequest,
  DeleteUserResponse,
  GetUserRequest,
  GetUserResponse,
  RegisterRequest,
  RegisterResponse,
  RequestContext,
  ResetPasswordRequest,
  ResetPasswordResponse,
  UpdateUserRequest,
  UpdateUserResponse,
} from '@userferry/contracts/identity/v1/identity_service';
import type { CallFacts, Handler } from '@userferry/grpc';
import { withTimeToAnswer } from '../outcome/out-of-time.ts';
import { changePassword } from '../users/change-password.ts';
import { deleteUser } from '../users/delete-user.ts';
import { getUser } from '../users/get-user.ts';
import { register } from '../users/register.ts';
import { resetPassword } from '../users/reset-password.ts';
import { updateUser } from '../users/update-user.ts';
import type { Ended } from '../users/user-end.ts';
import type { UserDeps, UserScope } from '../users/user-scope.ts';
import { optionalPassword, passwordField } from './password.ts';
import { toNewProfile, toUpdates } from './profile.ts';
import { logFacts, toOutcome } from './refusal.ts';
import { requestFacts } from './request-facts.ts';
import { toUserSelector } from './user-selector.ts';
import { toWireUser } from './wire-user.ts';

type InPool = {
  readonly userPoolId: string;
  readonly context?: RequestContext | undefined;
  readonly password?: string | undefined;
  readonly oldPassword?: string;
  readonly newPassword?: string;
};

const passwordsOf = ({ password = '', oldPassword = '', newPassword = '' }: InPool): readonly string[] => [
  password,
  oldPassword,
  newPassword,
];

/** In which pool, and one log line of how it ended. */
export const inPool = async <T>(
  request: InPool,
  { call, deps }: { readonly call: CallFacts; readonly deps: UserDeps },
  work: (scope: UserScope) => Promise<Ended<T>>,
): Promise<Ended<T>> => {
  const { userPoolId, context } = request;
  const facts = requestFacts(context, passwordsOf(request));
  const ended = await work({ userPoolId, facts, call: withTimeToAnswer(call), deps });
  call.log.info({ userPoolId, ...logFacts(ended.end) }, 'call about users');
  return ended;
};

export const registerUser =
  (deps: UserDeps): Handler<RegisterRequest, RegisterResponse> =>
  async (request, call) => {
    const ended = await inPool(request, { call, deps }, async (scope) => {
      const password = optionalPassword('password', request.password);
      return register({ profile: toNewProfile(request.profile), password }, scope);
    });
    return { outcome: toOutcome(ended, (user) => ({ $case: 'registered' as const, value: toWireUser(user) })) };
  };

export const getOneUser =
  (deps: UserDeps): Handler<GetUserRequest, GetUserResponse> =>
  async (request, call) => {
    const ended = await inPool(request, { call, deps }, async (scope) => getUser(toUserSelector(request.user), scope));
    return { outcome: toOutcome(ended, (user) => ({ $case: 'found' as const, value: toWireUser(user) })) };
  };

export const updateOneUser =
  (deps: UserDeps): Handler<UpdateUserRequest, UpdateUserResponse> =>
  async (request, call) => {
    const ended = await inPool(request, { call, deps }, async (scope) => {
      const updates = toUpdates(request.updates, request.clear);
      const password = optionalPassword('password', request.password);
      return updateUser(toUserSelector(request.user), { updates, password }, scope);
    });
    return { outcome: toOutcome(ended, (user) => ({ $case: 'updated' as const, value: toWireUser(user) })) };
  };

export const deleteOneUser =
  (deps: UserDeps): Handler<DeleteUserRequest, DeleteUserResponse> =>
  async (request, call) => {
    const ended = await inPool(request, { call, deps }, async (scope) =>
      deleteUser(toUserSelector(request.user), scope),
    );
    return { outcome: toOutcome(ended, (value) => ({ $case: 'deleted' as const, value })) };
  };

export const changeUserPassword =
  (deps: UserDeps): Handler<ChangePasswordRequest, ChangePasswordResponse> =>
  async (request, call) => {
    const ended = await inPool(request, { call, deps }, async (scope) => {
      const oldPassword = passwordField('old_password', request.oldPassword);
      const newPassword = passwordField('new_password', request.newPassword);
      return changePassword(toUserSelector(request.user), { oldPassword, newPassword }, scope);
    });
    return { outcome: toOutcome(ended, (user) => ({ $case: 'changed' as const, value: toWireUser(user) })) };
  };

export const resetUserPassword =
  (deps: UserDeps): Handler<ResetPasswordRequest, ResetPasswordResponse> =>
  async (request, call) => {
    const ended = await inPool(request, { call, deps }, async (scope) => {
      const newPassword = passwordField('new_password', request.newPassword);
      return resetPassword(toUserSelector(request.user), newPassword, scope);
    });
    return { outcome: toOutcome(ended, (user) => ({ $case: 'reset' as const, value: toWireUser(user) })) };
  };
