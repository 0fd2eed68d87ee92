import type { Caller } from '@userferry/grpc';

/** What callers may be let do, in the words of API keys and tokens alike. */
export const SCOPES = [
  'logins',
  'passwords',
  'users:read',
  'users:write',
  'connections:read',
  'connections:write',
  'scripts:test',
  'pools:read',
  'pools:write',
  'keys:read',
  'keys:write',
  'audit:read',
] as const;

export type Scope = (typeof SCOPES)[number];

/** What the holder of a role may at most. */
export const ROLE_SCOPES = {
  edge: ['logins', 'passwords', 'users:read', 'users:write'],
  admin: SCOPES.filter((scope) => scope !== 'logins' && scope !== 'passwords'),
  operator: SCOPES,
} as const satisfies Record<'edge' | 'admin' | 'operator', readonly Scope[]>;

/** A role that is given to callers of the gateway. */
export type KeyRole = keyof typeof ROLE_SCOPES;

/**
 * What a caller may: what was given to it, as far as its role goes. None given are all of the role. A word that is not
 * known here, because a later version has it, lets do nothing.
 */
export const scopesOf = (role: KeyRole, given: readonly string[]): readonly Scope[] =>
  given.length === 0 ? ROLE_SCOPES[role] : ROLE_SCOPES[role].filter((scope) => given.includes(scope));

/**
 * Whether a caller may hand out these scopes: what it may itself, and who may all of an administrator, all of an edge,
 * too. Else whoever may make keys would have made itself anything.
 */
export const mayGrant = ({ scopes }: Pick<Caller, 'scopes'>, granted: readonly Scope[]): boolean => {
  const isWhole = ROLE_SCOPES.admin.every((scope) => scopes.includes(scope));
  // What nobody here knows the scopes of may what nobody here can judge.
  return (
    granted.length > 0 &&
    granted.every((scope) => scopes.includes(scope) || (isWhole && ROLE_SCOPES.edge.includes(scope as never)))
  );
};
