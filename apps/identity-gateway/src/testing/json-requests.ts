/**
 * A request of every call as JSON, for a pool: right enough to reach our services. What is not named takes no more than
 * the pool.
 */
export const jsonRequest = (name: string, userPoolId: string): Readonly<Record<string, unknown>> => ({
  ...(name === 'UserPoolService/CreateUserPool' || name === 'UserPoolService/ListUserPools' ? {} : { userPoolId }),
  ...REQUESTS[name],
});

const USER = { user: { email: 'a@b.c' } };
const PAGE = { pageSize: 1, pageToken: '' };

const REQUESTS: Readonly<Record<string, object>> = {
  'IdentityService/Login': { email: 'a@b.c', password: 'p' },
  'IdentityService/Register': { profile: { email: 'a@b.c' }, password: 'p' },
  'IdentityService/GetUser': USER,
  'IdentityService/SearchUsers': { keyword: 'ada' },
  'IdentityService/ListUsers': { page: 1, limit: 1 },
  'IdentityService/UpdateUser': { ...USER, updates: { nickname: 'A' } },
  'IdentityService/DeleteUser': USER,
  'IdentityService/ChangePassword': { ...USER, oldPassword: 'p', newPassword: 'q' },
  'IdentityService/ResetPassword': { ...USER, newPassword: 'q' },
  'UserPoolService/CreateUserPool': { name: 'n' },
  'UserPoolService/SetPlan': { plan: 'PLAN_BASIC' },
  'UserPoolService/ListAuditEntries': PAGE,
  'ApiKeyService/CreateApiKey': { role: 'API_KEY_ROLE_EDGE', name: 'n' },
  'ApiKeyService/RevokeApiKey': { apiKeyId: 'k' },
  'ApiKeyService/RotateApiKey': { apiKeyId: 'k', graceSeconds: 60 },
  'ApiKeyService/ListApiKeys': PAGE,
  'ConnectionService/SaveConnection': {
    mode: 'CONNECTION_MODE_LAZY_MIGRATION',
    env: {},
    egress: [{ host: 'db.example', port: 5432 }],
  },
  'ConnectionService/SaveScript': { action: 'SCRIPT_ACTION_LOGIN', source: 's' },
  'ConnectionService/TestScript': { action: 'SCRIPT_ACTION_LOGIN', argsJson: Buffer.from('[]').toString('base64') },
  'ConnectionService/CheckScript': { action: 'SCRIPT_ACTION_LOGIN', source: 's' },
  'ConnectionService/ListScriptVersions': PAGE,
  'ConnectionService/GetScript': { action: 'SCRIPT_ACTION_LOGIN', version: '1' },
  'ConnectionService/DiffScriptVersions': { fromVersion: '1', toVersion: '2' },
  'ConnectionService/RollbackScript': { version: '1' },
  'ConnectionService/ListScriptRuns': { ...PAGE, failedOnly: false, since: '2026-11-26T08:00:00Z' },
  'ConnectionService/ListTombstones': PAGE,
  'ConnectionService/LiftTombstone': { tombstoneId: 't' },
  'ConnectionService/ListConflicts': PAGE,
  'ConnectionService/ResolveConflict': { conflictId: 'c', resolution: 'CONFLICT_RESOLUTION_KEEP_LOCAL' },
};
