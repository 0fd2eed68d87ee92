import type { Figures } from '../compare-logins.ts';
import { quantile, rounded } from '../statistics.ts';
import type { Login } from './arrivals.ts';
import type { Part } from './day.ts';

const isHealthy = ({ tenant }: Login): boolean => tenant.trouble === 'fine';
const isAnswered = ({ outcome }: Login): boolean => outcome === 'authenticated' || outcome === 'rejected';

/** 1 of nothing: nobody was let down. */
const answeredShare = (logins: readonly Login[]): number =>
  logins.length === 0 ? 1 : rounded(logins.filter(isAnswered).length / logins.length);

const timesOf = (name: string, logins: readonly Login[]): Figures => {
  const times = logins.filter(isAnswered).map(({ ms }) => ms);
  if (times.length === 0) return {};
  return {
    [`${name}_p50_ms`]: rounded(quantile(times, 0.5)),
    [`${name}_p99_ms`]: rounded(quantile(times, 0.99)),
  };
};

/** How many ended undecided or as an error, by reason. */
const byReason = (logins: readonly Login[]): Figures => {
  const figures: Record<string, number> = {};
  for (const { outcome, reason } of logins.filter((login) => !isAnswered(login))) {
    const name = `${outcome}_${reason.toLowerCase()}`;
    figures[name] = (figures[name] ?? 0) + 1;
  }
  return figures;
};

/**
 * Of a day: who was answered, why others were not, and how long those companies' logins took whose databases were fine, part
 * by part. `unanswered` are logins without any answer, `users_lost` people who were told that they had been stored and are
 * not; `warmUp` were stored before the day began.
 */
export const figuresOf = (
  parts: readonly Part[],
  logins: readonly Login[],
  users: { readonly stored: number; readonly warmUp: number },
): Figures => {
  const healthy = logins.filter(isHealthy);
  const troubled = parts.filter(({ trouble }) => trouble).map(({ name }) => name);
  const migrated = logins.filter(({ migratedNow }) => migratedNow).length;
  return {
    logins: logins.length,
    answered_share: answeredShare(logins),
    healthy_answered_share: answeredShare(healthy),
    troubled_answered_share: answeredShare(logins.filter((login) => !isHealthy(login))),
    unanswered: logins.filter(({ outcome }) => outcome === 'none').length,
    users_lost: Math.max(0, migrated + users.warmUp - users.stored),
    ...byReason(logins),
    ...timesOf('healthy', healthy),
    ...timesOf(
      'healthy_while_others_fail',
      healthy.filter(({ part }) => troubled.includes(part)),
    ),
    ...timesOf(
      'healthy_while_all_is_well',
      healthy.filter(({ part }) => !troubled.includes(part)),
    ),
    ...Object.assign({}, ...parts.map((part) => ofPart(part, logins))),
  };
};

const ofPart = ({ name, perSecond }: Part, logins: readonly Login[]): Figures => {
  const own = logins.filter(({ part }) => part === name);
  return {
    [`${name}_per_second`]: perSecond,
    [`${name}_answered_share`]: answeredShare(own),
    ...timesOf(`${name}_healthy`, own.filter(isHealthy)),
  };
};
