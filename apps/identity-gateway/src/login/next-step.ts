import type { ConnectionMode, RunResult } from '@userferry/script-contract';
import { parseProfileJson, problemsText } from '@userferry/user-model';
import type { ConnectionState } from '../connection/store-facts.ts';
import { afterFailedRun, hasFailed, invalidResult } from '../outcome/failed-run.ts';
import { INVALID_CREDENTIALS, tooManyAttempts, USER_LOCKED } from '../outcome/rejected.ts';
import { PAYMENT_REQUIRED } from '../outcome/undecided.ts';
import type { LoginStep } from './login-step.ts';

/** What our own store said of identifier and password. */
export type LocalVerdict = 'verified' | 'wrong_password' | 'unknown' | 'locked' | 'tombstoned' | 'too_many_attempts';

type FromStore = { readonly verdict: LocalVerdict; readonly retryAfterMs?: number };

const UNKNOWN_HERE: Readonly<Record<ConnectionState, LoginStep>> = {
  on: { step: 'run_script' },
  off: INVALID_CREDENTIALS,
  // Migrated users still log in; of all others nobody can say anything now.
  unpaid: PAYMENT_REQUIRED,
};

/**
 * The first half of the decision: from what our store knows. Only a user whom nobody here knows, on a connection that
 * is switched on, is looked for in the legacy user store.
 */
export const stepAfterStore = ({ verdict, retryAfterMs = 0 }: FromStore, connection: ConnectionState): LoginStep => {
  switch (verdict) {
    case 'verified':
      return { step: 'authenticate', source: 'local' };
    case 'locked':
      return USER_LOCKED;
    case 'too_many_attempts':
      return tooManyAttempts(retryAfterMs);
    case 'unknown':
      return UNKNOWN_HERE[connection];
    // A tombstoned user is never brought back, and a migrated one has their password here.
    case 'tombstoned':
    case 'wrong_password':
      return INVALID_CREDENTIALS;
  }
};

/** The second half: from what the script said. An outage or a broken script is never a wrong password. */
export const stepAfterScript = (run: RunResult, mode: ConnectionMode): LoginStep =>
  hasFailed(run) ? afterFailedRun('login', run) : stepAfterProfile(run.resultJson ?? 'null', mode);

const stepAfterProfile = (resultJson: string, mode: ConnectionMode): LoginStep => {
  if (resultJson === 'null') return INVALID_CREDENTIALS;
  const parsed = parseProfileJson(resultJson);
  if (!parsed.ok) return invalidResult('login', `returned an invalid profile: ${problemsText(parsed.problems)}`);
  const { externalId, profile } = parsed;
  if (profile.isDeleted) return INVALID_CREDENTIALS;
  if (profile.blocked) return USER_LOCKED;
  return mode === 'lazy_migration'
    ? { step: 'migrate', profileJson: resultJson, externalId, profile }
    : { step: 'authenticate', source: 'custom_database', externalId, profile };
};
