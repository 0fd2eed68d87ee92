import type { SaveScriptRequest, SaveScriptResponse } from '@userferry/contracts/management/v1/connection_service';
import { ServiceError } from '@userferry/errors';
import type { Handler } from '@userferry/grpc';
import { LIMITS } from '@userferry/script-contract';
import { sourceProblems } from '@userferry/script-contract/source-problems';
import type { ConnectionStore } from '../clients/connection-store.ts';
import type { Problem, RunnerClient } from '../clients/runner.ts';
import { actionField, invalidField, languageField } from './fields.ts';

export type SaveScriptDeps = {
  readonly store: Pick<ConnectionStore, 'saveScript'>;
  readonly checkScript: RunnerClient['checkScript'];
};

/** Checks a script and saves it as a new version; a mistake is told with line and column, and nothing is saved. */
export const saveScript =
  ({ store, checkScript }: SaveScriptDeps): Handler<SaveScriptRequest, SaveScriptResponse> =>
  async ({ userPoolId, source, expectedVersion, ...wire }, call) => {
    const action = actionField('action', wire.action);
    const language = languageField('language', wire.language);
    if (source.trim() === '') throw invalidField('source', 'is empty');
    if (Buffer.byteLength(source) > LIMITS.sourceBytesMax)
      throw invalidField('source', `is larger than ${LIMITS.sourceBytesMax} bytes`);
    const { problems, toRun } = await checkScript({ source, action, language }, call);
    const [problem] = [...problems, ...sourceProblems(toRun, action)];
    if (problem !== undefined) throw scriptInvalid(problem);
    const script = { userPoolId, action, source, language, toRun, expectedVersion };
    return { connection: await store.saveScript(script, call) };
  };

/** A mistake in a script as a refusal, with its place. */
export const scriptInvalid = ({
  message,
  line,
  column,
}: Pick<Problem, 'message' | 'line' | 'column'>): ServiceError => {
  const place = line === undefined ? '' : ` (line ${line}, column ${column ?? 1})`;
  const metadata = { line: String(line ?? ''), column: String(column ?? '') };
  return new ServiceError('SCRIPT_INVALID', `${message}${place}`, { metadata });
};
