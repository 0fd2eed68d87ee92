import { ServiceError } from '@userferry/errors';
import type { DataSource } from 'typeorm';
import { deleteInPortions } from '../../delete-in-portions.ts';
import { retryConflicts } from '../../retry-conflicts.ts';
import type { Statements } from '../../statements/create-statements.ts';
import type { StatementCall } from '../../statements/statement.ts';
import { isUnanswered, toStoreFailure } from '../../store-failures.ts';
import type { Clock } from '../../time/clock.ts';
import type { SweepTime } from '../../time/sweep-time.ts';
import type { GivenUpAt } from '../../time/times.ts';
import type { AttemptCalls } from './attempt-calls.ts';
import type { AttemptSubject } from './attempt-keys.ts';
import type { BegunRow } from './attempt-statements.ts';
import { type AttemptAnswer, attemptAnswer, begunInTime } from './begin-attempt.ts';

export type AttemptDeps = {
  readonly dataSource: DataSource;
  readonly run: Statements;
  readonly clock: Clock;
  readonly givenUpAt: GivenUpAt;
  readonly sweepTime: SweepTime;
};

/** The database may take it yet, when it goes on. */
const unknownEnd = (cause: unknown): ServiceError =>
  new ServiceError('STORE_UNAVAILABLE', 'the user store gave no answer', { metadata: { done: 'unknown' }, cause });

/**
 * Counts of wrong passwords, kept under HMACs, so that replicas agree and no row names anyone. An attempt counts from
 * its beginning: many at once are as many. A library's counters (rate-limiter-flexible was weighed) take a statement for
 * each count and each wait, and cannot tell of both in one.
 */
export const createAttemptRepository = (
  { dataSource, run, clock, givenUpAt, sweepTime }: AttemptDeps,
  calls: AttemptCalls,
) => {
  const done = async (call: StatementCall): Promise<void> => {
    await retryConflicts(() => run(call)).catch((error: unknown) => {
      throw isUnanswered(error) ? unknownEnd(toStoreFailure(error).cause) : error;
    });
  };
  return {
    /** Counts an attempt, unless it has to wait. */
    begin: async (subject: AttemptSubject): Promise<AttemptAnswer> => {
      const now = clock();
      const begin = (until: Date | null) => retryConflicts(() => run<[BegunRow[]]>(calls.begin(subject, now, until)));
      const [[row]] = await begunInTime(givenUpAt(now), begin, ([[begun]]) => begun);
      return attemptAnswer(row, now);
    },

    /** The password was right: the person's count is cleared, and the address gets its attempt back. */
    proven: (subject: AttemptSubject): Promise<void> => done(calls.settle(subject, true)),

    /** The same for who is let in: a login of the pool, counted by who answered it. One statement. */
    loggedIn: (subject: AttemptSubject, byLegacyStore: boolean): Promise<void> =>
      done(calls.loggedIn(subject, byLegacyStore, clock())),

    /** Nobody could say: both get the attempt back. */
    undecided: (subject: AttemptSubject): Promise<void> => done(calls.settle(subject, false)),

    /** The address gets the attempt back, the person does not. */
    undecidedFromAddress: (subject: AttemptSubject): Promise<void> => done(calls.giveAddressBack(subject)),

    /** Forgets counts whose life is over. */
    sweep: async (): Promise<void> => {
      const expired = { where: 'expires_at <= $1', by: 'expires_at', values: [await sweepTime()] };
      await deleteInPortions(dataSource, { table: 'login_attempts', key: 'key', ...expired });
    },
  };
};
