import type { ListUserPoolsRequest, ListUserPoolsResponse } from '@userferry/contracts/management/v1/user_pool_service';
import type { Handler } from '@userferry/grpc';
import type { PoolStore } from '../clients/pool-store.ts';
import { invalidField, pageFields } from './fields.ts';

const SEARCH_LENGTH_MAX = 256;

/** For operators all pools, for administrators their own. */
export const listUserPools =
  (store: Pick<PoolStore, 'listUserPools'>): Handler<ListUserPoolsRequest, ListUserPoolsResponse> =>
  async ({ search, ...page }, { caller, ...call }) => {
    if (search.length > SEARCH_LENGTH_MAX)
      throw invalidField('search', `is longer than ${SEARCH_LENGTH_MAX} characters`);
    const of = caller.role === 'operator' ? 'all' : caller.userPoolIds;
    return store.listUserPools({ of, search: search.trim(), ...pageFields(page) }, call);
  };
