import type { StoreFacts } from '../connection/store-facts.ts';
import type { Rejected } from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';

/** How a call about users ended. */
export type UserEnd<T> = { readonly step: 'done'; readonly value: T } | Rejected | Undecided;

/** With whether the pool lets a script's own words out. */
export type Ended<T> = { readonly end: UserEnd<T>; readonly revealDetails: boolean };

export const done = <T>(value: T): UserEnd<T> => ({ step: 'done', value });

export const ended = <T>(facts: StoreFacts, end: UserEnd<T>): Ended<T> => ({
  end,
  revealDetails: facts.pool.revealRejectionDetails,
});
