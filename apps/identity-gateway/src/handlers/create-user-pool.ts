import type {
  CreateUserPoolRequest,
  CreateUserPoolResponse,
} from '@userferry/contracts/management/v1/user_pool_service';
import type { Handler } from '@userferry/grpc';
import type { PoolStore } from '../clients/pool-store.ts';
import { visibleName } from './fields.ts';
import { jsonObject } from './json-fields.ts';

export const createUserPool =
  (store: Pick<PoolStore, 'createUserPool'>): Handler<CreateUserPoolRequest, CreateUserPoolResponse> =>
  async (request, call) => {
    jsonObject('metadata_json', request.metadataJson);
    return { userPool: await store.createUserPool({ ...request, name: visibleName('name', request.name) }, call) };
  };
