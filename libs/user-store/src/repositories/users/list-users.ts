import { ServiceError } from '@userferry/errors';
import type { User } from '@userferry/user-model';
import type { EntityManager } from 'typeorm';
import { userEntity } from '../../entities/user-entities.ts';
import { fittingOf } from '../../paging.ts';
import { isTooSlow } from '../../store-failures.ts';
import { searchUsers } from './search-users.ts';
import { findByIds } from './stored-user.ts';

export type UserQuery = {
  readonly userPoolId: string;
  /** Part of an identifier or a name, case ignored; '' for all. */
  readonly keyword: string;
  /** From 1. */
  readonly page: number;
  readonly limit: number;
  readonly migrationState?: 'migrated' | 'local' | undefined;
};

export type UserList = { readonly users: readonly User[]; readonly totalCount: number };

/** The ids of a page, and how many there are on all. */
export type UserIds = { readonly ids: readonly string[]; readonly totalCount: number };

const everybody = async (manager: EntityManager, wanted: UserQuery): Promise<UserIds> => {
  const { userPoolId, migrationState, page, limit } = wanted;
  const where = { userPoolId, ...(migrationState !== undefined && { migrationState }) };
  const totalCount = await manager.countBy(userEntity, where);
  const rows = await manager.find(userEntity, {
    select: { id: true },
    where,
    order: { createdAt: 'ASC', id: 'ASC' },
    skip: (page - 1) * limit,
    take: limit,
  });
  return { ids: rows.map(({ id }) => id), totalCount };
};

const pageOf = async (manager: EntityManager, wanted: UserQuery): Promise<UserList> => {
  const { ids, totalCount } = await (wanted.keyword === '' ? everybody : searchUsers)(manager, wanted);
  const users = await findByIds(manager, [...ids]);
  // Who searches cannot ask for fewer; pages of everybody are counted, and would leave out whoever did not fit.
  return { users: wanted.keyword === '' ? users : fittingOf(users), totalCount };
};

const TOO_SLOW =
  'the list took longer than the store allows a statement: this user pool may have too many users to be searched so; ' +
  'GetUser finds one by the whole e-mail, phone or username at once';

/**
 * Users page by page, the oldest first.
 * @throws ServiceError LIST_TOO_SLOW: it would take as long again, so that nobody should ask again at once
 */
export const listUsers = async (manager: EntityManager, wanted: UserQuery): Promise<UserList> => {
  try {
    return await pageOf(manager, wanted);
  } catch (error) {
    throw isTooSlow(error) ? new ServiceError('LIST_TOO_SLOW', TOO_SLOW) : error;
  }
};
