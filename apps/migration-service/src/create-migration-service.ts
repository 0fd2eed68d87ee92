import {
  type ConnectionStoreServiceServer,
  ConnectionStoreServiceService,
} from '@userferry/contracts/migration/v1/connection_store_service';
import { type HistoryServiceServer, HistoryServiceService } from '@userferry/contracts/migration/v1/history_service';
import { type LoginServiceServer, LoginServiceService } from '@userferry/contracts/migration/v1/login_service';
import {
  type PoolStoreServiceServer,
  PoolStoreServiceService,
} from '@userferry/contracts/migration/v1/pool_store_service';
import { type UserServiceServer, UserServiceService } from '@userferry/contracts/migration/v1/user_service';
import {
  createServer,
  type RunningServer,
  type ServerTls,
  type ServiceHandlers,
  service,
  serviceTokenAuthenticate,
} from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import type { UserStore } from '@userferry/user-store';
import { appendAuditEntry, listAuditEntries } from './handlers/audit.ts';
import { changePassword } from './handlers/change-password.ts';
import { checkLogin } from './handlers/check-login.ts';
import { listConflicts, resolveConflict } from './handlers/conflicts.ts';
import {
  compareVersions,
  deleteConnection,
  getScript,
  listVersions,
  rollback,
} from './handlers/connection-versions.ts';
import { countLeftBehind } from './handlers/count-left-behind.ts';
import { createApiKey } from './handlers/create-api-key.ts';
import { findApiKey } from './handlers/find-api-key.ts';
import { getConnection } from './handlers/get-connection.ts';
import { getConnectionSettings } from './handlers/get-connection-settings.ts';
import { getMigrationCounts } from './handlers/get-migration-counts.ts';
import { getApiKey, listApiKeys, noteApiKeyUses, rotateApiKey } from './handlers/key-life.ts';
import { migrateUser } from './handlers/migrate-user.ts';
import { prepareMigration } from './handlers/prepare-migration.ts';
import { previewMigration } from './handlers/preview-migration.ts';
import { revokeApiKey } from './handlers/revoke-api-key.ts';
import { saveConnection } from './handlers/save-connection.ts';
import { saveScript } from './handlers/save-script.ts';
import { appendScriptRuns, listScriptRuns } from './handlers/script-runs.ts';
import { setConnectionEnabled } from './handlers/set-connection-enabled.ts';
import { settleAttempt } from './handlers/settle-attempt.ts';
import { liftTombstone, listTombstones } from './handlers/tombstones.ts';
import { createUserPool, getUserPool, listUserPools, setPlan, startTrial } from './handlers/user-pool.ts';
import { createUser, deleteUser, findUser, listUsers, updateUser } from './handlers/users.ts';
import { createHashAhead } from './passwords/hash-ahead.ts';
import type { PasswordHasher } from './passwords/password-hasher.ts';

export type MigrationServiceConfig = {
  readonly host: string;
  readonly port: number;
  readonly serviceTokens: readonly string[];
  readonly connectionAgeMs?: number | undefined;
  readonly tls?: ServerTls | undefined;
};

export type MigrationServiceDeps = {
  readonly store: UserStore;
  readonly passwords: PasswordHasher;
  readonly log: Logger;
};

const CALL_MS_MAX = 15_000;
/** A preparation waits for a script, which has as long as a call of the gateway. */
const PREPARATION_MS_MAX = 30_000;

const userServices = (deps: Omit<MigrationServiceDeps, 'log'>): readonly ServiceHandlers[] => [
  service<LoginServiceServer>(LoginServiceService, {
    checkLogin: checkLogin(deps),
    migrateUser: migrateUser(deps),
    prepareMigration: prepareMigration(deps, createHashAhead(deps.passwords)),
    previewMigration: previewMigration(deps.store),
    settleAttempt: settleAttempt(deps.store),
  }),
  service<UserServiceServer>(UserServiceService, {
    findUser: findUser(deps),
    createUser: createUser(deps),
    listUsers: listUsers(deps),
    updateUser: updateUser(deps),
    deleteUser: deleteUser(deps),
    changePassword: changePassword(deps),
  }),
];

const managementServices = (store: UserStore): readonly ServiceHandlers[] => [
  service<ConnectionStoreServiceServer>(ConnectionStoreServiceService, {
    getConnection: getConnection(store),
    getConnectionSettings: getConnectionSettings(store),
    saveConnection: saveConnection(store),
    saveScript: saveScript(store),
    setConnectionEnabled: setConnectionEnabled(store),
    deleteConnection: deleteConnection(store),
    listVersions: listVersions(store),
    getScript: getScript(store),
    compareVersions: compareVersions(store),
    rollback: rollback(store),
  }),
  service<PoolStoreServiceServer>(PoolStoreServiceService, {
    createUserPool: createUserPool(store),
    getUserPool: getUserPool(store),
    listUserPools: listUserPools(store),
    startTrial: startTrial(store),
    setPlan: setPlan(store),
    createApiKey: createApiKey(store),
    revokeApiKey: revokeApiKey(store),
    findApiKey: findApiKey(store),
    getApiKey: getApiKey(store),
    rotateApiKey: rotateApiKey(store),
    listApiKeys: listApiKeys(store),
    noteApiKeyUses: noteApiKeyUses(store),
  }),
  service<HistoryServiceServer>(HistoryServiceService, {
    appendScriptRuns: appendScriptRuns(store),
    listScriptRuns: listScriptRuns(store),
    getMigrationCounts: getMigrationCounts(store),
    countLeftBehind: countLeftBehind(store),
    listTombstones: listTombstones(store),
    liftTombstone: liftTombstone(store),
    listConflicts: listConflicts(store),
    resolveConflict: resolveConflict(store),
    appendAuditEntry: appendAuditEntry(store),
    listAuditEntries: listAuditEntries(store),
  }),
];

/** Starts the service on the configured address. */
export const createMigrationService = (
  { host, port, serviceTokens, connectionAgeMs, tls }: MigrationServiceConfig,
  { store, passwords, log }: MigrationServiceDeps,
): Promise<RunningServer> =>
  createServer({
    host,
    port,
    tls,
    services: [...userServices({ store, passwords }), ...managementServices(store)],
    authenticate: serviceTokenAuthenticate(serviceTokens),
    log,
    callMsMax: CALL_MS_MAX,
    streamMsMax: PREPARATION_MS_MAX,
    connectionAgeMs,
  });
