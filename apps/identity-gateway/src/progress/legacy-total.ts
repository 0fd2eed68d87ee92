import { ServiceError } from '@userferry/errors';
import type { CallFacts } from '@userferry/grpc';
import type { RunScript } from '../clients/runner.ts';
import { scriptContext } from '../connection/script-context.ts';
import { type ConnectionSettings, scriptRun } from '../connection/script-run.ts';
import { withTimeToAnswer } from '../outcome/out-of-time.ts';
import { pageAnswer } from '../users/script-answer.ts';

/** What the script sees as the request: nobody's. */
const FACTS = { appId: '', appName: 'Migration progress', appMetadata: {}, ip: '', geo: null, body: {} } as const;

/** The rest of the progress is from our own store, and waits no longer for this. */
const ASK_MS = 5_000;

const briefly = (call: CallFacts): CallFacts =>
  withTimeToAnswer({ ...call, deadlineMs: Math.min(call.deadlineMs, Date.now() + ASK_MS) });

/** Nobody answers, or has time. */
const noAnswer = (error: unknown): undefined => {
  if (error instanceof ServiceError && error.reason !== 'CANCELLED') return undefined;
  throw error;
};

/** How many users the legacy user store has: `undefined` without a `listUsers` script, or when it does not say. */
export const legacyTotal = async (
  userPoolId: string,
  settings: ConnectionSettings,
  call: CallFacts,
  runScript: RunScript,
): Promise<number | undefined> => {
  if (!settings.scripts.has('listUsers') || !settings.pool.connectionsIncluded) return undefined;
  const context = scriptContext({ userPoolId, pool: settings.pool, facts: FACTS });
  const toRun = scriptRun(settings, { userPoolId, action: 'listUsers', args: [1, 1, context] });
  const run = await runScript(toRun, briefly(call)).catch(noAnswer);
  if (run === undefined) return undefined;
  const answer = pageAnswer('listUsers', run);
  return answer.step === 'answered' ? answer.value.totalCount : undefined;
};
