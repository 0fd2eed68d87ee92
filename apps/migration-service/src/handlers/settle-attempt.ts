import {
  type SettleAttemptRequest,
  type SettleAttemptResponse,
  AttemptEnd as WireEnd,
} from '@userferry/contracts/migration/v1/login_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { settleAttempt as settle } from '../login/settle-attempt.ts';
import { addressOf } from './address-of.ts';
import { identifierOf, invalidField } from './fields.ts';

const ENDS: Readonly<Partial<Record<WireEnd, 'proven' | 'undecided'>>> = {
  [WireEnd.PROVEN]: 'proven',
  [WireEnd.UNDECIDED]: 'undecided',
};

export const settleAttempt =
  (store: UserStore): Handler<SettleAttemptRequest, SettleAttemptResponse> =>
  async ({ userPoolId, identifier, requestIp, end: wire, byLegacyStore }, { log }) => {
    const end = ENDS[wire];
    if (end === undefined) throw invalidField('end', 'must be proven or undecided');
    const attempt = { userPoolId, identifier: identifierOf(identifier), address: addressOf(requestIp, log) };
    await settle({ ...attempt, end, byLegacyStore }, store);
    return {};
  };
