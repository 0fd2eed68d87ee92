import type {
  SetConnectionEnabledRequest,
  SetConnectionEnabledResponse,
} from '@userferry/contracts/migration/v1/connection_store_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { wireConnection } from './wire-connection.ts';

export const setConnectionEnabled =
  ({ connections }: UserStore): Handler<SetConnectionEnabledRequest, SetConnectionEnabledResponse> =>
  async ({ userPoolId, enabled, actor }, { log }) => {
    const connection = await connections.setEnabled(userPoolId, enabled);
    log.info({ userPoolId, enabled, actor }, 'connection switched');
    return { connection: wireConnection(connection) };
  };
