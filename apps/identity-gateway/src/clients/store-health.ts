import { HealthClient, HealthCheckResponse_ServingStatus as Status } from '@userferry/contracts/grpc/health/v1/health';
import { type CallContext, type ClientTls, createClient } from '@userferry/grpc';

export type StoreHealth = Disposable & {
  /** Whether a migration-service answers now and says that it serves, its database included. */
  readonly serves: (call: CallContext) => Promise<boolean>;
};

export const createStoreHealth = (address: string, tls?: ClientTls): StoreHealth => {
  const client = createClient(HealthClient, { address, tls });
  return {
    serves: (call) =>
      client.check({ service: '' }, call).then(
        ({ status }) => status === Status.SERVING,
        () => false,
      ),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};
