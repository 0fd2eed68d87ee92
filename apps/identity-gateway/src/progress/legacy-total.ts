import type { CallFacts } from '@userferry/grpc';
import type { RunScript } from '../clients/runner.ts';
import { scriptContext } from '../connection/script-context.ts';
import { type ConnectionSettings, scriptRun } from '../connection/script-run.ts';
import { pageAnswer } from '../users/script-answer.ts';

/** What the script sees as the request: nobody's. */
const FACTS = { appId: '', appName: 'Migration progress', appMetadata: {}, ip: '', geo: null, body: {} } as const;

/** How many users the legacy user store has: `undefined` without a `listUsers` script, or when it does not say. */
export const legacyTotal = async (
  userPoolId: string,
  settings: ConnectionSettings,
  call: CallFacts,
  runScript: RunScript,
): Promise<number | undefined> => {
  if (!settings.scripts.has('listUsers') || !settings.pool.connectionsIncluded) return undefined;
  const context = scriptContext({ userPoolId, pool: settings.pool, facts: FACTS });
  const run = await runScript(scriptRun(settings, { userPoolId, action: 'listUsers', args: [1, 1, context] }), call);
  const answer = pageAnswer('listUsers', run);
  return answer.step === 'answered' ? answer.value.totalCount : undefined;
};
