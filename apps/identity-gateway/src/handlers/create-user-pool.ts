import type {
  CreateUserPoolRequest,
  CreateUserPoolResponse,
} from '@userferry/contracts/management/v1/user_pool_service';
import type { Handler } from '@userferry/grpc';
import { authorizeOperator } from '../access/authorize.ts';
import type { PoolStore } from '../clients/pool-store.ts';
import { jsonObject, name } from './fields.ts';

export const createUserPool =
  (store: Pick<PoolStore, 'createUserPool'>): Handler<CreateUserPoolRequest, CreateUserPoolResponse> =>
  async (request, call) => {
    authorizeOperator(call.caller);
    jsonObject('metadata_json', request.metadataJson);
    return { userPool: await store.createUserPool({ ...request, name: name('name', request.name) }, call) };
  };
