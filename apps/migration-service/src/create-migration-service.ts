import {
  type ConnectionStoreServiceServer,
  ConnectionStoreServiceService,
} from '@userferry/contracts/migration/v1/connection_store_service';
import { type LoginServiceServer, LoginServiceService } from '@userferry/contracts/migration/v1/login_service';
import {
  type PoolStoreServiceServer,
  PoolStoreServiceService,
} from '@userferry/contracts/migration/v1/pool_store_service';
import { createServer, type RunningServer, service, serviceTokenAuthenticate } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import type { UserStore } from '@userferry/user-store';
import { checkLogin } from './handlers/check-login.ts';
import { createApiKey } from './handlers/create-api-key.ts';
import { createUserPool } from './handlers/create-user-pool.ts';
import { findApiKey } from './handlers/find-api-key.ts';
import { getConnection } from './handlers/get-connection.ts';
import { getConnectionSettings } from './handlers/get-connection-settings.ts';
import { migrateUser } from './handlers/migrate-user.ts';
import { revokeApiKey } from './handlers/revoke-api-key.ts';
import { saveConnection } from './handlers/save-connection.ts';
import { saveScript } from './handlers/save-script.ts';
import { setConnectionEnabled } from './handlers/set-connection-enabled.ts';
import type { PasswordHasher } from './passwords/password-hasher.ts';

export type MigrationServiceConfig = { readonly host: string; readonly port: number; readonly serviceToken: string };

export type MigrationServiceDeps = {
  readonly store: UserStore;
  readonly passwords: PasswordHasher;
  readonly log: Logger;
};

const CALL_MS_MAX = 15_000;

/** Starts the service on the configured address. */
export const createMigrationService = (
  { host, port, serviceToken }: MigrationServiceConfig,
  { store, passwords, log }: MigrationServiceDeps,
): Promise<RunningServer> =>
  createServer({
    host,
    port,
    services: [
      service<LoginServiceServer>(LoginServiceService, {
        checkLogin: checkLogin({ store, passwords }),
        migrateUser: migrateUser({ store, passwords }),
      }),
      service<ConnectionStoreServiceServer>(ConnectionStoreServiceService, {
        getConnection: getConnection(store),
        getConnectionSettings: getConnectionSettings(store),
        saveConnection: saveConnection(store),
        saveScript: saveScript(store),
        setConnectionEnabled: setConnectionEnabled(store),
      }),
      service<PoolStoreServiceServer>(PoolStoreServiceService, {
        createUserPool: createUserPool(store),
        createApiKey: createApiKey(store),
        revokeApiKey: revokeApiKey(store),
        findApiKey: findApiKey(store),
      }),
    ],
    authenticate: serviceTokenAuthenticate(serviceToken),
    log,
    callMsMax: CALL_MS_MAX,
  });
