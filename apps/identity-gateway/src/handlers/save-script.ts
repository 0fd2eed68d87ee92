import type { SaveScriptRequest, SaveScriptResponse } from '@userferry/contracts/management/v1/connection_service';
import { ServiceError } from '@userferry/errors';
import type { Handler } from '@userferry/grpc';
import { LIMITS } from '@userferry/script-contract';
import type { ConnectionStore } from '../clients/connection-store.ts';
import type { Problem, RunnerClient } from '../clients/runner.ts';
import { surplusProblems } from '../connection/surplus-problems.ts';
import { actionField, invalidField } from './fields.ts';

export type SaveScriptDeps = {
  readonly store: Pick<ConnectionStore, 'saveScript'>;
  readonly checkScript: RunnerClient['checkScript'];
};

/** Checks a script and saves it as a new version; a mistake is told with line and column, and nothing is saved. */
export const saveScript =
  ({ store, checkScript }: SaveScriptDeps): Handler<SaveScriptRequest, SaveScriptResponse> =>
  async ({ userPoolId, action: wireAction, source }, call) => {
    const action = actionField('action', wireAction);
    if (source.trim() === '') throw invalidField('source', 'is empty');
    if (Buffer.byteLength(source) > LIMITS.sourceBytesMax)
      throw invalidField('source', `is larger than ${LIMITS.sourceBytesMax} bytes`);
    const { problems } = await checkScript(source, action, call);
    const [problem] = [...problems, ...surplusProblems(source, action)];
    if (problem !== undefined) throw scriptInvalid(problem);
    return { connection: await store.saveScript({ userPoolId, action, source }, call) };
  };

const scriptInvalid = ({ message, line, column }: Pick<Problem, 'message' | 'line' | 'column'>): ServiceError => {
  const place = line === undefined ? '' : ` (line ${line}, column ${column ?? 1})`;
  const metadata = { line: String(line ?? ''), column: String(column ?? '') };
  return new ServiceError('SCRIPT_INVALID', `${message}${place}`, { metadata });
};
