import type {
  DisableConnectionRequest,
  EnableConnectionRequest,
  GetConnectionRequest,
} from '@userferry/contracts/management/v1/connection_service';
import type { Handler } from '@userferry/grpc';
import type { ConnectionStore, VisibleConnection } from '../clients/connection-store.ts';

type OfPool = GetConnectionRequest | EnableConnectionRequest | DisableConnectionRequest;
type ConnectionHandler = Handler<OfPool, { readonly connection: VisibleConnection }>;

export const getConnection =
  (store: Pick<ConnectionStore, 'getConnection'>): ConnectionHandler =>
  async ({ userPoolId }, call) => {
    return { connection: await store.getConnection(userPoolId, call) };
  };

/** Switches a connection on or off; the very next login sees it. */
export const setConnectionEnabled =
  (store: Pick<ConnectionStore, 'setEnabled'>, enabled: boolean): ConnectionHandler =>
  async ({ userPoolId }, call) => {
    return { connection: await store.setEnabled(userPoolId, enabled, call) };
  };
