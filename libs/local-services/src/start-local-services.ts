import { inheritedEnv } from './config.ts';
import { type ServiceLine, type ServiceName, type ServiceProcess, startServiceProcess } from './service-process.ts';

/** Where each service listens. */
export type Ports = {
  readonly http: number;
  readonly gateway: number;
  readonly runner: number;
  readonly migration: number;
  readonly publicIp: number;
};

export type LocalServicesOptions = {
  readonly ports: Ports;
  readonly databaseUrl: string;
  /** At least 32 characters, shared by the four services. */
  readonly serviceToken: string;
  /** Further variables for all of them. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: ServiceLine) => void;
  readonly restart?: boolean;
};

export type LocalServices = {
  readonly ports: Ports;
  readonly processes: Readonly<Record<ServiceName, ServiceProcess>>;
  readonly stop: () => Promise<void>;
};

/** Starts the four services, each in a process of its own, and waits until all of them are ready. */
export const startLocalServices = async (options: LocalServicesOptions): Promise<LocalServices> => {
  const { ports, onLine = () => undefined, restart = false } = options;
  const env = { ...inheritedEnv(), ...serviceEnv(options), ...options.env };
  const start = (name: ServiceName) =>
    startServiceProcess({ name, env: envOf(name, env, options.databaseUrl), onLine, restart });
  const processes = {
    'public-ip-service': start('public-ip-service'),
    'migration-service': start('migration-service'),
    'script-runner': start('script-runner'),
    'identity-gateway': start('identity-gateway'),
  };
  // The gateway first: it stops taking calls while those behind it can still answer the running ones.
  const stop = async () => {
    await processes['identity-gateway'].stop();
    await Promise.all([
      processes['script-runner'].stop(),
      processes['migration-service'].stop(),
      processes['public-ip-service'].stop(),
    ]);
  };
  try {
    await Promise.all(Object.values(processes).map((each) => each.ready()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, processes, stop };
};

/** The database and the keys to what lies in it are the migration-service's alone. */
const STORE_ONLY = /^USERFERRY_(ENCRYPTION_KEYS|PEPPERS|KEY_FILE|OPERATOR_KEY|DATABASE_\w+)/;

const envOf = (
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  databaseUrl: string,
): Record<string, string> =>
  name === 'migration-service'
    ? { ...env, DATABASE_URL: databaseUrl }
    : Object.fromEntries(Object.entries(env).filter(([variable]) => !STORE_ONLY.test(variable)));

const serviceEnv = ({ ports, serviceToken }: LocalServicesOptions): Record<string, string> => ({
  // Name look-ups and hashes share libuv's threads: one slow name must not hold everyone up.
  UV_THREADPOOL_SIZE: '16',
  USERFERRY_SERVICE_TOKEN: serviceToken,
  USERFERRY_HTTP_PORT: String(ports.http),
  USERFERRY_GATEWAY_PORT: String(ports.gateway),
  USERFERRY_RUNNER_PORT: String(ports.runner),
  USERFERRY_MIGRATION_PORT: String(ports.migration),
  USERFERRY_PUBLIC_IP_PORT: String(ports.publicIp),
  USERFERRY_RUNNER_ADDRESS: `127.0.0.1:${ports.runner}`,
  USERFERRY_MIGRATION_ADDRESS: `127.0.0.1:${ports.migration}`,
  USERFERRY_PUBLIC_IP_ADDRESS: `127.0.0.1:${ports.publicIp}`,
});
