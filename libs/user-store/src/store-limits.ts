import type { AttemptLimits } from './repositories/attempts/attempt-keys.ts';
import type { RunLimits } from './repositories/history/script-runs.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Ten wrong passwords in fifteen minutes, a hundred from one address; then waits from half a minute on, doubling. */
export const ATTEMPT_LIMITS: AttemptLimits = {
  perIdentifierMax: 10,
  perAddressMax: 100,
  windowMs: 15 * MINUTE_MS,
  firstWaitMs: MINUTE_MS / 2,
  waitMsMax: 15 * MINUTE_MS,
};

/** The log history of a pool: ten thousand runs, thirty days. */
export const RUN_LIMITS: RunLimits = { runsPerPoolMax: 10_000, runsKeptMs: 30 * DAY_MS };

/** How long, in days, the audit and the counts of logins are kept. */
export type KeptDays = { readonly audit: number; readonly logins: number };

/** A year and a month: last year's same month can still be looked at. */
export const KEPT_DAYS: KeptDays = { audit: 400, logins: 400 };
