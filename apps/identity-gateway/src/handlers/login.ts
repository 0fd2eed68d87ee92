import type { LoginRequest, LoginResponse } from '@userferry/contracts/identity/v1/identity_service';
import type { Handler } from '@userferry/grpc';
import { authorizePool } from '../access/authorize.ts';
import { type LoginDeps, proveLogin } from '../login/prove-login.ts';
import { toLoginAttempt } from './login-attempt.ts';
import { toLoginResponse } from './login-response.ts';

/** Proves a password; see `proveLogin` for how. */
export const login =
  (deps: LoginDeps): Handler<LoginRequest, LoginResponse> =>
  async (request, call) => {
    authorizePool(call.caller, 'identity', request.userPoolId);
    const proven = await proveLogin(toLoginAttempt(request), call, deps);
    const { end } = proven;
    const facts =
      end.step === 'authenticated' ? { source: end.source, migratedNow: end.migratedNow } : { reason: end.reason };
    call.log.info({ userPoolId: request.userPoolId, outcome: end.step, ...facts }, 'login');
    return toLoginResponse(proven);
  };
