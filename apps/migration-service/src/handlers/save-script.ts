import type { SaveScriptRequest, SaveScriptResponse } from '@userferry/contracts/migration/v1/connection_store_service';
import type { Handler } from '@userferry/grpc';
import { actionOfNumber, LIMITS } from '@userferry/script-contract';
import type { UserStore } from '@userferry/user-store';
import { invalidField, storable } from './fields.ts';
import { wireConnection } from './wire-connection.ts';

export const saveScript =
  ({ connections }: UserStore): Handler<SaveScriptRequest, SaveScriptResponse> =>
  async ({ userPoolId, action: number, source, actor }) => {
    const action = actionOfNumber(number);
    if (action === undefined) throw invalidField('action', 'must be one of the eight script actions');
    if (Buffer.byteLength(source) > LIMITS.sourceBytesMax)
      throw invalidField('source', `must be at most ${LIMITS.sourceBytesMax} bytes`);
    const saved = await connections.saveScript({ userPoolId, action, source, actor: storable('actor', actor) });
    return { connection: wireConnection(saved) };
  };
