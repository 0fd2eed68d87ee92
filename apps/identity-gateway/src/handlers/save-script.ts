import type { SaveScriptRequest, SaveScriptResponse } from '@userferry/contracts/management/v1/connection_service';
import { ServiceError } from '@userferry/errors';
import type { Handler } from '@userferry/grpc';
import { actionOfNumber, LIMITS } from '@userferry/script-contract';
import { authorizePool } from '../access/authorize.ts';
import type { ConnectionStore } from '../clients/connection-store.ts';
import type { RunnerClient } from '../clients/runner.ts';
import { invalidField } from './fields.ts';

export type SaveScriptDeps = {
  readonly store: Pick<ConnectionStore, 'saveScript'>;
  readonly checkScript: RunnerClient['checkScript'];
};

/** Checks a script and saves it as a new version; a mistake is told with line and column, and nothing is saved. */
export const saveScript =
  ({ store, checkScript }: SaveScriptDeps): Handler<SaveScriptRequest, SaveScriptResponse> =>
  async ({ userPoolId, action: wireAction, source }, call) => {
    authorizePool(call.caller, 'management', userPoolId);
    const action = actionOfNumber(wireAction);
    if (action === undefined) throw invalidField('action', 'is not a script action');
    if (source.trim() === '') throw invalidField('source', 'is empty');
    if (Buffer.byteLength(source) > LIMITS.sourceBytesMax)
      throw invalidField('source', `is larger than ${LIMITS.sourceBytesMax} bytes`);
    const [problem] = await checkScript(source, action, call);
    if (problem !== undefined) throw scriptInvalid(problem);
    return { connection: await store.saveScript({ userPoolId, action, source }, call) };
  };

type Problem = Awaited<ReturnType<RunnerClient['checkScript']>>[number];

const scriptInvalid = ({ message, line, column }: Problem): ServiceError => {
  const place = line === undefined ? '' : ` (line ${line}, column ${column ?? 1})`;
  const metadata = { line: String(line ?? ''), column: String(column ?? '') };
  return new ServiceError('SCRIPT_INVALID', `${message}${place}`, { metadata });
};
