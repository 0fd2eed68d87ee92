import {
  type SettleAttemptRequest,
  type SettleAttemptResponse,
  AttemptEnd as WireEnd,
} from '@userferry/contracts/migration/v1/login_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { type AttemptEnd, settleAttempt as settle } from '../login/settle-attempt.ts';
import { addressOf } from './address-of.ts';
import { identifierOf, invalidField } from './fields.ts';

const endOf = ({ end, withoutLogin, scriptFailed }: SettleAttemptRequest): AttemptEnd['end'] => {
  switch (end) {
    case WireEnd.PROVEN:
      return withoutLogin ? 'proven_without_login' : 'proven';
    case WireEnd.UNDECIDED:
      return scriptFailed ? 'script_failed' : 'undecided';
    default:
      throw invalidField('end', 'must be proven or undecided');
  }
};

export const settleAttempt =
  (store: UserStore): Handler<SettleAttemptRequest, SettleAttemptResponse> =>
  async (request, { log }) => {
    const { userPoolId, identifier, requestIp, byLegacyStore } = request;
    const end = endOf(request);
    const attempt = { userPoolId, identifier: identifierOf(identifier), address: addressOf(requestIp, log) };
    await settle({ ...attempt, end, byLegacyStore }, store);
    return {};
  };
