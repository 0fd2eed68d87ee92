import type { Scope } from './scopes.ts';

/** Who may make a call. */
export type CallRule = {
  readonly scope: Scope;
  /** For a pool of theirs; beside operators, who may for every pool. */
  readonly roles: readonly ('edge' | 'admin')[];
  /** Whether it may be about operators, too, as pool `*`. */
  readonly ofOperators?: boolean;
  /** About all the pools that the caller may touch, and none by name. */
  readonly ofOwnPools?: boolean;
};

const edge = (scope: Scope): CallRule => ({ scope, roles: ['edge'] });
const admin = (scope: Scope): CallRule => ({ scope, roles: ['admin'] });
const both = (scope: Scope): CallRule => ({ scope, roles: ['edge', 'admin'] });
const keys = (scope: Scope): CallRule => ({ scope, roles: ['admin'], ofOperators: true });
/** Operators alone. */
const operator = (scope: Scope): CallRule => ({ scope, roles: [] });

/** Every call of the gateway, and who may make it. One that is not in this table cannot be served. */
export const CALLS: Readonly<Record<string, CallRule>> = {
  'IdentityService/Login': edge('logins'),
  'IdentityService/Register': both('users:write'),
  'IdentityService/GetUser': both('users:read'),
  'IdentityService/SearchUsers': both('users:read'),
  'IdentityService/ListUsers': both('users:read'),
  'IdentityService/UpdateUser': both('users:write'),
  'IdentityService/DeleteUser': both('users:write'),
  'IdentityService/ChangePassword': edge('passwords'),
  'IdentityService/ResetPassword': edge('passwords'),

  'UserPoolService/CreateUserPool': operator('pools:write'),
  'UserPoolService/GetUserPool': admin('pools:read'),
  'UserPoolService/ListUserPools': { ...admin('pools:read'), ofOwnPools: true },
  'UserPoolService/StartTrial': admin('pools:write'),
  'UserPoolService/SetPlan': operator('pools:write'),
  'UserPoolService/ListAuditEntries': { ...admin('audit:read'), ofOperators: true },

  'ApiKeyService/CreateApiKey': keys('keys:write'),
  'ApiKeyService/RevokeApiKey': keys('keys:write'),
  'ApiKeyService/RotateApiKey': keys('keys:write'),
  'ApiKeyService/ListApiKeys': keys('keys:read'),

  'ConnectionService/GetConnection': admin('connections:read'),
  'ConnectionService/SaveConnection': admin('connections:write'),
  'ConnectionService/SaveScript': admin('connections:write'),
  'ConnectionService/EnableConnection': admin('connections:write'),
  'ConnectionService/DisableConnection': admin('connections:write'),
  'ConnectionService/DeleteConnection': admin('connections:write'),
  'ConnectionService/TestScript': admin('scripts:test'),
  'ConnectionService/CheckScript': admin('scripts:test'),
  'ConnectionService/ListScriptTemplates': admin('connections:read'),
  'ConnectionService/ListScriptVersions': admin('connections:read'),
  'ConnectionService/GetScript': admin('connections:read'),
  'ConnectionService/DiffScriptVersions': admin('connections:read'),
  'ConnectionService/RollbackScript': admin('connections:write'),
  'ConnectionService/ListScriptRuns': admin('connections:read'),
  'ConnectionService/GetMigrationProgress': admin('connections:read'),
  'ConnectionService/ListTombstones': admin('users:read'),
  'ConnectionService/LiftTombstone': admin('users:write'),
  'ConnectionService/ListConflicts': admin('users:read'),
  'ConnectionService/ResolveConflict': admin('users:write'),
};
