import { type Situation, type StoreFacts, situationOf } from '../connection/store-facts.ts';

/** What our store said of a user. */
export type UserVerdict =
  | 'ok'
  | 'not_found'
  | 'exists'
  | 'tombstoned'
  | 'wrong_password'
  | 'locked'
  | 'too_many_attempts'
  | 'custom_user_store';

/** Where a user stands after our store was asked; `maybe_legacy`: the legacy user store has to be asked. */
export type Standing = 'stored' | 'tombstoned' | 'maybe_legacy' | 'custom' | 'unknown';

const NOT_HERE: Readonly<Record<Situation, Standing>> = {
  local: 'unknown',
  lazy_migration: 'maybe_legacy',
  custom_user_store: 'custom',
};

/** The first decision of every call about one user. A custom user store's users are never looked for here. */
export const standingOf = (verdict: UserVerdict, facts: StoreFacts): Standing => {
  const situation = situationOf(facts);
  if (situation === 'custom_user_store') return 'custom';
  if (verdict === 'ok' || verdict === 'locked') return 'stored';
  if (verdict === 'tombstoned') return 'tombstoned';
  if (verdict === 'not_found') return NOT_HERE[situation];
  throw new Error(`our store cannot say ${verdict} of a look-up in this situation`);
};
