import { readFileSync } from 'node:fs';
import { inheritedEnv } from './config.ts';
import { neverReached } from './never-reached.ts';
import type { Ports } from './ports.ts';
import {
  SERVICE_NAMES,
  type ServiceLine,
  type ServiceName,
  type ServiceProcess,
  startServiceProcess,
} from './service-process.ts';

export type LocalServicesOptions = {
  readonly ports: Ports;
  /** Where a second gateway, runner and migration-service listen, beside the first. */
  readonly twinPorts?: Ports;
  readonly databaseUrl: string;
  /** At least 32 characters, shared by the services. */
  readonly serviceToken: string;
  /** Further variables for all of them. */
  readonly env?: Readonly<Record<string, string>>;
  /** And for one of them alone, as its certificates are. */
  readonly envOf?: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>>;
  readonly onLine?: (line: ServiceLine) => void;
  readonly restart?: boolean;
  /** Run what was built instead of the sources: the folder that holds a built folder for each service. */
  readonly builtFolders?: string;
};

/** The services that there are two of. */
export const TWIN_NAMES = ['migration-service', 'script-runner', 'identity-gateway'] as const;

export type TwinName = (typeof TWIN_NAMES)[number];

export type LocalServices = {
  readonly ports: Ports;
  readonly processes: Readonly<Record<ServiceName, ServiceProcess>>;
  /** Where the twins listen, where there are any. */
  readonly twinPorts: Ports | undefined;
  readonly twins: Readonly<Record<TwinName, ServiceProcess>> | undefined;
  readonly stop: () => Promise<void>;
};

/** Starts the services, each in a process of its own, and waits until all of them are ready. */
export const startLocalServices = async (options: LocalServicesOptions): Promise<LocalServices> => {
  const { ports, twinPorts } = options;
  const processes = startEach(SERVICE_NAMES, ports, options);
  const twins = twinPorts && startEach(TWIN_NAMES, twinPorts, options);
  const all = [processes, ...(twins === undefined ? [] : [twins])].flatMap((each) => Object.values(each));
  // The gateways first: they stop taking calls while those behind them can still answer the running ones.
  const isGateway = ({ name }: ServiceProcess) => name === 'identity-gateway';
  const stop = async () => {
    await Promise.all(all.filter(isGateway).map((each) => each.stop()));
    await Promise.all(all.filter((each) => !isGateway(each)).map((each) => each.stop()));
  };
  try {
    await Promise.all(all.map((each) => each.ready()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, processes, twinPorts, twins, stop };
};

const startEach = <Name extends ServiceName>(
  names: readonly Name[],
  ports: Ports,
  options: LocalServicesOptions,
): Readonly<Record<Name, ServiceProcess>> => {
  const { onLine, restart = false, builtFolders } = options;
  const env = { ...inheritedEnv(), ...serviceEnv(ports, options), ...options.env };
  const isTwin = ports !== options.ports;
  const envFor = (name: Name) => ({
    ...envOf(name, env, options),
    ...metricsEnv(name, env, isTwin),
    ...options.envOf?.[name],
  });
  const start = (name: Name) => startServiceProcess({ name, env: envFor(name), onLine, restart, builtFolders });
  return Object.fromEntries(names.map((name) => [name, start(name)])) as Record<Name, ServiceProcess>;
};

/** One environment for all, and a port for each: as they stand here, from the one that is given on; then the twins. */
const METRICS_ORDER = ['identity-gateway', 'script-runner', 'migration-service', 'public-ip-service'] as const;

const metricsPorts = (env: Readonly<Record<string, string>>): readonly number[] => {
  const first = Number(env.USERFERRY_METRICS_PORT ?? 0);
  return first === 0 ? [] : Array.from({ length: 2 * METRICS_ORDER.length }, (_, index) => first + index);
};

const metricsEnv = (
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  isTwin: boolean,
): Record<string, string> => {
  const port = metricsPorts(env)[METRICS_ORDER.indexOf(name) + (isTwin ? METRICS_ORDER.length : 0)];
  return port === undefined ? {} : { USERFERRY_METRICS_PORT: String(port) };
};

/** The database and the keys to what lies in it are the migration-service's alone. */
const STORE_ONLY = /^USERFERRY_(ENCRYPTION_KEYS|PEPPERS|KEY_FILE|OPERATOR_KEY|DATABASE_\w+)/;

/** Where our store can be reached besides: past a pooler, and its replica. */
const otherStores = (env: Readonly<Record<string, string>>): readonly string[] =>
  ['USERFERRY_DATABASE_MIGRATION_URL', 'USERFERRY_DATABASE_REPLICA_URL'].flatMap((name) => env[name] ?? []);

const envOf = (
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  { databaseUrl, ports, twinPorts }: LocalServicesOptions,
): Record<string, string> => {
  if (name === 'migration-service') return { ...env, DATABASE_URL: databaseUrl };
  const open = Object.fromEntries(Object.entries(env).filter(([variable]) => !STORE_ONLY.test(variable)));
  if (name !== 'script-runner') return open;
  // A variable that names a file may not stand beside one that holds the value.
  const { USERFERRY_EGRESS_NEVER_FILE: file, USERFERRY_EGRESS_NEVER: given, ...rest } = open;
  const more = file ? readFileSync(file, 'utf8').trim() : given;
  const all = [ports, ...(twinPorts === undefined ? [] : [twinPorts])];
  const stores = [databaseUrl, ...otherStores(env)];
  return { ...rest, USERFERRY_EGRESS_NEVER: neverReached([...all, metricsPorts(env)], stores, more) };
};

/** One address, or both in gRPC's own form. */
const addressOf = (port: number, twin: number | undefined): string =>
  twin === undefined ? `127.0.0.1:${port}` : `ipv4:127.0.0.1:${port},127.0.0.1:${twin}`;

const serviceEnv = (
  ports: Ports,
  { ports: first, twinPorts, serviceToken }: LocalServicesOptions,
): Record<string, string> => ({
  // Name look-ups and hashes share libuv's threads: one slow name must not hold everyone up.
  UV_THREADPOOL_SIZE: '16',
  USERFERRY_SERVICE_TOKEN: serviceToken,
  USERFERRY_HTTP_PORT: String(ports.http),
  USERFERRY_GATEWAY_PORT: String(ports.gateway),
  USERFERRY_RUNNER_PORT: String(ports.runner),
  USERFERRY_MIGRATION_PORT: String(ports.migration),
  USERFERRY_PUBLIC_IP_PORT: String(ports.publicIp),
  USERFERRY_RUNNER_ADDRESS: addressOf(first.runner, twinPorts?.runner),
  USERFERRY_MIGRATION_ADDRESS: addressOf(first.migration, twinPorts?.migration),
  USERFERRY_PUBLIC_IP_ADDRESS: addressOf(first.publicIp, undefined),
});
