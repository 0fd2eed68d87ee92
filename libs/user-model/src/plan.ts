/** What a pool pays for: `basic` lacks connections, `enterprise` has them. */
export type Plan = 'basic' | 'enterprise';

/** A pool's plan, and when its trial began, if it ever did. */
export type PlanFacts = { readonly plan: Plan; readonly trialStartedAt?: Date };

/** A trial as it stands; `daysLeft` is 0 when it is over. */
export type Trial = { readonly startedAt: Date; readonly endsAt: Date; readonly daysLeft: number };

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long a trial lasts. Source: contract, "Plans". */
const TRIAL_DAYS = 30;

/** The pool's trial, days that are left rounded up; `undefined` when it never had one. */
export const trialOf = ({ trialStartedAt: startedAt }: PlanFacts, now: Date): Trial | undefined => {
  if (startedAt === undefined) return undefined;
  const endsAt = new Date(startedAt.getTime() + TRIAL_DAYS * DAY_MS);
  const daysLeft = Math.max(0, Math.ceil((endsAt.getTime() - now.getTime()) / DAY_MS));
  return { startedAt, endsAt, daysLeft };
};

/** Whether connections work at that moment, by plan or by trial. */
export const connectionsIncluded = (facts: PlanFacts, now: Date): boolean =>
  facts.plan === 'enterprise' || (trialOf(facts, now)?.daysLeft ?? 0) > 0;
