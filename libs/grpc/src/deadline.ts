import { ServiceError } from '@userferry/errors';

/** What a hop keeps for itself, so that the innermost and most telling timeout is the one that the user sees. */
const SHAVED_MS = 20;
/** Work with less time than this left is not begun. */
const WORTHWHILE_MS = 100;

/**
 * The deadline that a server works to: min(inherited − 20 ms, now + its own maximum), in epoch milliseconds.
 * @throws ServiceError DEADLINE_EXCEEDED with less than 100 ms left
 */
export const shavedDeadline = (inherited: Date | number, nowMs: number, ownMaxMs: number): number => {
  const inheritedMs = Number(inherited);
  const own = nowMs + ownMaxMs;
  const deadlineMs = Number.isFinite(inheritedMs) ? Math.min(inheritedMs - SHAVED_MS, own) : own;
  if (deadlineMs - nowMs < WORTHWHILE_MS)
    throw new ServiceError('DEADLINE_EXCEEDED', 'less than 100 ms were left when the call arrived: not begun');
  return deadlineMs;
};
