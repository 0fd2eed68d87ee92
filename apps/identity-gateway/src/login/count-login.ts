import { ServiceError } from '@userferry/errors';
import { count, type Labels, observe } from '@userferry/telemetry';
import type { ProvenLogin } from './prove-login.ts';

type LoginLabels = Labels<'userferry_logins_total'>;

const OUTCOMES = { authenticated: 'authenticated', reject: 'rejected', leave_undecided: 'undecided' } as const;

const countOne = (labels: LoginLabels, ms: number): void => {
  const { outcome, source } = labels;
  count('userferry_logins_total', labels);
  observe('userferry_login_seconds', ms / 1_000, { outcome, source });
};

/** Counts a login that came to an end. */
export const countLogin = ({ end, source }: Omit<ProvenLogin, 'revealDetails'>, ms: number): void => {
  const reason = end.step === 'authenticated' ? 'none' : end.reason;
  // A rejection has reasons that only other calls have; one of them would count as `other`.
  countOne({ outcome: OUTCOMES[end.step], source, reason: reason as LoginLabels['reason'] }, ms);
};

/** Counts a login that failed: by our fault, or because it was called wrongly. */
export const countFailedLogin = (error: unknown, ms: number): void => {
  const reason = error instanceof ServiceError ? error.reason : 'INTERNAL';
  countOne({ outcome: 'failed', source: 'none', reason }, ms);
};
