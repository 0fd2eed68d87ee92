// Generated from the descriptor set by tools/generate. DO NOT EDIT.
// Messages as proto3 JSON: 64-bit numbers and bytes are strings, times are RFC 3339. A field without a question mark is
// always there in an answer; a request may leave out any field.

export type ApiKey = {
  readonly apiKeyId: string;
  readonly name: string;
  readonly role: ApiKeyRole;
  readonly userPoolId: string;
  readonly createdAt?: string;
  readonly scopes: readonly string[];
  readonly expiresAt?: string;
  readonly lastUsedAt?: string;
  readonly prefix: string;
  readonly rotatedAt?: string;
  readonly previousUntil?: string;
};

export type ApiKeyRole =
  | 'API_KEY_ROLE_UNSPECIFIED'
  | 'API_KEY_ROLE_EDGE'
  | 'API_KEY_ROLE_ADMIN'
  | 'API_KEY_ROLE_OPERATOR';

export type AuditEntry = {
  readonly at?: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly requestId: string;
};

export type Authenticated = {
  readonly user?: User;
  readonly source: LoginSource;
  readonly migratedNow: boolean;
};

export type ChangePasswordRequest = {
  readonly userPoolId: string;
  readonly user?: UserSelector;
  readonly oldPassword: string;
  readonly newPassword: string;
  readonly context?: RequestContext;
};

export type ChangePasswordResponse = {
  readonly changed?: User;
  readonly rejected?: Rejected;
  readonly undecided?: Undecided;
};

export type CheckScriptRequest = {
  readonly userPoolId: string;
  readonly action: ScriptAction;
  readonly source: string;
  readonly language: ScriptLanguage;
};

export type CheckScriptResponse = {
  readonly problems: readonly ScriptError[];
  readonly required: readonly string[];
  readonly modules: readonly OfferedModule[];
};

export type ConflictResolution =
  | 'CONFLICT_RESOLUTION_UNSPECIFIED'
  | 'CONFLICT_RESOLUTION_SAME_PERSON'
  | 'CONFLICT_RESOLUTION_GIVE_TO_LEGACY'
  | 'CONFLICT_RESOLUTION_KEEP_LOCAL';

export type Connection = {
  readonly connectionId: string;
  readonly userPoolId: string;
  readonly mode: ConnectionMode;
  readonly enabled: boolean;
  readonly version: string;
  readonly envNames: readonly string[];
  readonly egress: readonly EgressRule[];
  readonly scripts: readonly ScriptState[];
  readonly updatedAt?: string;
  readonly address?: SavedAddress;
  readonly isolation: Isolation;
};

export type ConnectionMode =
  | 'CONNECTION_MODE_UNSPECIFIED'
  | 'CONNECTION_MODE_LAZY_MIGRATION'
  | 'CONNECTION_MODE_CUSTOM_USER_STORE';

export type ConnectionVersion = {
  readonly version: string;
  readonly savedAt?: string;
  readonly savedBy: string;
  readonly changes: readonly string[];
  readonly mode: ConnectionMode;
  readonly scripts: readonly ScriptAction[];
  readonly current: boolean;
};

export type CreateApiKeyRequest = {
  readonly userPoolId: string;
  readonly role: ApiKeyRole;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt?: string;
};

export type CreateApiKeyResponse = {
  readonly apiKey?: ApiKey;
  readonly secret: string;
};

export type CreateUserPoolRequest = {
  readonly name: string;
  readonly metadataJson: string;
  readonly revealRejectionDetails: boolean;
  readonly plan: Plan;
};

export type CreateUserPoolResponse = {
  readonly userPool?: UserPool;
};

export type DeleteConnectionRequest = {
  readonly userPoolId: string;
};

export type DeleteConnectionResponse = Record<string, never>;

export type DeleteUserRequest = {
  readonly userPoolId: string;
  readonly user?: UserSelector;
  readonly context?: RequestContext;
};

export type DeleteUserResponse = {
  readonly deleted?: Deleted;
  readonly rejected?: Rejected;
  readonly undecided?: Undecided;
};

export type Deleted = Record<string, never>;

export type DiffScriptVersionsRequest = {
  readonly userPoolId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
};

export type DiffScriptVersionsResponse = {
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly changes: readonly string[];
  readonly scripts: readonly ScriptDiff[];
};

export type DisableConnectionRequest = {
  readonly userPoolId: string;
};

export type DisableConnectionResponse = {
  readonly connection?: Connection;
};

export type EgressRule = {
  readonly host: string;
  readonly port: number;
};

export type EnableConnectionRequest = {
  readonly userPoolId: string;
};

export type EnableConnectionResponse = {
  readonly connection?: Connection;
};

export type GeoLocation = {
  readonly province: string;
  readonly city: string;
  readonly adcode: string;
  readonly rectangle: string;
};

export type GetConnectionRequest = {
  readonly userPoolId: string;
};

export type GetConnectionResponse = {
  readonly connection?: Connection;
};

export type GetMigrationProgressRequest = {
  readonly userPoolId: string;
};

export type GetMigrationProgressResponse = {
  readonly migrated: string;
  readonly legacyTotal?: string;
  readonly days: readonly MigrationDay[];
  readonly legacyLoginShare?: number;
  readonly forecast?: string;
  readonly safeToSwitchOff: boolean;
  readonly reasons: readonly string[];
};

export type GetScriptRequest = {
  readonly userPoolId: string;
  readonly action: ScriptAction;
  readonly version: string;
};

export type GetScriptResponse = {
  readonly source: string;
  readonly version: string;
  readonly language: ScriptLanguage;
};

export type GetUserPoolRequest = {
  readonly userPoolId: string;
};

export type GetUserPoolResponse = {
  readonly userPool?: UserPool;
};

export type GetUserRequest = {
  readonly userPoolId: string;
  readonly user?: UserSelector;
  readonly context?: RequestContext;
};

export type GetUserResponse = {
  readonly found?: User;
  readonly rejected?: Rejected;
  readonly undecided?: Undecided;
};

export type IdentifierConflict = {
  readonly conflictId: string;
  readonly firstSeenAt?: string;
  readonly lastSeenAt?: string;
  readonly timesSeen: string;
  readonly externalRef?: UserRef;
  readonly kind: string;
  readonly value: string;
  readonly userId: string;
};

export type Isolation =
  | 'ISOLATION_UNSPECIFIED'
  | 'ISOLATION_PER_RUN';

export type LegacyStoreAddress = {
  readonly uri?: string;
  readonly fields?: LegacyStoreFields;
};

export type LegacyStoreFields = {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  readonly keepPassword: boolean;
};

export type LiftTombstoneRequest = {
  readonly userPoolId: string;
  readonly tombstoneId: string;
};

export type LiftTombstoneResponse = Record<string, never>;

export type ListApiKeysRequest = {
  readonly userPoolId: string;
  readonly pageSize: number;
  readonly pageToken: string;
};

export type ListApiKeysResponse = {
  readonly apiKeys: readonly ApiKey[];
  readonly nextPageToken: string;
};

export type ListAuditEntriesRequest = {
  readonly userPoolId: string;
  readonly pageSize: number;
  readonly pageToken: string;
};

export type ListAuditEntriesResponse = {
  readonly entries: readonly AuditEntry[];
  readonly nextPageToken: string;
};

export type ListConflictsRequest = {
  readonly userPoolId: string;
  readonly pageSize: number;
  readonly pageToken: string;
};

export type ListConflictsResponse = {
  readonly conflicts: readonly IdentifierConflict[];
  readonly nextPageToken: string;
};

export type ListScriptRunsRequest = {
  readonly userPoolId: string;
  readonly action: ScriptAction;
  readonly outcome: Outcome;
  readonly failedOnly: boolean;
  readonly requestId: string;
  readonly since?: string;
  readonly until?: string;
  readonly pageSize: number;
  readonly pageToken: string;
};

export type ListScriptRunsResponse = {
  readonly runs: readonly ScriptRun[];
  readonly nextPageToken: string;
};

export type ListScriptTemplatesRequest = {
  readonly userPoolId: string;
};

export type ListScriptTemplatesResponse = {
  readonly templates: readonly ScriptTemplate[];
};

export type ListScriptVersionsRequest = {
  readonly userPoolId: string;
  readonly pageSize: number;
  readonly pageToken: string;
};

export type ListScriptVersionsResponse = {
  readonly versions: readonly ConnectionVersion[];
  readonly nextPageToken: string;
};

export type ListTombstonesRequest = {
  readonly userPoolId: string;
  readonly pageSize: number;
  readonly pageToken: string;
};

export type ListTombstonesResponse = {
  readonly tombstones: readonly Tombstone[];
  readonly nextPageToken: string;
};

export type ListUserPoolsRequest = {
  readonly search: string;
  readonly pageSize: number;
  readonly pageToken: string;
};

export type ListUserPoolsResponse = {
  readonly userPools: readonly UserPool[];
  readonly nextPageToken: string;
};

export type ListUsersRequest = {
  readonly userPoolId: string;
  readonly page: number;
  readonly limit: number;
  readonly migrationState: MigrationState;
  readonly context?: RequestContext;
};

export type ListUsersResponse = {
  readonly listed?: UserList;
  readonly rejected?: Rejected;
  readonly undecided?: Undecided;
};

export type LogLine = {
  readonly level: string;
  readonly text: string;
  readonly atMs: number;
};

export type LoginRequest = {
  readonly userPoolId: string;
  readonly email?: string;
  readonly username?: string;
  readonly phone?: string;
  readonly password: string;
  readonly context?: RequestContext;
};

export type LoginResponse = {
  readonly authenticated?: Authenticated;
  readonly rejected?: Rejected;
  readonly undecided?: Undecided;
};

export type LoginSource =
  | 'LOGIN_SOURCE_UNSPECIFIED'
  | 'LOGIN_SOURCE_LOCAL'
  | 'LOGIN_SOURCE_CUSTOM_DATABASE';

export type MigrationDay = {
  readonly date: string;
  readonly migrated: string;
  readonly logins: string;
  readonly legacyLogins: string;
};

export type MigrationState =
  | 'MIGRATION_STATE_UNSPECIFIED'
  | 'MIGRATION_STATE_LEGACY'
  | 'MIGRATION_STATE_MIGRATED'
  | 'MIGRATION_STATE_TOMBSTONED'
  | 'MIGRATION_STATE_LOCAL';

export type OfferedModule = {
  readonly name: string;
  readonly version: string;
};

export type Outcome =
  | 'OUTCOME_UNSPECIFIED'
  | 'OUTCOME_COMPLETED'
  | 'OUTCOME_THREW'
  | 'OUTCOME_SYNTAX_ERROR'
  | 'OUTCOME_TIMED_OUT'
  | 'OUTCOME_OUT_OF_MEMORY'
  | 'OUTCOME_INVALID_RESULT'
  | 'OUTCOME_STORE_UNREACHABLE'
  | 'OUTCOME_EGRESS_DENIED'
  | 'OUTCOME_QUOTA_EXCEEDED'
  | 'OUTCOME_OVERLOADED'
  | 'OUTCOME_KILLED';

export type Plan =
  | 'PLAN_UNSPECIFIED'
  | 'PLAN_BASIC'
  | 'PLAN_ENTERPRISE';

export type Profile = {
  readonly username?: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly phone?: string;
  readonly phoneVerified?: boolean;
  readonly nickname?: string;
  readonly name?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly middleName?: string;
  readonly preferredUsername?: string;
  readonly photo?: string;
  readonly profile?: string;
  readonly website?: string;
  readonly gender?: string;
  readonly birthdate?: string;
  readonly zoneinfo?: string;
  readonly locale?: string;
  readonly company?: string;
  readonly address?: string;
  readonly formatted?: string;
  readonly streetAddress?: string;
  readonly locality?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly city?: string;
  readonly province?: string;
  readonly country?: string;
  readonly token?: string;
  readonly tokenExpiredAt?: string;
  readonly loginsCount?: string;
  readonly lastLogin?: string;
  readonly lastIp?: string;
  readonly signedUp?: string;
  readonly blocked?: boolean;
  readonly isDeleted?: boolean;
  readonly device?: string;
  readonly browser?: string;
  readonly registerSource: readonly string[];
  readonly externalId?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly customDataJson: string;
};

export type ProfileField = {
  readonly name: string;
  readonly state: ProfileFieldState;
  readonly message: string;
};

export type ProfileFieldState =
  | 'PROFILE_FIELD_STATE_UNSPECIFIED'
  | 'PROFILE_FIELD_STATE_ACCEPTED'
  | 'PROFILE_FIELD_STATE_CUSTOM_DATA'
  | 'PROFILE_FIELD_STATE_IGNORED'
  | 'PROFILE_FIELD_STATE_WRONG';

export type RegisterRequest = {
  readonly userPoolId: string;
  readonly profile?: Profile;
  readonly password?: string;
  readonly context?: RequestContext;
};

export type RegisterResponse = {
  readonly registered?: User;
  readonly rejected?: Rejected;
  readonly undecided?: Undecided;
};

export type Rejected = {
  readonly reason: string;
  readonly message: string;
  readonly code: number;
  readonly retryAfterMs: string;
};

export type RequestContext = {
  readonly appId: string;
  readonly appName: string;
  readonly appMetadataJson: string;
  readonly requestIp: string;
  readonly requestGeo?: GeoLocation;
  readonly requestBodyJson: string;
};

export type ResetPasswordRequest = {
  readonly userPoolId: string;
  readonly user?: UserSelector;
  readonly newPassword: string;
  readonly context?: RequestContext;
};

export type ResetPasswordResponse = {
  readonly reset?: User;
  readonly rejected?: Rejected;
  readonly undecided?: Undecided;
};

export type ResolveConflictRequest = {
  readonly userPoolId: string;
  readonly conflictId: string;
  readonly resolution: ConflictResolution;
};

export type ResolveConflictResponse = Record<string, never>;

export type RevokeApiKeyRequest = {
  readonly userPoolId: string;
  readonly apiKeyId: string;
};

export type RevokeApiKeyResponse = Record<string, never>;

export type RollbackScriptRequest = {
  readonly userPoolId: string;
  readonly version: string;
};

export type RollbackScriptResponse = {
  readonly connection?: Connection;
};

export type RotateApiKeyRequest = {
  readonly userPoolId: string;
  readonly apiKeyId: string;
  readonly graceSeconds?: number;
  readonly expiresAt?: string;
};

export type RotateApiKeyResponse = {
  readonly apiKey?: ApiKey;
  readonly secret: string;
};

export type RunScriptResponse = {
  readonly outcome: Outcome;
  readonly resultJson: string;
  readonly error?: ScriptError;
  readonly logs: readonly LogLine[];
  readonly usage?: RunUsage;
  readonly retryAfterMs: string;
};

export type RunUsage = {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly heapBytes: string;
  readonly connectionsOpened?: number;
  readonly connectionsReused?: number;
  readonly connectMs?: number;
  readonly queryMs?: number;
  readonly hashMs?: number;
};

export type SaveConnectionRequest = {
  readonly userPoolId: string;
  readonly mode: ConnectionMode;
  readonly address?: LegacyStoreAddress;
  readonly env: { readonly [key: string]: string };
  readonly keepEnv: boolean;
  readonly egress: readonly EgressRule[];
  readonly keepEnvNames: readonly string[];
  readonly isolation: Isolation;
  readonly expectedVersion?: string;
};

export type SaveConnectionResponse = {
  readonly connection?: Connection;
};

export type SaveScriptRequest = {
  readonly userPoolId: string;
  readonly action: ScriptAction;
  readonly source: string;
  readonly language: ScriptLanguage;
  readonly expectedVersion?: string;
};

export type SaveScriptResponse = {
  readonly connection?: Connection;
};

export type SavedAddress = {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly database: string;
  readonly hasPassword: boolean;
};

export type ScriptAction =
  | 'SCRIPT_ACTION_UNSPECIFIED'
  | 'SCRIPT_ACTION_LOGIN'
  | 'SCRIPT_ACTION_GET_USER'
  | 'SCRIPT_ACTION_SEARCH_USER'
  | 'SCRIPT_ACTION_CREATE_USER'
  | 'SCRIPT_ACTION_UPDATE_USER'
  | 'SCRIPT_ACTION_DELETE_USER'
  | 'SCRIPT_ACTION_LIST_USERS'
  | 'SCRIPT_ACTION_VALIDATE_PASSWORD';

export type ScriptDiff = {
  readonly action: ScriptAction;
  readonly unified: string;
};

export type ScriptError = {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly line: number;
  readonly column: number;
};

export type ScriptLanguage =
  | 'SCRIPT_LANGUAGE_UNSPECIFIED'
  | 'SCRIPT_LANGUAGE_TYPESCRIPT';

export type ScriptRun = {
  readonly runId: string;
  readonly endedAt?: string;
  readonly action: ScriptAction;
  readonly version: string;
  readonly outcome: Outcome;
  readonly error?: ScriptError;
  readonly logs: readonly LogLine[];
  readonly usage?: RunUsage;
  readonly requestId: string;
  readonly test: boolean;
};

export type ScriptState = {
  readonly action: ScriptAction;
  readonly required: boolean;
  readonly saved: boolean;
  readonly failing: boolean;
  readonly lastError?: ScriptError;
};

export type ScriptTemplate = {
  readonly store: string;
  readonly action: ScriptAction;
  readonly source: string;
};

export type SearchUsersRequest = {
  readonly userPoolId: string;
  readonly keyword: string;
  readonly context?: RequestContext;
};

export type SearchUsersResponse = {
  readonly found?: UserList;
  readonly rejected?: Rejected;
  readonly undecided?: Undecided;
};

export type SetPlanRequest = {
  readonly userPoolId: string;
  readonly plan: Plan;
};

export type SetPlanResponse = {
  readonly userPool?: UserPool;
};

export type StartTrialRequest = {
  readonly userPoolId: string;
};

export type StartTrialResponse = {
  readonly userPool?: UserPool;
};

export type TestScriptRequest = {
  readonly userPoolId: string;
  readonly action: ScriptAction;
  readonly argsJson: string;
  readonly source: string;
  readonly language: ScriptLanguage;
};

export type TestScriptResponse = {
  readonly run?: RunScriptResponse;
  readonly wouldHave?: TestVerdict;
  readonly profileFields: readonly ProfileField[];
};

export type TestVerdict = {
  readonly what: WouldHave;
  readonly message: string;
  readonly reason: string;
};

export type Tombstone = {
  readonly tombstoneId: string;
  readonly deletedAt?: string;
  readonly deletedBy: string;
  readonly externalRef?: UserRef;
  readonly identifiers: readonly string[];
};

export type Trial = {
  readonly startedAt?: string;
  readonly endsAt?: string;
  readonly daysLeft: number;
};

export type Undecided = {
  readonly reason: string;
  readonly message: string;
  readonly retryAfterMs: string;
  readonly code: number;
};

export type UpdateUserRequest = {
  readonly userPoolId: string;
  readonly user?: UserSelector;
  readonly updates?: Profile;
  readonly clear: readonly string[];
  readonly password?: string;
  readonly context?: RequestContext;
};

export type UpdateUserResponse = {
  readonly updated?: User;
  readonly rejected?: Rejected;
  readonly undecided?: Undecided;
};

export type User = {
  readonly userId: string;
  readonly externalRef?: UserRef;
  readonly profile?: Profile;
  readonly migrationState: MigrationState;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly migratedAt?: string;
};

export type UserList = {
  readonly users: readonly User[];
  readonly totalCount: string;
};

export type UserPool = {
  readonly userPoolId: string;
  readonly name: string;
  readonly metadataJson: string;
  readonly revealRejectionDetails: boolean;
  readonly createdAt?: string;
  readonly plan: Plan;
  readonly trial?: Trial;
  readonly connectionsIncluded: boolean;
};

export type UserRef = {
  readonly userId?: string;
  readonly externalIdString?: string;
  readonly externalIdNumber?: number;
};

export type UserSelector = {
  readonly ref?: UserRef;
  readonly email?: string;
  readonly username?: string;
  readonly phone?: string;
};

export type WouldHave =
  | 'WOULD_HAVE_UNSPECIFIED'
  | 'WOULD_HAVE_AUTHENTICATED_AND_MIGRATED'
  | 'WOULD_HAVE_AUTHENTICATED'
  | 'WOULD_HAVE_REJECTED'
  | 'WOULD_HAVE_BEEN_UNDECIDED'
  | 'WOULD_HAVE_MET_A_CONFLICT'
  | 'WOULD_HAVE_MET_A_TOMBSTONE'
  | 'WOULD_HAVE_BEEN_TAKEN';

/** Every call of `POST /api/v1/{service}/{method}`. */
export type Api = {
  IdentityService: {
    Login: { request: LoginRequest; response: LoginResponse };
    Register: { request: RegisterRequest; response: RegisterResponse };
    GetUser: { request: GetUserRequest; response: GetUserResponse };
    SearchUsers: { request: SearchUsersRequest; response: SearchUsersResponse };
    ListUsers: { request: ListUsersRequest; response: ListUsersResponse };
    UpdateUser: { request: UpdateUserRequest; response: UpdateUserResponse };
    DeleteUser: { request: DeleteUserRequest; response: DeleteUserResponse };
    ChangePassword: { request: ChangePasswordRequest; response: ChangePasswordResponse };
    ResetPassword: { request: ResetPasswordRequest; response: ResetPasswordResponse };
  };
  ApiKeyService: {
    CreateApiKey: { request: CreateApiKeyRequest; response: CreateApiKeyResponse };
    RevokeApiKey: { request: RevokeApiKeyRequest; response: RevokeApiKeyResponse };
    RotateApiKey: { request: RotateApiKeyRequest; response: RotateApiKeyResponse };
    ListApiKeys: { request: ListApiKeysRequest; response: ListApiKeysResponse };
  };
  ConnectionService: {
    GetConnection: { request: GetConnectionRequest; response: GetConnectionResponse };
    SaveConnection: { request: SaveConnectionRequest; response: SaveConnectionResponse };
    SaveScript: { request: SaveScriptRequest; response: SaveScriptResponse };
    EnableConnection: { request: EnableConnectionRequest; response: EnableConnectionResponse };
    DisableConnection: { request: DisableConnectionRequest; response: DisableConnectionResponse };
    CheckScript: { request: CheckScriptRequest; response: CheckScriptResponse };
    ListScriptTemplates: { request: ListScriptTemplatesRequest; response: ListScriptTemplatesResponse };
    TestScript: { request: TestScriptRequest; response: TestScriptResponse };
    DeleteConnection: { request: DeleteConnectionRequest; response: DeleteConnectionResponse };
    ListScriptVersions: { request: ListScriptVersionsRequest; response: ListScriptVersionsResponse };
    GetScript: { request: GetScriptRequest; response: GetScriptResponse };
    DiffScriptVersions: { request: DiffScriptVersionsRequest; response: DiffScriptVersionsResponse };
    RollbackScript: { request: RollbackScriptRequest; response: RollbackScriptResponse };
    ListScriptRuns: { request: ListScriptRunsRequest; response: ListScriptRunsResponse };
    GetMigrationProgress: { request: GetMigrationProgressRequest; response: GetMigrationProgressResponse };
    ListTombstones: { request: ListTombstonesRequest; response: ListTombstonesResponse };
    LiftTombstone: { request: LiftTombstoneRequest; response: LiftTombstoneResponse };
    ListConflicts: { request: ListConflictsRequest; response: ListConflictsResponse };
    ResolveConflict: { request: ResolveConflictRequest; response: ResolveConflictResponse };
  };
  UserPoolService: {
    CreateUserPool: { request: CreateUserPoolRequest; response: CreateUserPoolResponse };
    GetUserPool: { request: GetUserPoolRequest; response: GetUserPoolResponse };
    ListUserPools: { request: ListUserPoolsRequest; response: ListUserPoolsResponse };
    StartTrial: { request: StartTrialRequest; response: StartTrialResponse };
    SetPlan: { request: SetPlanRequest; response: SetPlanResponse };
    ListAuditEntries: { request: ListAuditEntriesRequest; response: ListAuditEntriesResponse };
  };
};
