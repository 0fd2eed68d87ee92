import type { Rejected } from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';
import type { KnownUser } from '../users/known-user.ts';

/** How a login ended. `source` says who proved the password. */
export type LoginEnd =
  | {
      readonly step: 'authenticated';
      readonly user: KnownUser;
      readonly source: 'local' | 'custom_database';
      readonly migratedNow: boolean;
    }
  | Rejected
  | Undecided;
