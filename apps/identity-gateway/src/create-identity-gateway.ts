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
import { createServer, type RunningServer, type ServiceHandlers, service } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import { createAuthenticate } from './access/authenticate.ts';
import type { ConnectionStore } from './clients/connection-store.ts';
import type { LoginStore } from './clients/login-store.ts';
import type { PoolStore } from './clients/pool-store.ts';
import type { RunnerClient } from './clients/runner.ts';
import type { Config } from './config.ts';
import { createSettingsCache } from './connection/settings-cache.ts';
import { getConnection, setConnectionEnabled } from './handlers/connection.ts';
import { createApiKey } from './handlers/create-api-key.ts';
import { createUserPool } from './handlers/create-user-pool.ts';
import { login } from './handlers/login.ts';
import { revokeApiKey } from './handlers/revoke-api-key.ts';
import { saveConnection } from './handlers/save-connection.ts';
import { saveScript } from './handlers/save-script.ts';
import { testScript } from './handlers/test-script.ts';

export type GatewayDeps = {
  readonly log: Logger;
  readonly logins: LoginStore;
  readonly connections: ConnectionStore;
  readonly pools: PoolStore;
  readonly runner: RunnerClient;
};

/** Starts the gRPC side of the gateway. The clients stay their owner's to close. */
export const createIdentityGateway = (
  config: Pick<Config, 'host' | 'port'>,
  deps: GatewayDeps,
): Promise<RunningServer> =>
  createServer({
    host: config.host,
    port: config.port,
    services: [identityService(deps), ...managementServices(deps)],
    authenticate: createAuthenticate(deps.pools),
    log: deps.log,
    callMsMax: 30_000,
  });

const identityService = ({ logins, connections, runner }: GatewayDeps): ServiceHandlers => {
  const settings = createSettingsCache(connections);
  return service<IdentityServiceServer>(IdentityServiceService, {
    login: login({ store: logins, settings, runScript: runner.runScript }),
  });
};

const managementServices = ({ pools, connections, runner }: GatewayDeps): ServiceHandlers[] => [
  service<UserPoolServiceServer>(UserPoolServiceService, { createUserPool: createUserPool(pools) }),
  service<ApiKeyServiceServer>(ApiKeyServiceService, {
    createApiKey: createApiKey(pools),
    revokeApiKey: revokeApiKey(pools),
  }),
  service<ConnectionServiceServer>(ConnectionServiceService, {
    getConnection: getConnection(connections),
    saveConnection: saveConnection(connections),
    saveScript: saveScript({ store: connections, checkScript: runner.checkScript }),
    enableConnection: setConnectionEnabled(connections, true),
    disableConnection: setConnectionEnabled(connections, false),
    testScript: testScript({ store: connections, runScript: runner.runScript }),
  }),
];
