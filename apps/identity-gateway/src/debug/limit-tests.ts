import { ServiceError } from '@userferry/errors';
import type { Handler } from '@userferry/grpc';

const AT_ONCE_MAX = 2;
const RETRY_AFTER_MS = 1_000;

const tooMany = () =>
  new ServiceError('TOO_MANY_CHECKS', 'two scripts of this user pool are being tried out: wait until one has ended', {
    metadata: { retry_after_ms: String(RETRY_AFTER_MS) },
  });

/**
 * Lets two tests of a user pool's scripts run at a time. They run where its logins do, and each may take ten seconds: whoever
 * may no more than try scripts out could have kept everybody from logging in.
 */
export const limitTests = <Request extends { readonly userPoolId: string }, Response>(
  testScript: Handler<Request, Response>,
): Handler<Request, Response> => {
  const running = new Map<string, number>();
  const count = (userPoolId: string, change: 1 | -1): void => {
    const left = (running.get(userPoolId) ?? 0) + change;
    if (left > 0) running.set(userPoolId, left);
    else running.delete(userPoolId);
  };
  return async (request, call) => {
    const { userPoolId } = request;
    if ((running.get(userPoolId) ?? 0) >= AT_ONCE_MAX) throw tooMany();
    count(userPoolId, 1);
    try {
      return await testScript(request, call);
    } finally {
      count(userPoolId, -1);
    }
  };
};
