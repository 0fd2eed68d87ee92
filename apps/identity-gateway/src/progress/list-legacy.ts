import { ServiceError } from '@userferry/errors';
import type { CallFacts } from '@userferry/grpc';
import type { RunScript } from '../clients/runner.ts';
import { scriptContext } from '../connection/script-context.ts';
import { type ConnectionSettings, scriptRun } from '../connection/script-run.ts';
import { withTimeToAnswer } from '../outcome/out-of-time.ts';
import type { LegacyUser } from '../users/known-user.ts';
import { pageAnswer, type UserPageOf } from '../users/script-answer.ts';

/** What the script sees as the request: nobody's. */
const FACTS = { appId: '', appName: 'Migration progress', appMetadata: {}, ip: '', geo: null, body: {} } as const;

/** The rest of the progress is from our own store, and waits no longer for this. */
const ASK_MS = 5_000;

const briefly = (call: CallFacts): CallFacts =>
  withTimeToAnswer({ ...call, deadlineMs: Math.min(call.deadlineMs, Date.now() + ASK_MS) });

/** Nobody answers, or has time. */
export const noAnswer = (error: unknown): undefined => {
  if (error instanceof ServiceError && error.reason !== 'CANCELLED') return undefined;
  throw error;
};

/** A page of the legacy user store's users: `undefined` when it does not say. */
export type ListLegacy = (page: number, limit: number) => Promise<UserPageOf<LegacyUser> | undefined>;

/** Asks `listUsers`, all pages within a few seconds; `undefined` without such a script. */
export const listLegacy = (
  userPoolId: string,
  settings: ConnectionSettings,
  call: CallFacts,
  runScript: RunScript,
): ListLegacy | undefined => {
  if (!settings.scripts.has('listUsers') || !settings.pool.connectionsIncluded) return undefined;
  const context = scriptContext({ userPoolId, pool: settings.pool, facts: FACTS });
  const within = briefly(call);
  return async (page, limit) => {
    const toRun = scriptRun(settings, { userPoolId, action: 'listUsers', args: [page, limit, context] });
    const run = await runScript(toRun, within).catch(noAnswer);
    if (run === undefined) return undefined;
    const answer = pageAnswer('listUsers', run);
    return answer.step === 'answered' ? answer.value : undefined;
  };
};
