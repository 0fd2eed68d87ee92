import type { RunScriptRequest, RunScriptResponse } from '@userferry/contracts/runner/v1/script_runner_service';
import type { Handler } from '@userferry/grpc';
import type { Sandbox } from '@userferry/sandbox';
import { ACTIONS } from '@userferry/script-contract';
import type { StartedRuns } from '../started-runs.ts';
import { watchedRun } from '../watch-run.ts';
import { toRunRequest } from './run-request.ts';
import { toRunResponse } from './run-response.ts';

/** What a run may keep of the call's time for the way back. */
const ANSWER_MS = 50;

/** Runs one script; whatever it does is data. A write's run id starts once. */
export const runScript = (sandbox: Sandbox, startedRuns: StartedRuns): Handler<RunScriptRequest, RunScriptResponse> => {
  const runInSandbox = watchedRun(sandbox);
  return async (message, call) => {
    const request = toRunRequest(message);
    if (ACTIONS[request.functionName].writes) startedRuns.start(request.runId);
    const run = await runInSandbox({ ...request, deadlineMs: call.deadlineMs - ANSWER_MS }, call.signal);
    call.log.info({ action: request.functionName, outcome: run.outcome, usage: run.usage }, 'script run');
    return toRunResponse(run);
  };
};
