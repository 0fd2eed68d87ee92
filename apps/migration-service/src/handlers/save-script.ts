import type { SaveScriptRequest, SaveScriptResponse } from '@userferry/contracts/migration/v1/connection_store_service';
import type { Handler } from '@userferry/grpc';
import { LIMITS, languageNumber } from '@userferry/script-contract';
import type { UserStore } from '@userferry/user-store';
import { authorOf, invalidField, optionalNumber } from './fields.ts';
import { actionOf, languageOf, wireConnection } from './wire-connection.ts';

export const saveScript =
  ({ connections }: UserStore): Handler<SaveScriptRequest, SaveScriptResponse> =>
  async ({ userPoolId, action: number, source, language: languageSent, writtenSource, actor, ...seen }, call) => {
    const [action, language] = [actionOf(number), languageOf(languageSent)];
    for (const [field, text] of Object.entries({ source, written_source: writtenSource })) {
      if (Buffer.byteLength(text) > LIMITS.sourceBytesMax)
        throw invalidField(field, `must be at most ${LIMITS.sourceBytesMax} bytes`);
    }
    const expectedVersion = optionalNumber(seen.expectedVersion);
    const script = {
      action,
      source,
      language,
      written: writtenSource === '' ? undefined : writtenSource,
      expectedVersion,
    };
    const saved = await connections.saveScript({ userPoolId, ...script, ...authorOf(actor, call) });
    return { connection: wireConnection(saved), language: languageNumber(language) };
  };
