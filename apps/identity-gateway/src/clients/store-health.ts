import { HealthClient, HealthCheckResponse_ServingStatus as Status } from '@userferry/contracts/grpc/health/v1/health';
import { PoolStoreServiceClient } from '@userferry/contracts/migration/v1/pool_store_service';
import { ServiceError } from '@userferry/errors';
import { type CallContext, type ClientTls, createClient } from '@userferry/grpc';
import { createOwnClient } from './own-client.ts';

export type StoreHealth = Disposable & {
  /**
   * Why this gateway cannot work with a migration-service now; undefined where it can: one answers, says that it serves, its
   * database included, and takes our calls. No secret is in it.
   */
  readonly problem: (call: CallContext) => Promise<string | undefined>;
};

/** Nobody's: whoever answers that there is none has looked at our token and certificate, which health does not. */
const NO_POOL = '00000000-0000-0000-0000-000000000000';

export const createStoreHealth = (address: string, token: string, tls?: ClientTls): StoreHealth => {
  const stack = new DisposableStack();
  const health = stack.use(createClient(HealthClient, { address, tls }));
  const pools = stack.use(createOwnClient(PoolStoreServiceClient, { address, tls, token }));
  const takesOurCalls = (call: CallContext) =>
    pools.getUserPool({ userPoolId: NO_POOL }, call).then(
      () => undefined,
      (error: unknown) => (isNoPool(error) ? undefined : wordsOf(error)),
    );
  return {
    problem: (call) =>
      health
        .check({ service: '' }, call)
        .then(({ status }) => (status === Status.SERVING ? takesOurCalls(call) : 'it is not SERVING'), wordsOf),
    [Symbol.dispose]: () => stack.dispose(),
  };
};

const isNoPool = (error: unknown): boolean => error instanceof ServiceError && error.reason === 'USER_POOL_NOT_FOUND';

/** What the other side or our own channel to it said, which the error itself may keep from whoever calls us. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof ServiceError)) return String(error);
  const { reason, message, cause } = error;
  if (cause instanceof ServiceError) return wordsOf(cause);
  const { details } = (cause ?? {}) as { readonly details?: unknown };
  return `${reason}: ${typeof details === 'string' ? details : message}`;
};
