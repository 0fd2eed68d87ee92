import { type Profile, shown } from '../model/people.ts';
import { held, type State } from '../model/state.ts';
import type { Place } from './open-place.ts';

const USERS = `SELECT u.id,
  jsonb_build_object('nickname', u.profile->'nickname', 'blocked', u.profile->'blocked') ||
    coalesce((SELECT jsonb_object_agg(i.kind, i.value) FROM user_identifiers AS i
      WHERE i.user_id = u.id AND i.in_profile), '{}') AS profile,
  (SELECT e.id_text FROM external_ids AS e WHERE e.user_id = u.id) AS "legacyId",
  (SELECT coalesce(json_agg(i.kind || ':' || i.normalised), '[]') FROM user_identifiers AS i
    WHERE i.user_id = u.id AND NOT i.in_profile) AS aliases
FROM users AS u WHERE u.user_pool_id = $1`;

const COUNTS = `SELECT
  (SELECT count(DISTINCT tombstone_id)::int FROM tombstones WHERE user_pool_id = $1) AS tombstones,
  (SELECT count(*)::int FROM identifier_conflicts WHERE user_pool_id = $1) AS conflicts`;

type HeldUser = { id: string; profile: Profile; legacyId: string | null; aliases: string[] };

const withoutNulls = (profile: object): Profile =>
  Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null));

const lookHere = async ({ ours, company }: Place) => {
  const how = { database: 'userferry', values: [company.userPoolId] };
  const users = await ours.store.query<HeldUser>(USERS, how);
  const [counts] = await ours.store.query<Pick<State, 'tombstones' | 'conflicts'>>(COUNTS, how);
  const here = users.map(({ id, legacyId, profile, aliases }) =>
    held(shown(id, legacyId ?? undefined, withoutNulls(profile)), aliases),
  );
  return { here: here.toSorted(), tombstones: counts?.tombstones ?? -1, conflicts: counts?.conflicts ?? -1 };
};

const lookThere = async ({ shop }: Place): Promise<readonly string[]> => {
  const rows = await shop.query<{ id: unknown }>('SELECT id, email, phone, username, nickname, blocked FROM users');
  return rows.map(({ id, ...profile }) => shown(undefined, String(id), withoutNulls(profile))).toSorted();
};

/** What both stores hold now. */
export const lookAt = async (place: Place): Promise<State> => ({
  ...(await lookHere(place)),
  there: await lookThere(place),
});
