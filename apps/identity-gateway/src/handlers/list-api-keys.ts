import type { ListApiKeysRequest, ListApiKeysResponse } from '@userferry/contracts/management/v1/api_key_service';
import type { Handler } from '@userferry/grpc';
import type { PoolStore } from '../clients/pool-store.ts';
import { pageFields } from './fields.ts';

/** The keys of a pool with what they may and when they were used last; never a secret. */
export const listApiKeys =
  (store: Pick<PoolStore, 'listApiKeys'>): Handler<ListApiKeysRequest, ListApiKeysResponse> =>
  async ({ userPoolId, ...page }, call) =>
    store.listApiKeys({ userPoolId, ...pageFields(page) }, call);
