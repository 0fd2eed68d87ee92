import type { TestScriptRequest, TestScriptResponse } from '@userferry/contracts/management/v1/connection_service';
import { ServiceError } from '@userferry/errors';
import type { Handler } from '@userferry/grpc';
import { ACTIONS, actionOfNumber, outcomeNumber, type RunResult } from '@userferry/script-contract';
import type { Json } from '@userferry/user-model';
import { authorizePool } from '../access/authorize.ts';
import type { ConnectionStore } from '../clients/connection-store.ts';
import type { RunScript } from '../clients/runner.ts';
import { scriptContext } from '../connection/script-context.ts';
import { scriptRun } from '../connection/script-run.ts';
import { invalidField, jsonArray } from './fields.ts';

export type TestScriptDeps = {
  readonly store: Pick<ConnectionStore, 'getConnectionSettings'>;
  readonly runScript: RunScript;
};

/** What a script sees as the request when an administrator tries it out. */
const DEBUG_FACTS = { appId: '', appName: 'Debug', appMetadata: {}, ip: '', geo: null, body: {} } as const;

/** Debug: runs a saved or given script with the given arguments, enabled or not, and writes nothing here. */
export const testScript =
  ({ store, runScript }: TestScriptDeps): Handler<TestScriptRequest, TestScriptResponse> =>
  async ({ userPoolId, action: wireAction, argsJson, source }, call) => {
    authorizePool(call.caller, 'management', userPoolId);
    const action = actionOfNumber(wireAction);
    if (action === undefined) throw invalidField('action', 'is not a script action');
    const given = jsonArray('args_json', argsJson) as readonly Json[];
    const wanted = ACTIONS[action].parameters.length - 1;
    if (given.length > wanted)
      throw invalidField('args_json', `has ${given.length} arguments; ${action} takes ${wanted} before context`);
    const settings = await store.getConnectionSettings(userPoolId, call);
    const pool = { name: '', metadata: {}, revealRejectionDetails: true };
    const missing = Array.from({ length: wanted - given.length }, () => null);
    const args = [...given, ...missing, scriptContext({ userPoolId, pool, facts: DEBUG_FACTS })];
    const run = scriptRun(settings, action, args);
    const toRun = { ...run, source: source === '' ? run.source : source };
    if (toRun.source === undefined)
      throw new ServiceError('SCRIPT_NOT_FOUND', `the connection has no ${action} script`);
    return { run: toWireRun(await runScript(toRun, call)) };
  };

const toWireRun = ({ outcome, resultJson, error, logs, usage }: RunResult): TestScriptResponse['run'] => ({
  outcome: outcomeNumber(outcome),
  resultJson: Buffer.from(resultJson ?? ''),
  error: error && { code: '', line: 0, column: 0, ...error },
  logs: logs.map((line) => ({ ...line })),
  usage: { wallMs: usage.wallMs, cpuMs: usage.cpuMs, heapBytes: BigInt(Math.round(usage.heapBytes)) },
});
