import type {
  CreateUserPoolRequest,
  CreateUserPoolResponse,
} from '@userferry/contracts/management/v1/user_pool_service';
import type { Handler } from '@userferry/grpc';
import type { PoolStore } from '../clients/pool-store.ts';
import { visibleName } from './fields.ts';
import { jsonObject } from './json-fields.ts';

/**
 * Makes a pool.
 * @throws ServiceError INVALID_ARGUMENT for a name that nobody could see, or metadata that is no JSON object
 */
export const createUserPool =
  (store: Pick<PoolStore, 'createUserPool'>): Handler<CreateUserPoolRequest, CreateUserPoolResponse> =>
  async (request, call) => {
    jsonObject('metadata_json', request.metadataJson);
    return { userPool: await store.createUserPool({ ...request, name: visibleName('name', request.name) }, call) };
  };
