import {
  type CheckLoginRequest,
  type CheckLoginResponse,
  LocalVerdict,
} from '@userferry/contracts/migration/v1/login_service';
import type { Handler } from '@userferry/grpc';
import { checkLogin as check, type LoginDeps } from '../login/check-login.ts';
import { addressOf } from './address-of.ts';
import { identifierOf } from './fields.ts';
import { wireFacts } from './wire-facts.ts';
import { wireUser } from './wire-user.ts';

const VERDICTS = {
  verified: LocalVerdict.VERIFIED,
  wrong_password: LocalVerdict.WRONG_PASSWORD,
  unknown: LocalVerdict.UNKNOWN,
  locked: LocalVerdict.LOCKED,
  tombstoned: LocalVerdict.TOMBSTONED,
  too_many_attempts: LocalVerdict.TOO_MANY_ATTEMPTS,
} as const;

export const checkLogin =
  (deps: LoginDeps): Handler<CheckLoginRequest, CheckLoginResponse> =>
  async ({ userPoolId, identifier, password, requestIp }, { signal, log }) => {
    const address = addressOf(requestIp, log);
    const attempt = { userPoolId, identifier: identifierOf(identifier), password, address };
    const { answer, facts } = await check(attempt, signal, deps);
    return {
      ...wireFacts(facts),
      verdict: VERDICTS[answer.verdict],
      user: answer.verdict === 'verified' ? wireUser(answer.user) : undefined,
      retryAfterMs: answer.verdict === 'too_many_attempts' ? BigInt(answer.retryAfterMs) : 0n,
    };
  };
