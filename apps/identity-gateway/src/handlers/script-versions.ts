import type {
  DeleteConnectionRequest,
  DeleteConnectionResponse,
  GetScriptRequest,
  GetScriptResponse,
  ListScriptVersionsRequest,
  ListScriptVersionsResponse,
  RollbackScriptRequest,
  RollbackScriptResponse,
} from '@userferry/contracts/management/v1/connection_service';
import type { Handler } from '@userferry/grpc';
import { authorizePool } from '../access/authorize.ts';
import type { ConnectionStore } from '../clients/connection-store.ts';
import { actionField, invalidField, pageFields } from './fields.ts';

export const listScriptVersions =
  (store: Pick<ConnectionStore, 'listVersions'>): Handler<ListScriptVersionsRequest, ListScriptVersionsResponse> =>
  async ({ userPoolId, ...page }, call) => {
    authorizePool(call.caller, 'management', userPoolId);
    return store.listVersions({ userPoolId, ...pageFields(page) }, call);
  };

/** A script's source in one version. */
export const getScript =
  (store: Pick<ConnectionStore, 'getScript'>): Handler<GetScriptRequest, GetScriptResponse> =>
  async ({ userPoolId, action, version }, call) => {
    authorizePool(call.caller, 'management', userPoolId);
    if (version < 0n) throw invalidField('version', 'counts from 1; 0 is the current one');
    return store.getScript({ userPoolId, action: actionField('action', action), version }, call);
  };

/** Mode, settings and all scripts of an earlier version, as a new one; the very next call sees it. */
export const rollbackScript =
  (store: Pick<ConnectionStore, 'rollback'>): Handler<RollbackScriptRequest, RollbackScriptResponse> =>
  async ({ userPoolId, version }, call) => {
    authorizePool(call.caller, 'management', userPoolId);
    if (version < 1n) throw invalidField('version', 'counts from 1');
    return { connection: await store.rollback(userPoolId, version, call) };
  };

/** Removes settings, secrets and scripts of all versions. Users who have migrated stay. */
export const deleteConnection =
  (store: Pick<ConnectionStore, 'deleteConnection'>): Handler<DeleteConnectionRequest, DeleteConnectionResponse> =>
  async ({ userPoolId }, call) => {
    authorizePool(call.caller, 'management', userPoolId);
    await store.deleteConnection(userPoolId, call);
    return {};
  };
