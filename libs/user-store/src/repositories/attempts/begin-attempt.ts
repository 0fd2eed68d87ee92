import type { BegunRow } from './attempt-statements.ts';

/** The attempt may go on, or how long it has to wait. */
export type AttemptAnswer = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterMs: number };

/**
 * Begins an attempt that counts only while it is waited for. One that was late, and still had its answer, was so by a clock
 * that the database has no more, after a failover perhaps: it is begun again, and counted.
 */
export const begunInTime = async <T>(
  givenUpAt: Date | null,
  begin: (givenUpAt: Date | null) => Promise<T>,
  begunOf: (begun: T) => BegunRow | undefined,
): Promise<T> => {
  const begun = await begin(givenUpAt);
  return begunOf(begun)?.late ? begin(null) : begun;
};

/** What a caller is told of an attempt that was begun. */
export const attemptAnswer = (row: BegunRow | undefined, now: Date): AttemptAnswer => {
  const until = row?.until ?? null;
  return until === null ? { allowed: true } : { allowed: false, retryAfterMs: until.getTime() - now.getTime() };
};
