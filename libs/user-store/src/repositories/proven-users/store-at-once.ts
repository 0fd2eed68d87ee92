import type { User } from '@userferry/user-model';
import { isUuid } from '../../require-pool.ts';
import type { Statements } from '../../statements/create-statements.ts';
import type { Statement, StatementCall } from '../../statements/statement.ts';
import { codeOf } from '../../store-failures.ts';
import type { AttemptCalls } from '../attempts/attempt-calls.ts';
import type { AttemptSubject } from '../attempts/attempt-keys.ts';
import { HOLD_MIGRATION } from './hold-migration.ts';
import { storedValues, storingFrom } from './insert-migrated-user.ts';
import { newUserOf, type ProvenUser, planOf } from './migrate-user.ts';

/** One of each kind, and what was typed. */
const IDENTIFIERS_MAX = 4;
const FIRST_KEY = 17;

/** Nobody has the identifier, and nobody who was deleted had it. */
const isFree = (place: number): string => {
  const [kind, value] = [`$${FIRST_KEY + 2 * place}::text`, `$${FIRST_KEY + 1 + 2 * place}::text`];
  return `
      AND NOT EXISTS (SELECT FROM user_identifiers AS i
        WHERE i.user_pool_id = $2 AND i.kind = ${kind} AND i.normalised = ${value})
      AND NOT EXISTS (SELECT FROM tombstones AS t
        WHERE t.user_pool_id = $2 AND t.kind = ${kind} AND t.value = ${value})`;
};

// Behind the other one, since what has waited for a row sees everything else as it was before it waited. Where the
// database's default keeps one snapshot for both, this would, too: the closer look states its level.
const STORE: Statement = {
  name: 'store_new_user',
  text: `
  WITH clear AS MATERIALIZED (
    SELECT 1 FROM connections AS c
    JOIN connection_versions AS v ON v.connection_id = c.id AND v.version = c.version AND v.mode = 'lazy_migration'
    WHERE c.id = $5 AND c.user_pool_id = $2 AND current_setting('transaction_isolation') <> 'repeatable read'
      AND NOT EXISTS (SELECT FROM external_ids AS e
        WHERE e.user_pool_id = $2 AND e.connection_id = $5 AND e.id_type = $6 AND e.id_text = $7)
      AND NOT EXISTS (SELECT FROM tombstones AS t
        WHERE t.user_pool_id = $2 AND t.kind = 'external_id_' || $6::text AND t.value = $7)
      ${Array.from({ length: IDENTIFIERS_MAX }, (_, place) => isFree(place)).join('')}
  ), ${storingFrom('clear')}
  SELECT count(*)::int4 AS stored FROM clear`,
};

/** Somebody else was faster: who comes second looks again. */
const FASTER: ReadonlySet<string | undefined> = new Set(['23505', '40001', '40P01']);

export type StoreAtOnce = (proven: ProvenUser, attempt?: AttemptSubject) => Promise<User | undefined>;

/**
 * Stores a user whom nothing stands in the way of, in one transaction and one round trip, as most first logins are; with
 * the attempt that it was settled and the login counted. `undefined`: something does stand in the way, nothing was done,
 * and it takes a closer look to say what.
 */
export const createStoreAtOnce =
  (run: Statements, attempts: AttemptCalls, clock: () => Date): StoreAtOnce =>
  async (proven, attempt) => {
    const [plan, now] = [planOf(proven), clock()];
    const { connectionId, userPoolId } = proven;
    if (!isUuid(connectionId) || !isUuid(userPoolId) || plan.identifiers.length > IDENTIFIERS_MAX) return undefined;
    const { row, user } = newUserOf(proven, plan, now);
    const keys = plan.identifiers.flatMap(({ kind, normalised }) => [kind, normalised]);
    const missing = Array.from({ length: 2 * IDENTIFIERS_MAX - keys.length }, () => null);
    const hold: StatementCall = { statement: HOLD_MIGRATION, values: [connectionId, userPoolId] };
    const store: StatementCall = { statement: STORE, values: [...storedValues(row), ...keys, ...missing] };
    const settle = attempt === undefined ? [] : [attempts.loggedInAs(user.userId, attempt, now)];
    try {
      const [, [stored]] = await run<[[], [{ stored: number }], ...[][]]>(hold, store, ...settle);
      return stored.stored === 1 ? user : undefined;
    } catch (error) {
      if (FASTER.has(codeOf(error))) return undefined;
      throw error;
    }
  };
