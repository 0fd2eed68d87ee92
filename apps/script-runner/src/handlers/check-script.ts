import type { CheckScriptRequest, CheckScriptResponse } from '@userferry/contracts/runner/v1/script_runner_service';
import { ServiceError } from '@userferry/errors';
import type { Handler } from '@userferry/grpc';
import type { Sandbox } from '@userferry/sandbox';
import { actionOfNumber, LIMITS, languageOfNumber } from '@userferry/script-contract';
import { toWireError } from './run-response.ts';

/** Compiles a script without running it, for as long as its caller waits, and tells what it may require; of TypeScript, what runs in its place. */
export const checkScript =
  (sandbox: Sandbox): Handler<CheckScriptRequest, CheckScriptResponse> =>
  async ({ source, action, language: number }, { signal }) => {
    const [functionName, language] = [actionOfNumber(action), languageOfNumber(number)];
    if (functionName === undefined) throw new ServiceError('INVALID_ARGUMENT', 'action is not a script action');
    if (language === undefined) throw new ServiceError('INVALID_ARGUMENT', 'language is not known here');
    if (Buffer.byteLength(source) > LIMITS.sourceBytesMax)
      throw new ServiceError('INVALID_ARGUMENT', `source is larger than ${LIMITS.sourceBytesMax} bytes`);
    const { problems, javascript = '' } = await sandbox.check(source, functionName, language, signal);
    return {
      problems: problems.map(toWireError),
      javascript,
      modules: sandbox.modules.map((module) => ({ ...module })),
    };
  };
