import { type IdentityServiceServer, IdentityServiceService } from '@userferry/contracts/identity/v1/identity_service';
import { type ApiKeyServiceServer, ApiKeyServiceService } from '@userferry/contracts/management/v1/api_key_service';
import {
  type ConnectionServiceServer,
  ConnectionServiceService,
} from '@userferry/contracts/management/v1/connection_service';
import {
  type UserPoolServiceServer,
  UserPoolServiceService,
} from '@userferry/contracts/management/v1/user_pool_service';
import {
  type AdmissionOptions,
  createServer,
  type RunningServer,
  type ServerTls,
  type ServiceHandlers,
  service,
} from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import { type CallerOf, createAuthenticate, createCallerOf } from './access/authenticate.ts';
import { guarded } from './access/guarded.ts';
import { createTellEndingKeys } from './access/tell-ending-keys.ts';
import type { VerifyToken } from './access/token/verify-token.ts';
import type { KeyUses } from './background/key-uses.ts';
import type { ConnectionStore } from './clients/connection-store.ts';
import type { HistoryStore } from './clients/history-store.ts';
import type { LoginStore } from './clients/login-store.ts';
import type { PoolStore } from './clients/pool-store.ts';
import type { RunnerClient } from './clients/runner.ts';
import type { UserStore } from './clients/user-store.ts';
import type { Config } from './config.ts';
import { createSettingsCache } from './connection/settings-cache.ts';
import { createCheckLimits } from './debug/check-limits.ts';
import { limitTests } from './debug/limit-tests.ts';
import { checkScript } from './handlers/check-script.ts';
import { getConnection, setConnectionEnabled } from './handlers/connection.ts';
import { createApiKey } from './handlers/create-api-key.ts';
import { createUserPool } from './handlers/create-user-pool.ts';
import { liftTombstone, listConflicts, listScriptRuns, listTombstones, resolveConflict } from './handlers/history.ts';
import { listApiKeys } from './handlers/list-api-keys.ts';
import { listScriptTemplates } from './handlers/list-script-templates.ts';
import { listUserPools } from './handlers/list-user-pools.ts';
import { login } from './handlers/login.ts';
import { getMigrationProgress } from './handlers/migration-progress.ts';
import { revokeApiKey } from './handlers/revoke-api-key.ts';
import { rotateApiKey } from './handlers/rotate-api-key.ts';
import { saveConnection } from './handlers/save-connection.ts';
import { saveScript } from './handlers/save-script.ts';
import {
  deleteConnection,
  diffScriptVersions,
  getScript,
  listScriptVersions,
  rollbackScript,
} from './handlers/script-versions.ts';
import { testScript } from './handlers/test-script.ts';
import { listAllUsers, searchAllUsers } from './handlers/user-lists.ts';
import { getUserPool, listAuditEntries, setPlan, startTrial } from './handlers/user-pool.ts';
import {
  changeUserPassword,
  deleteOneUser,
  getOneUser,
  registerUser,
  resetUserPassword,
  updateOneUser,
} from './handlers/users.ts';
import { type RunLog, recorded } from './history/run-log.ts';
import { createEvenTiming } from './login/even-timing.ts';
import type { SettleAttempt } from './login/settle-attempt.ts';

export type GatewayDeps = {
  readonly log: Logger;
  readonly logins: LoginStore;
  readonly users: UserStore;
  readonly connections: ConnectionStore;
  readonly pools: PoolStore;
  readonly history: HistoryStore;
  readonly runner: RunnerClient;
  /** Off the calls' path: how attempts ended, and what runs leave behind. */
  readonly settle: SettleAttempt;
  readonly recordRun: RunLog['record'];
  readonly noteKeyUse: KeyUses['note'];
  /** Absent: tokens are not taken. */
  readonly verifyToken?: VerifyToken | undefined;
};

export type GatewayConfig = Pick<Config, 'host' | 'port'> & {
  readonly keyMsMax?: number | undefined;
  readonly connectionAgeMs?: number | undefined;
  readonly tls?: ServerTls | undefined;
};

/** No call takes longer, whatever deadline its caller set. */
const CALL_MS_MAX = 30_000;

/** Every call of the gateway and who may make it, whether it comes as gRPC or as JSON. */
export type GatewayCalls = AdmissionOptions & {
  readonly services: readonly ServiceHandlers[];
  readonly callerOf: CallerOf;
};

export const createGatewayCalls = (config: Pick<GatewayConfig, 'keyMsMax'>, deps: GatewayDeps): GatewayCalls => {
  const { runner, recordRun, log } = deps;
  const runScript = recorded((run, call) => runner.runScript(run, call), recordRun);
  const runners = { ...deps, runner: { runScript, checkScript: runner.checkScript } };
  const services = [
    identityService(runners),
    poolService(runners),
    keyService(runners, config),
    connectionService(runners),
  ].map(guarded);
  const callerOf = createCallerOf({
    store: deps.pools,
    onUse: deps.noteKeyUse,
    onFound: createTellEndingKeys(deps.log),
    verifyToken: deps.verifyToken,
  });
  return { services, callerOf, authenticate: createAuthenticate(callerOf), log, callMsMax: CALL_MS_MAX };
};

/**
 * Starts the gRPC side of the gateway, which says NOT_SERVING until it is told otherwise. The clients stay their owner's to
 * close.
 */
export const createIdentityGateway = (config: GatewayConfig, calls: GatewayCalls): Promise<RunningServer> => {
  const { services, authenticate, log, callMsMax } = calls;
  const { host, port, tls, connectionAgeMs } = config;
  return createServer({ host, port, tls, connectionAgeMs, services, authenticate, log, callMsMax, serving: false });
};

type Deps = Omit<GatewayDeps, 'runner'> & { readonly runner: Omit<RunnerClient, typeof Symbol.dispose> };

const identityService = ({ logins, users, history, connections, runner, settle }: Deps): ServiceHandlers => {
  const settings = createSettingsCache(connections);
  const deps = { logins, users, history, settings, runScript: runner.runScript, settle };
  return service<IdentityServiceServer>(IdentityServiceService, {
    login: login({ ...deps, timing: createEvenTiming() }),
    register: registerUser(deps),
    getUser: getOneUser(deps),
    searchUsers: searchAllUsers(deps),
    listUsers: listAllUsers(deps),
    updateUser: updateOneUser(deps),
    deleteUser: deleteOneUser(deps),
    changePassword: changeUserPassword(deps),
    resetPassword: resetUserPassword(deps),
  });
};

const poolService = ({ pools, history }: Deps): ServiceHandlers =>
  service<UserPoolServiceServer>(UserPoolServiceService, {
    createUserPool: createUserPool(pools),
    getUserPool: getUserPool(pools),
    listUserPools: listUserPools(pools),
    startTrial: startTrial(pools),
    setPlan: setPlan(pools),
    listAuditEntries: listAuditEntries(history),
  });

const keyService = ({ pools: store }: Deps, { keyMsMax }: Pick<GatewayConfig, 'keyMsMax'>): ServiceHandlers =>
  service<ApiKeyServiceServer>(ApiKeyServiceService, {
    createApiKey: createApiKey({ store, keyMsMax }),
    revokeApiKey: revokeApiKey(store),
    rotateApiKey: rotateApiKey({ store, keyMsMax }),
    listApiKeys: listApiKeys(store),
  });

const connectionService = ({ connections: store, logins, history, runner }: Deps): ServiceHandlers =>
  service<ConnectionServiceServer>(ConnectionServiceService, {
    getConnection: getConnection({ store, history }),
    saveConnection: saveConnection(store),
    saveScript: saveScript({ store, checkScript: runner.checkScript }),
    enableConnection: setConnectionEnabled(store, true),
    disableConnection: setConnectionEnabled(store, false),
    checkScript: checkScript({ checkScript: runner.checkScript, limits: createCheckLimits() }),
    listScriptTemplates: listScriptTemplates(),
    testScript: limitTests(
      testScript({ store, history, logins, runScript: runner.runScript, checkScript: runner.checkScript }),
    ),
    deleteConnection: deleteConnection(store),
    listScriptVersions: listScriptVersions(store),
    getScript: getScript(store),
    diffScriptVersions: diffScriptVersions(store),
    rollbackScript: rollbackScript(store),
    listScriptRuns: listScriptRuns(history),
    getMigrationProgress: getMigrationProgress({ store, history, runScript: runner.runScript }),
    listTombstones: listTombstones(history),
    liftTombstone: liftTombstone(history),
    listConflicts: listConflicts(history),
    resolveConflict: resolveConflict(history),
  });
