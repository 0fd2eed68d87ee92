import type {
  SetConnectionEnabledRequest,
  SetConnectionEnabledResponse,
} from '@userferry/contracts/migration/v1/connection_store_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { authorOf } from './fields.ts';
import { wireConnection } from './wire-connection.ts';

export const setConnectionEnabled =
  ({ connections }: UserStore): Handler<SetConnectionEnabledRequest, SetConnectionEnabledResponse> =>
  async ({ userPoolId, enabled, actor }, call) => {
    const connection = await connections.setEnabled({ userPoolId, enabled, ...authorOf(actor, call) });
    call.log.info({ userPoolId, enabled, actor }, 'connection switched');
    return { connection: wireConnection(connection) };
  };
