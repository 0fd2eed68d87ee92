import {
  type ConnectionMode,
  judgeThrow,
  type Outcome,
  type RunResult,
  type ScriptError,
  type ThrowVerdict,
} from '@userferry/script-contract';
import { type ParsedProfile, parseProfileJson } from '@userferry/user-model';
import { INVALID_CREDENTIALS, type LoginStep, rejected, USER_LOCKED, undecided } from './login-step.ts';

/** What our own store said of identifier and password. */
export type LocalVerdict = 'verified' | 'wrong_password' | 'unknown' | 'locked' | 'tombstoned';

/**
 * The first half of the decision: from what our store knows. Only a user whom nobody here knows, on a connection that
 * is switched on, is looked for in the legacy user store.
 */
export const stepAfterStore = (verdict: LocalVerdict, connectionEnabled: boolean): LoginStep => {
  switch (verdict) {
    case 'verified':
      return { step: 'authenticate', source: 'local' };
    case 'locked':
      return USER_LOCKED;
    case 'unknown':
      return connectionEnabled ? { step: 'run_script' } : INVALID_CREDENTIALS;
    // A tombstoned user is never brought back, and a migrated one has their password here.
    case 'tombstoned':
    case 'wrong_password':
      return INVALID_CREDENTIALS;
  }
};

/** The second half: from what the script said. An outage or a broken script is never a wrong password. */
export const stepAfterScript = (run: RunResult, mode: ConnectionMode): LoginStep => {
  if (run.outcome === 'completed') return stepAfterProfile(run.resultJson ?? 'null', mode);
  if (run.outcome === 'threw') return stepAfterThrow(run.error);
  return UNDECIDED_OUTCOMES[run.outcome](run.error);
};

const stepAfterProfile = (resultJson: string, mode: ConnectionMode): LoginStep => {
  if (resultJson === 'null') return INVALID_CREDENTIALS;
  const parsed = parseProfileJson(resultJson);
  if (!parsed.ok) return undecided('INVALID_RESULT', problemsOf(parsed), { code: 603 });
  if (parsed.profile.isDeleted) return INVALID_CREDENTIALS;
  if (parsed.profile.blocked) return USER_LOCKED;
  return mode === 'lazy_migration'
    ? { step: 'migrate', profileJson: resultJson }
    : { step: 'authenticate', source: 'custom_database', externalId: parsed.externalId, profile: parsed.profile };
};

const problemsOf = ({ problems }: Extract<ParsedProfile, { ok: false }>): string =>
  `the login script returned an invalid profile: ${problems.map(({ message }) => message).join('; ')}`;

const REFUSALS: ReadonlySet<ThrowVerdict> = new Set(['wrong_password', 'user_not_found', 'rejected']);

const stepAfterThrow = (error: ScriptError | undefined): LoginStep => {
  if (REFUSALS.has(judgeThrow(error))) return rejected(INVALID_CREDENTIALS, error?.message);
  // The default error is our own text: everyone may read it.
  if (error?.name === 'NotImplementedError') return undecided('SCRIPT_FAILED', error.message, { code: 603 });
  return scriptFailed(error);
};

const scriptFailed = (error: ScriptError | undefined): LoginStep =>
  undecided('SCRIPT_FAILED', 'the login script failed', { code: 603, detail: error?.message });

const UNDECIDED_OUTCOMES: Readonly<
  Record<Exclude<Outcome, 'completed' | 'threw'>, (error: ScriptError | undefined) => LoginStep>
> = {
  syntax_error: scriptFailed,
  out_of_memory: scriptFailed,
  quota_exceeded: scriptFailed,
  invalid_result: (error) =>
    undecided('INVALID_RESULT', error?.message ?? 'the login script returned an invalid profile', { code: 603 }),
  timed_out: () => undecided('TIMED_OUT', 'the login script ran out of time', { retryAfterMs: 1_000, code: 603 }),
  store_unreachable: () =>
    undecided('LEGACY_STORE_UNREACHABLE', 'the legacy user store cannot be reached', { retryAfterMs: 2_000 }),
  egress_denied: (error) =>
    undecided('EGRESS_DENIED', 'the login script may not reach its legacy user store', {
      code: 603,
      detail: error?.message,
    }),
  overloaded: () => undecided('OVERLOADED', 'too many logins are waiting on this connection', { retryAfterMs: 1_000 }),
  killed: () => undecided('INTERRUPTED', 'the run was interrupted; try again', { retryAfterMs: 200 }),
};
