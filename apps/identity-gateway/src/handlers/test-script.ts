import {
  ProfileFieldState,
  type TestScriptRequest,
  type TestScriptResponse,
  WouldHave as WireWouldHave,
} from '@userferry/contracts/management/v1/connection_service';
import { ServiceError } from '@userferry/errors';
import type { CallFacts, Handler } from '@userferry/grpc';
import { ACTIONS, outcomeNumber, type RunResult, type ScriptAction } from '@userferry/script-contract';
import type { ExplainedField, Json } from '@userferry/user-model';
import type { ConnectionStore } from '../clients/connection-store.ts';
import type { HistoryStore } from '../clients/history-store.ts';
import type { RunnerClient, RunScript, WrittenScript } from '../clients/runner.ts';
import { scriptContext } from '../connection/script-context.ts';
import { scriptRun } from '../connection/script-run.ts';
import { profileFields } from '../debug/profile-fields.ts';
import { type TestVerdictDeps, testVerdict, type WouldHave } from '../debug/test-verdict.ts';
import { withTimeToAnswer } from '../outcome/out-of-time.ts';
import { actionField, invalidField, languageField } from './fields.ts';
import { jsonArray } from './json-fields.ts';
import { scriptInvalid } from './save-script.ts';

export type TestScriptDeps = {
  readonly store: Pick<ConnectionStore, 'getConnectionSettings'>;
  readonly history: Pick<HistoryStore, 'appendAuditEntry'>;
  readonly runScript: RunScript;
  readonly checkScript: RunnerClient['checkScript'];
} & TestVerdictDeps;

/** What a script sees as the request when an administrator tries it out. */
const DEBUG_FACTS = { appId: '', appName: 'Debug', appMetadata: {}, ip: '', geo: null, body: {} } as const;

/**
 * Debug: runs a saved or given script with the given arguments, enabled or not. Nothing of a user is written here: only
 * the log history and the audit know of it.
 */
export const testScript =
  ({
    store,
    history,
    runScript,
    checkScript,
    logins,
  }: TestScriptDeps): Handler<TestScriptRequest, TestScriptResponse> =>
  async ({ userPoolId, argsJson, source, ...wire }, call) => {
    const action = actionField('action', wire.action);
    const language = languageField('language', wire.language);
    const asked = argumentsOf(action, argsJson);
    const settings = await store.getConnectionSettings(userPoolId, call);
    if (!settings.pool.connectionsIncluded)
      throw new ServiceError('PAYMENT_REQUIRED', "the user pool's plan does not include connections");
    const args = [...asked, scriptContext({ userPoolId, pool: settings.pool, facts: DEBUG_FACTS })];
    const run = scriptRun(settings, { userPoolId, action, args, test: true });
    const given = await toRunOf(checkScript, { source, action, language }, call);
    const toRun = { ...run, source: given ?? run.source };
    if (toRun.source === undefined)
      throw new ServiceError('SCRIPT_NOT_FOUND', `the connection has no ${action} script`);
    const target = `script ${action}${source === '' ? '' : ', a source that is not saved'}`;
    await history.appendAuditEntry({ userPoolId, action: 'ConnectionService/TestScript', target }, call);
    const result = await runScript(toRun, withTimeToAnswer(call));
    const verdict = await testVerdict({ userPoolId, action, args: asked, settings, run: result }, call, { logins });
    return {
      run: toWireRun(result),
      wouldHave: { ...verdict, what: WIRE_VERDICTS[verdict.what] },
      profileFields: profileFields(action, result).map((field) => ({ ...field, state: WIRE_STATES[field.state] })),
    };
  };

/**
 * What runs of a source that is not saved; `undefined` without one. TypeScript that cannot be read is told as at a save,
 * JavaScript by the run itself.
 */
const toRunOf = async (
  checkScript: RunnerClient['checkScript'],
  script: WrittenScript,
  call: CallFacts,
): Promise<string | undefined> => {
  if (script.source === '') return undefined;
  if (script.language === 'javascript') return script.source;
  const { problems, toRun } = await checkScript(script, call);
  if (problems[0] !== undefined) throw scriptInvalid(problems[0]);
  return toRun;
};

const WIRE_VERDICTS = {
  authenticated_and_migrated: WireWouldHave.AUTHENTICATED_AND_MIGRATED,
  authenticated: WireWouldHave.AUTHENTICATED,
  rejected: WireWouldHave.REJECTED,
  been_undecided: WireWouldHave.BEEN_UNDECIDED,
  met_a_conflict: WireWouldHave.MET_A_CONFLICT,
  met_a_tombstone: WireWouldHave.MET_A_TOMBSTONE,
  been_taken: WireWouldHave.BEEN_TAKEN,
  unknown: WireWouldHave.UNSPECIFIED,
} as const satisfies Record<WouldHave, WireWouldHave>;

const WIRE_STATES = {
  accepted: ProfileFieldState.ACCEPTED,
  custom_data: ProfileFieldState.CUSTOM_DATA,
  ignored: ProfileFieldState.IGNORED,
  wrong: ProfileFieldState.WRONG,
} as const satisfies Record<ExplainedField['state'], ProfileFieldState>;

/** The arguments before `context`; those left out are null. */
const argumentsOf = (action: ScriptAction, argsJson: Uint8Array): readonly Json[] => {
  const given = jsonArray('args_json', argsJson) as readonly Json[];
  const wanted = ACTIONS[action].parameters.length - 1;
  if (given.length > wanted)
    throw invalidField('args_json', `has ${given.length} arguments; ${action} takes ${wanted} before context`);
  return [...given, ...Array.from({ length: wanted - given.length }, () => null)];
};

const toWireRun = ({
  outcome,
  resultJson,
  error,
  logs,
  usage,
  retryAfterMs = 0,
}: RunResult): TestScriptResponse['run'] => ({
  outcome: outcomeNumber(outcome),
  resultJson: Buffer.from(resultJson ?? ''),
  error: error && { code: '', line: 0, column: 0, ...error },
  logs: logs.map((line) => ({ ...line })),
  usage: { ...usage, heapBytes: BigInt(Math.round(usage.heapBytes)) },
  retryAfterMs: BigInt(retryAfterMs),
});
