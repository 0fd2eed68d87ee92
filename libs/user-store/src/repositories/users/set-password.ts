import { ServiceError } from '@userferry/errors';
import type { EntityManager } from 'typeorm';
import { credentialEntity, type StoredProfile, userEntity } from '../../entities/user-entities.ts';
import { lockPool } from '../../require-pool.ts';
import { holdsCustomUserStore } from '../connections/connection-row.ts';
import { type AuditedCall, writeUserAudit } from '../history/audit.ts';
import type { Credential } from './stored-user.ts';
import type { UserResult } from './user-result.ts';
import { goneResult, lockUser, setCredential, storedResult } from './user-row.ts';

export type PasswordChange = {
  readonly userPoolId: string;
  readonly userId: string;
  readonly credential: Credential;
  /** The hash that the old password was checked against; absent: no old password was asked for. */
  readonly replaces?: string | undefined;
};

/** `locked`: whoever has shown their old password was locked since. */
export type PasswordResult = UserResult | { readonly verdict: 'locked' };

/** Sets a password. Throws CONCURRENT_CHANGE when the one that was checked is no longer the user's. */
export const setPassword = async (
  manager: EntityManager,
  change: PasswordChange,
  by: AuditedCall & { readonly at: Date },
): Promise<PasswordResult> => {
  const { at } = by;
  const { userPoolId, userId, credential, replaces } = change;
  if (await holdsCustomUserStore(manager, userPoolId)) return { verdict: 'custom_user_store' };
  await lockPool(manager, userPoolId, 'shared');
  const row = await lockUser(manager, userPoolId, userId);
  if (row === null) return goneResult(manager, userPoolId, userId);
  const before = await manager.findOneBy(credentialEntity, { userId });
  if (replaces !== undefined && before?.hash !== replaces)
    throw new ServiceError('CONCURRENT_CHANGE', 'the password was changed at the same time');
  if (replaces !== undefined && (row.profile as StoredProfile).blocked) return { verdict: 'locked' };
  await setCredential(manager, userId, credential, { at, isShown: replaces !== undefined });
  await manager.update(userEntity, { id: userId }, { updatedAt: at });
  await writeUserAudit(manager, change, by);
  return storedResult(manager, userPoolId, userId);
};
