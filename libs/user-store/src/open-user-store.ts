import { connectDataSource, type DatabaseLimits } from './data-source.ts';
import { createApiKeyRepository } from './repositories/api-keys.ts';
import { createConnectionRepository } from './repositories/connections.ts';
import { createPoolRepository } from './repositories/pools.ts';
import { createUserRepository } from './repositories/users.ts';
import { createSealer, type KeyRing } from './sealing.ts';
import { toStoreFailure, withStoreFailures } from './store-failures.ts';

export type UserStoreOptions = DatabaseLimits & { readonly keyRing: KeyRing };

/** Everything that is remembered. Each function fails with a ServiceError, or an Error that repeats no value. */
export type UserStore = AsyncDisposable & {
  readonly pools: ReturnType<typeof createPoolRepository>;
  readonly apiKeys: ReturnType<typeof createApiKeyRepository>;
  readonly connections: ReturnType<typeof createConnectionRepository>;
  readonly users: ReturnType<typeof createUserRepository>;
  /** @throws ServiceError STORE_UNAVAILABLE when the database does not answer */
  readonly ping: () => Promise<void>;
};

/**
 * Opens the store; `migrateStore` has run before. Disposing it closes the connections.
 * @throws ServiceError STORE_UNAVAILABLE, Error when the key ring is unusable
 */
export const openUserStore = async ({ keyRing, ...limits }: UserStoreOptions): Promise<UserStore> => {
  const sealer = createSealer(keyRing);
  const dataSource = await connectDataSource(limits).catch((error: unknown) => {
    throw toStoreFailure(error);
  });
  const ping = async () => {
    await dataSource.query('SELECT 1');
  };
  return {
    pools: withStoreFailures(createPoolRepository(dataSource)),
    apiKeys: withStoreFailures(createApiKeyRepository(dataSource)),
    connections: withStoreFailures(createConnectionRepository(dataSource, sealer)),
    users: withStoreFailures(createUserRepository(dataSource)),
    ...withStoreFailures({ ping }),
    [Symbol.asyncDispose]: () => dataSource.destroy(),
  };
};
