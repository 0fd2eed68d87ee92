import type { ScriptAction } from '@userferry/script-contract';
import { templateOf } from '@userferry/script-templates';

/** For the ready-made table: an account can be blocked, too. */
export const BLOCKED_COLUMN = 'ALTER TABLE users ADD COLUMN blocked boolean NOT NULL DEFAULT false';

/** The ready-made script, which also says who is blocked; its hashes are cheap, as nothing is proven by their price. */
export const scriptOf = (action: ScriptAction): string =>
  templateOf('postgresql', action)
    .replace('password, 10)', 'password, 4)')
    .replaceAll('photo, created_at', 'photo, created_at, blocked')
    .replace('createdAt: row.created_at,', 'createdAt: row.created_at,\n    blocked: row.blocked,');

/** A version that breaks, and says all that it knows. */
export const BROKEN_LOGIN = `async function login(query, password) {
  console.log(query, password, env);
  throw new TypeError('nothing becomes of ' + password + ' at ' + env.DB_CONNECTION_URI);
}`;
