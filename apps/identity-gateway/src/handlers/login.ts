import type { LoginRequest, LoginResponse } from '@userferry/contracts/identity/v1/identity_service';
import type { CallFacts, Handler } from '@userferry/grpc';
import { countFailedLogin, countLogin } from '../login/count-login.ts';
import { type LoginDeps, type ProvenLogin, proveLogin } from '../login/prove-login.ts';
import { isOutOfTime, OUT_OF_TIME, withTimeToAnswer } from '../outcome/out-of-time.ts';
import { toLoginAttempt } from './login-attempt.ts';
import { toLoginResponse } from './login-response.ts';

/** A store that is too slow has not said that the password is wrong. */
const lateEnd = (error: unknown): ProvenLogin => {
  if (isOutOfTime(error)) return { end: OUT_OF_TIME, source: 'none', revealDetails: false };
  throw error;
};

const prove = async (request: LoginRequest, call: CallFacts, deps: LoginDeps): Promise<ProvenLogin> =>
  proveLogin(toLoginAttempt(request), withTimeToAnswer(call), deps).catch(lateEnd);

const watched = async (login: () => Promise<ProvenLogin>): Promise<ProvenLogin> => {
  const began = performance.now();
  try {
    const proven = await login();
    countLogin(proven, performance.now() - began);
    return proven;
  } catch (error) {
    countFailedLogin(error, performance.now() - began);
    throw error;
  }
};

/** Proves a password; see `proveLogin` for how. Whoever was too slow: the caller is told before its own time is over. */
export const login =
  (deps: LoginDeps): Handler<LoginRequest, LoginResponse> =>
  async (request, call) => {
    const proven = await watched(() => prove(request, call, deps));
    const { end } = proven;
    // Under `source`, which may be a script's, a log shows nothing.
    const facts =
      end.step === 'authenticated' ? { provenBy: end.source, migratedNow: end.migratedNow } : { reason: end.reason };
    call.log.info({ userPoolId: request.userPoolId, outcome: end.step, ...facts }, 'login');
    return toLoginResponse(proven);
  };
