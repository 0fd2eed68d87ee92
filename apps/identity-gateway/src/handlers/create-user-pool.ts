import type {
  CreateUserPoolRequest,
  CreateUserPoolResponse,
} from '@userferry/contracts/management/v1/user_pool_service';
import type { Handler } from '@userferry/grpc';
import type { HistoryStore } from '../clients/history-store.ts';
import type { PoolStore } from '../clients/pool-store.ts';
import { visibleName } from './fields.ts';
import { jsonObject } from './json-fields.ts';

export type CreateUserPoolDeps = {
  readonly store: Pick<PoolStore, 'createUserPool'>;
  readonly history: Pick<HistoryStore, 'appendAuditEntry'>;
};

/** Makes a pool. It is there when its audit entry fails: an error would make its operator create another one. */
export const createUserPool =
  ({ store, history }: CreateUserPoolDeps): Handler<CreateUserPoolRequest, CreateUserPoolResponse> =>
  async (request, call) => {
    jsonObject('metadata_json', request.metadataJson);
    const userPool = await store.createUserPool({ ...request, name: visibleName('name', request.name) }, call);
    const entry = { userPoolId: userPool.userPoolId, action: 'UserPoolService/CreateUserPool', target: 'user pool' };
    await history.appendAuditEntry(entry, call).catch((err: unknown) => {
      call.log.error({ err, actor: call.caller.id, ...entry }, 'no audit entry was written');
    });
    return { userPool };
  };
