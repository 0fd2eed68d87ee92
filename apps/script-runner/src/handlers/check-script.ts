import type { CheckScriptRequest, CheckScriptResponse } from '@userferry/contracts/runner/v1/script_runner_service';
import { ServiceError } from '@userferry/errors';
import type { Handler } from '@userferry/grpc';
import type { Sandbox } from '@userferry/sandbox';
import { actionOfNumber, LIMITS } from '@userferry/script-contract';
import { toWireError } from './run-response.ts';

/** Compiles a script without running it, and tells what it may require. */
export const checkScript =
  (sandbox: Sandbox): Handler<CheckScriptRequest, CheckScriptResponse> =>
  async ({ source, action }) => {
    const functionName = actionOfNumber(action);
    if (functionName === undefined) throw new ServiceError('INVALID_ARGUMENT', 'action is not a script action');
    if (Buffer.byteLength(source) > LIMITS.sourceBytesMax)
      throw new ServiceError('INVALID_ARGUMENT', `source is larger than ${LIMITS.sourceBytesMax} bytes`);
    const problems = (await sandbox.check(source, functionName)).map(toWireError);
    return { problems, modules: sandbox.modules.map((module) => ({ ...module })) };
  };
