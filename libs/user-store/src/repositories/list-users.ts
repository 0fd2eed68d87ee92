import { ServiceError } from '@userferry/errors';
import type { User } from '@userferry/user-model';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { type UserRow, userEntity } from '../entities/user-entities.ts';
import { isTooSlow } from '../store-failures.ts';
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

const NAMES = ['name', 'nickname', 'givenName', 'middleName', 'familyName', 'preferredUsername'];

const MATCHES = [
  'EXISTS (SELECT 1 FROM user_identifiers i WHERE i.user_id = user.id AND (i.value ILIKE :pattern OR i.normalised ILIKE :pattern))',
  ...NAMES.map((name) => `user.profile ->> '${name}' ILIKE :pattern`),
].join(' OR ');

/** A pattern that holds the keyword as it is: its own wildcards mean themselves. */
const patternOf = (keyword: string): string => `%${keyword.replaceAll(/[\\%_]/g, '\\$&')}%`;

const queryOf = (manager: EntityManager, { userPoolId, keyword, migrationState }: UserQuery) => {
  const query: SelectQueryBuilder<UserRow> = manager
    .createQueryBuilder(userEntity, 'user')
    .where('user.userPoolId = :userPoolId', { userPoolId });
  if (migrationState !== undefined) query.andWhere('user.migrationState = :migrationState', { migrationState });
  if (keyword !== '') query.andWhere(`(${MATCHES})`, { pattern: patternOf(keyword) });
  return query;
};

const page = async (manager: EntityManager, wanted: UserQuery): Promise<UserList> => {
  const totalCount = await queryOf(manager, wanted).getCount();
  const rows = await queryOf(manager, wanted)
    .select(['user.id', 'user.createdAt'])
    .orderBy('user.createdAt')
    .addOrderBy('user.id')
    .offset((wanted.page - 1) * wanted.limit)
    .limit(wanted.limit)
    .getMany();
  return {
    users: await findByIds(
      manager,
      rows.map(({ id }) => id),
    ),
    totalCount,
  };
};

const TOO_SLOW =
  'the list took longer than the store allows a statement: this user pool may have too many users to be searched so';

/**
 * Users page by page, the oldest first.
 * @throws ServiceError LIST_TOO_SLOW: it would take as long again, so that nobody should ask again at once
 */
export const listUsers = async (manager: EntityManager, wanted: UserQuery): Promise<UserList> => {
  try {
    return await page(manager, wanted);
  } catch (error) {
    throw isTooSlow(error) ? new ServiceError('LIST_TOO_SLOW', TOO_SLOW) : error;
  }
};
