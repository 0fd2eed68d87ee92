import type { EntityManager } from 'typeorm';
import { type UserPoolRow, userPoolEntity } from '../../entities/pool-entities.ts';
import { holding } from '../../like-pattern.ts';
import { type Page, type Paged, pagedOf, sizeOf, valuesOf } from '../../paging.ts';
import { isUuid, UUID_FORM } from '../../require-pool.ts';

/** Which pools to list. */
export type PoolQuery = {
  /** Of these alone; absent: of all. */
  readonly ids?: readonly string[] | undefined;
  /** Part of the name, in upper or lower case; '' does not narrow. */
  readonly search: string;
};

const NAME = /^[\s\S]{0,1024}$/;

/**
 * Pools by name, then by id.
 * @throws ServiceError INVALID_ARGUMENT for a foreign page token
 */
export const listPools = async (
  manager: EntityManager,
  { ids, search }: PoolQuery,
  page: Page,
): Promise<Paged<UserPoolRow>> => {
  const after = valuesOf(page, [NAME, UUID_FORM]);
  const query = manager.createQueryBuilder(userPoolEntity, 'pool');
  if (ids !== undefined) query.andWhere('pool.id = ANY(:ids)', { ids: ids.filter(isUuid) });
  if (search !== '') query.andWhere('pool.name ILIKE :pattern', { pattern: holding(search) });
  if (after !== undefined)
    query.andWhere('(pool.name, pool.id) > (:afterName, :afterId)', { afterName: after[0], afterId: after[1] });
  const rows = await query
    .orderBy('pool.name')
    .addOrderBy('pool.id')
    .take(sizeOf(page) + 1)
    .getMany();
  return pagedOf(rows, page, ({ name, id }) => [name, id]);
};
