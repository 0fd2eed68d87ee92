import { ServiceError } from '@userferry/errors';
import type { LoginFacts, UserStore } from '@userferry/user-store';
import type { PasswordHasher } from '../passwords/password-hasher.ts';

/** What calls about users need. */
export type UserDeps = {
  readonly store: Pick<UserStore, 'pools' | 'users' | 'attempts'>;
  readonly passwords: PasswordHasher;
};

/** In custom-user-store mode users live in the legacy user store alone: whatever is left here is not asked. */
export const livesInLegacyStore = ({ connection }: LoginFacts): boolean =>
  connection?.enabled === true && connection.mode === 'custom_user_store';

/** Whoever writes had seen another mode before. */
export const modeChanged = (): ServiceError =>
  new ServiceError('CONCURRENT_CHANGE', 'the connection is a custom user store by now: nothing was written');

/**
 * Pool and connection, for a call that writes users.
 * @throws ServiceError USER_POOL_NOT_FOUND, CONCURRENT_CHANGE in a custom user store
 */
export const requireOwnUsers = async (userPoolId: string, { store }: UserDeps): Promise<LoginFacts> => {
  const facts = await store.pools.loginFacts(userPoolId);
  if (livesInLegacyStore(facts)) throw modeChanged();
  return facts;
};

/**
 * Whoever names a connection was told of it in this very call: one that is the pool's no more was deleted since.
 * @throws ServiceError CONCURRENT_CHANGE unless it is the pool's and migrates users
 */
export const requireOwnConnection = ({ connection }: LoginFacts, connectionId: string): void => {
  if (connection === undefined || connection.connectionId !== connectionId)
    throw new ServiceError('CONCURRENT_CHANGE', 'the connection was deleted at this moment; try again');
  if (connection.mode !== 'lazy_migration') throw modeChanged();
};
