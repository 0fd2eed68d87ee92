import type {
  GetConnectionRequest,
  GetConnectionResponse,
} from '@userferry/contracts/migration/v1/connection_store_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { wireConnection } from './wire-connection.ts';

export const getConnection =
  ({ connections }: UserStore): Handler<GetConnectionRequest, GetConnectionResponse> =>
  async ({ userPoolId }) => ({ connection: wireConnection(await connections.get(userPoolId)) });
