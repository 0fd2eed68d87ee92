import type { SaveScriptRequest, SaveScriptResponse } from '@userferry/contracts/migration/v1/connection_store_service';
import type { Handler } from '@userferry/grpc';
import { LIMITS } from '@userferry/script-contract';
import type { UserStore } from '@userferry/user-store';
import { authorOf, invalidField } from './fields.ts';
import { actionOf, wireConnection } from './wire-connection.ts';

export const saveScript =
  ({ connections }: UserStore): Handler<SaveScriptRequest, SaveScriptResponse> =>
  async ({ userPoolId, action: number, source, actor }, call) => {
    const action = actionOf(number);
    if (Buffer.byteLength(source) > LIMITS.sourceBytesMax)
      throw invalidField('source', `must be at most ${LIMITS.sourceBytesMax} bytes`);
    const saved = await connections.saveScript({ userPoolId, action, source, ...authorOf(actor, call) });
    return { connection: wireConnection(saved) };
  };
