import { DAY_MS, type KnownProgress, lastDays } from './known-progress.ts';
import { COMPARED_MAX } from './left-behind.ts';

/** Whether a connection can be switched off without locking anybody out, and why, in sentences. */
export type SwitchOff = { readonly safeToSwitchOff: boolean; readonly reasons: readonly string[] };

/** So long must nobody have needed the legacy user store. */
const QUIET_DAYS = 30;
const QUIET_MS = QUIET_DAYS * DAY_MS;

const people = (count: number, verbs: readonly [one: string, many: string]): string =>
  count === 1 ? `1 user ${verbs[0]}` : `${count} users ${verbs[1]}`;

const CUSTOM: SwitchOff = {
  safeToSwitchOff: false,
  reasons: ['The users live in the legacy user store and nowhere else: without the connection nobody can log in.'],
};

/** What stands against it whoever has migrated. */
const conflicts = ({ counts: { unresolvedConflicts } }: KnownProgress): readonly string[] =>
  unresolvedConflicts === 0
    ? []
    : [
        `${people(unresolvedConflicts, ['has', 'have'])} proven a password and cannot be stored, because another user has one of their identifiers: resolve the conflicts first.`,
      ];

const left = ({ counts, legacyTotal, leftBehind }: KnownProgress): readonly string[] => {
  if (legacyTotal === undefined)
    return [
      'How many users the legacy user store has is not known: there is no listUsers script, or it did not answer.',
    ];
  const count = leftBehind ?? legacyTotal - counts.migrated;
  if (count > 0)
    return [`${people(count, ['has', 'have'])} not logged in since the connection was made, of ${legacyTotal}.`];
  return leftBehind === 0 ? [] : [NOT_COMPARED];
};

const NOT_COMPARED = `As many users have migrated as the legacy user store has. Whether they are the same is not known, since some may have been deleted there: that is compared where there are ${COMPARED_MAX} at the most, listUsers lists just as many as its totalCount says, and does so within seconds.`;

/** Quiet needs life beside it: where nobody logs in at all, it says nothing. */
const quiet = ({ counts, now }: KnownProgress): { readonly isQuiet: boolean; readonly reason: string } => {
  const { lastLegacyLoginAt: last, days } = counts;
  if (last === undefined) return { isQuiet: false, reason: 'No login has gone through the legacy user store yet.' };
  if (now.getTime() - last.getTime() < QUIET_MS)
    return {
      isQuiet: false,
      reason: `The legacy user store was needed for a login on ${last.toISOString().slice(0, 10)}.`,
    };
  const logins = lastDays(days, QUIET_DAYS, now).reduce((sum, day) => sum + day.logins, 0);
  return logins === 0
    ? {
        isQuiet: false,
        reason: `Nobody at all has logged in for ${QUIET_DAYS} days: that says nothing of who still will.`,
      }
    : { isQuiet: true, reason: `No login has needed the legacy user store for ${QUIET_DAYS} days.` };
};

/** Safe when everybody has migrated, or when nobody has needed the legacy user store for thirty days. */
export const switchOffVerdict = (known: KnownProgress): SwitchOff => {
  if (known.mode === 'custom_user_store') return CUSTOM;
  const against = conflicts(known);
  const behind = left(known);
  if (behind.length === 0) return verdict(against, ['Every user of the legacy user store has migrated.']);
  const { isQuiet, reason } = quiet(known);
  if (!isQuiet) return { safeToSwitchOff: false, reasons: [...against, ...behind, reason] };
  return verdict(against, [reason, ...behind, 'Whoever has not migrated by then cannot log in any more.']);
};

const verdict = (against: readonly string[], reasons: readonly string[]): SwitchOff =>
  against.length > 0
    ? { safeToSwitchOff: false, reasons: [...against, ...reasons] }
    : { safeToSwitchOff: true, reasons };
