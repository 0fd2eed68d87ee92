import type { Rejected, Undecided } from '@userferry/contracts/identity/v1/identity_service';
import type { User } from '@userferry/contracts/identity/v1/user';
import type { Outcome } from '../legacy/caller.ts';
import type { LegacyShop } from '../legacy/legacy-shop.ts';
import type { Userferry } from '../world.ts';
import { type Cast, identifiersOf } from './cast.ts';

const whose = ({ userId }: User): string => (userId === '' ? 'legacy' : 'ours');

/** An answer in the words of the table. */
export const wordsOf = (outcome: Outcome): string => {
  if (outcome === undefined) return 'no outcome';
  const { $case, value } = outcome;
  if ($case === 'rejected' || $case === 'undecided') {
    const { reason, code } = value as Rejected | Undecided;
    return `${$case} ${reason}${code === 0 ? '' : ` ${code}`}`;
  }
  if ($case === 'deleted') return $case;
  if ($case === 'authenticated') {
    const { user, migratedNow } = value as { user: User; migratedNow: boolean };
    return `authenticated ${whose(user)}${migratedNow ? ', migrated now' : ''}`;
  }
  const { users } = value as { users?: readonly User[] };
  if (users === undefined) return `${$case} ${whose(value as User)}`;
  return `${$case} page of ${users[0] === undefined ? 'nobody' : whose(users[0])}`;
};

/** What our store holds of the people of a row. */
export type Held = {
  readonly users: readonly {
    readonly id: string;
    readonly state: string;
    readonly profile: { readonly nickname?: string };
    readonly hash: string | null;
    readonly identifiers: string;
    /** Under which they were proven beside their own. */
    readonly further: number;
  }[];
  readonly tombstones: number;
  readonly conflicts: number;
};

const USERS = `
  SELECT u.id, u.migration_state AS state, u.profile, c.hash,
    (SELECT string_agg(i.kind || ':' || i.value, ' ' ORDER BY i.kind, i.value) FROM user_identifiers i
     WHERE i.user_id = u.id AND i.in_profile) AS identifiers,
    (SELECT count(*)::int FROM user_identifiers i WHERE i.user_id = u.id AND NOT i.in_profile) AS further
  FROM users u LEFT JOIN credentials c ON c.user_id = u.id
  WHERE u.user_pool_id = $1 AND u.id IN (SELECT user_id FROM user_identifiers WHERE value = ANY($2))
  ORDER BY u.id`;

const COUNTS = `
  SELECT (SELECT count(DISTINCT tombstone_id)::int FROM tombstones WHERE user_pool_id = $1 AND value = ANY($2)) AS tombstones,
    (SELECT count(*)::int FROM identifier_conflicts WHERE user_pool_id = $1 AND value = ANY($2)) AS conflicts`;

export const heldOf = async ({ store }: Userferry, userPoolId: string, cast: Cast): Promise<Held> => {
  const how = { database: 'userferry', values: [userPoolId, identifiersOf(cast)] };
  const users = await store.query<Held['users'][number]>(USERS, how);
  const [counts] = await store.query<Omit<Held, 'users'>>(COUNTS, how);
  return { users, tombstones: counts?.tombstones ?? -1, conflicts: counts?.conflicts ?? -1 };
};

/** How many identifiers were kept beside their own between two looks. */
export const furtherBetween = (before: Held, after: Held): number => {
  const sum = ({ users }: Held) => users.reduce((total, { further }) => total + further, 0);
  return sum(after) - sum(before);
};

/** What was written between two looks, in the words of the table. */
export const writesBetween = (before: Held, after: Held, nickname: string): readonly string[] => {
  const [was, is] = [before.users, after.users];
  if (is.length > was.length) {
    const made = is.find(({ id }) => was.every((user) => user.id !== id));
    if (made?.state !== 'migrated') return ['CreateUser'];
    return made.profile.nickname === nickname ? ['MigrateUser', 'UpdateUser'] : ['MigrateUser'];
  }
  if (after.tombstones > before.tombstones) return ['DeleteUser'];
  const changes = is.flatMap((user) => {
    const former = was.find(({ id }) => id === user.id);
    const changed =
      former?.identifiers !== user.identifiers || JSON.stringify(former.profile) !== JSON.stringify(user.profile);
    return [...(changed ? ['UpdateUser'] : []), ...(former?.hash === user.hash ? [] : ['ChangePassword'])];
  });
  return is.length < was.length ? [...changes, 'a user is gone'] : changes;
};

/** Everything that the legacy user store holds of them. */
export const heldThere = (shop: LegacyShop, cast: Cast) => {
  const emails = [cast.email, cast.former.email, cast.other.email];
  return shop.query<{ id: unknown; nickname: string; password: string }>(
    `SELECT * FROM users WHERE email IN (?, ?, ?) ORDER BY id`,
    emails,
  );
};

type There = Awaited<ReturnType<typeof heldThere>>;

/** What a script wrote there between two looks. */
export const writesThereBetween = (before: There, after: There): readonly string[] => {
  if (after.length !== before.length) return [after.length > before.length ? 'createUser' : 'deleteUser'];
  const same = JSON.stringify(before) === JSON.stringify(after);
  return same ? [] : ['updateUser'];
};
