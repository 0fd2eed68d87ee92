import type { ChangePasswordRequest, ChangePasswordResponse } from '@userferry/contracts/migration/v1/user_service';
import type { Handler } from '@userferry/grpc';
import { changePassword as change } from '../users/change-password.ts';
import type { UserDeps } from '../users/own-users.ts';
import { addressOf } from './address-of.ts';
import { auditedCallOf, identifierOf } from './fields.ts';
import { USER_VERDICTS, userIn } from './wire-verdict.ts';

/** Sets a new password; where the old one is given, it has to be right. */
export const changePassword =
  (deps: UserDeps): Handler<ChangePasswordRequest, ChangePasswordResponse> =>
  async ({ userPoolId, userId, oldPassword, newPassword, countedAs, ...who }, call) => {
    const auditAction = who.auditAction || `IdentityService/${oldPassword === undefined ? 'Reset' : 'Change'}Password`;
    const by = { ...auditedCallOf({ ...who, auditAction }, call), signal: call.signal };
    const attempted = countedAs && {
      identifier: identifierOf(countedAs.identifier),
      address: addressOf(countedAs.requestIp, call.log),
    };
    const result = await change({ userPoolId, userId, oldPassword, newPassword, attempted }, by, deps);
    return {
      verdict: USER_VERDICTS[result.verdict],
      user: userIn(result),
      retryAfterMs: result.verdict === 'too_many_attempts' ? BigInt(result.retryAfterMs) : 0n,
    };
  };
