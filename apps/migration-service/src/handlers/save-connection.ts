import type {
  SaveConnectionRequest,
  SaveConnectionResponse,
} from '@userferry/contracts/migration/v1/connection_store_service';
import type { Handler } from '@userferry/grpc';
import { LIMITS } from '@userferry/script-contract';
import type { EnvValues, UserStore } from '@userferry/user-store';
import { authorOf, invalidField, optionalNumber, storable } from './fields.ts';
import { isolationOf, modeOf, wireConnection } from './wire-connection.ts';

const envOf = (field: string, env: { values: EnvValues } | undefined): EnvValues | undefined => {
  if (env !== undefined && Buffer.byteLength(JSON.stringify(env.values)) > LIMITS.envBytesMax)
    throw invalidField(field, `must be at most ${LIMITS.envBytesMax} bytes`);
  return env?.values;
};

export const saveConnection =
  ({ connections }: UserStore): Handler<SaveConnectionRequest, SaveConnectionResponse> =>
  async ({ userPoolId, mode, addressEnv, ownEnv, egress, isolation, actor, ...versions }, call) => {
    const connection = await connections.save({
      userPoolId,
      mode: modeOf(mode),
      addressEnv: envOf('address_env', addressEnv),
      ownEnv: envOf('own_env', ownEnv),
      keptFromVersion: optionalNumber(versions.keptFromVersion),
      expectedVersion: optionalNumber(versions.expectedVersion),
      egress: storable('egress', egress),
      isolation: isolationOf(isolation),
      ...authorOf(actor, call),
    });
    return { connection: wireConnection(connection) };
  };
