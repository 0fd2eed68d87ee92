import type { EntityManager } from 'typeorm';
import { credentialEntity } from '../../entities/user-entities.ts';
import { holdsCustomUserStore } from '../connections/connection-row.ts';
import type { Credential } from './stored-user.ts';

export type HashRenewal = {
  readonly userPoolId: string;
  readonly userId: string;
  /** Of the same password. */
  readonly credential: Credential;
  /** The hash that the password was checked against. */
  readonly replaces: string;
};

/** Another hash of the same password, unless the one that was checked is no longer the user's: no change of the user. */
export const renewHash = async (
  manager: EntityManager,
  { userPoolId, userId, credential, replaces }: HashRenewal,
): Promise<void> => {
  if (await holdsCustomUserStore(manager, userPoolId)) return;
  await manager.update(credentialEntity, { userId, hash: replaces }, credential);
};
