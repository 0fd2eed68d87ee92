import type { Condition } from './legacy-relay.ts';

/** The companies whose databases have a bad day, beside those that have none. */
export const TROUBLED = ['slow', 'silent', 'refusing'] as const satisfies readonly Condition[];

/** A part of the day: how many logins arrive in a second, whatever becomes of those before, and whether databases fail. */
export type Part = {
  readonly name: string;
  readonly seconds: number;
  readonly perSecond: number;
  readonly trouble: boolean;
};

const part = (name: string, seconds: number, perSecond: number, trouble = false): Part => ({
  name,
  seconds,
  perSecond,
  trouble,
});

/** A day in three minutes. The databases fail at the worst time, and are well again in the afternoon. */
export const DAY: readonly Part[] = [
  part('night', 20, 1),
  part('early', 20, 5),
  part('morning_peak', 40, 12),
  part('outages', 40, 12, true),
  part('noon', 20, 6, true),
  part('afternoon', 30, 8),
  part('evening', 20, 3),
];

export const QUICK_DAY: readonly Part[] = [part('morning_peak', 2, 5), part('outages', 3, 6, true)];

/** Of all logins, those of the companies whose databases are to fail. */
export const TROUBLED_SHARE = 0.25;
export const WRONG_PASSWORD_SHARE = 0.03;
