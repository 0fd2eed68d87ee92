import type {
  CreateUserPoolRequest,
  CreateUserPoolResponse,
} from '@userferry/contracts/migration/v1/pool_store_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { jsonBytes, jsonObjectOf, nameOf } from './fields.ts';

export const createUserPool =
  ({ pools }: UserStore): Handler<CreateUserPoolRequest, CreateUserPoolResponse> =>
  async ({ name, metadataJson, revealRejectionDetails }) => {
    const wanted = { name: nameOf('name', name), metadata: jsonObjectOf('metadata_json', metadataJson) };
    const { id: userPoolId, metadata, ...pool } = await pools.create({ ...wanted, revealRejectionDetails });
    return { userPool: { ...pool, userPoolId, metadataJson: jsonBytes(metadata) } };
  };
