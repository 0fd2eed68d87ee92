import type { EntityManager } from 'typeorm';
import { holding } from '../../like-pattern.ts';
import type { UserIds, UserQuery } from './list-users.ts';

const NAMES = ['name', 'nickname', 'givenName', 'middleName', 'familyName', 'preferredUsername'];

/**
 * Every user is looked at, so each is once: identifiers and users are gone through side by side, count and page come of what
 * was found, and most identifiers are compared as they are given.
 */
const SEARCH = `
  WITH named AS (
    SELECT user_id AS id FROM user_identifiers
    WHERE user_pool_id = $1 AND (value ILIKE $2 OR (normalised <> value AND normalised ILIKE $2))
    UNION
    SELECT id FROM users WHERE user_pool_id = $1 AND (${NAMES.map((name) => `profile ->> '${name}' ILIKE $2`).join(' OR ')})
  ), found AS MATERIALIZED (
    SELECT id, created_at FROM named JOIN users USING (id) WHERE $3::text IS NULL OR migration_state = $3
  )
  SELECT (SELECT count(*) FROM found) AS total,
    ARRAY(SELECT id FROM found ORDER BY created_at, id OFFSET $4 LIMIT $5)::text[] AS ids`;

/** Those whose identifiers or names hold the keyword. */
export const searchUsers = async (
  manager: EntityManager,
  { userPoolId, keyword, migrationState, page, limit }: UserQuery,
): Promise<UserIds> => {
  const values = [userPoolId, holding(keyword), migrationState ?? null, (page - 1) * limit, limit];
  const rows = await manager.query<{ total: string; ids: string[] }[]>(SEARCH, values);
  return { ids: rows[0]?.ids ?? [], totalCount: Number(rows[0]?.total ?? 0) };
};
