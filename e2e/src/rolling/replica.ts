import { findFreePort } from '@userferry/local-databases';
import {
  inheritedEnv,
  type ServiceLine,
  type ServiceName,
  type ServiceProcess,
  startServiceProcess,
} from '@userferry/local-services';

/** One process of a service on a port of its own, which can be stopped and started again there. */
export type Replica = {
  readonly name: ServiceName;
  readonly port: number;
  /** Of the HTTP side of a gateway; of no use with the others. */
  readonly httpPort: number;
  readonly address: string;
  /** What it has logged, over all its lives. */
  readonly lines: readonly ServiceLine[];
  readonly pid: () => number;
  readonly start: () => Promise<void>;
  /** SIGTERM, and its exit code. */
  readonly stop: () => Promise<number | null>;
  readonly kill: () => Promise<unknown>;
  readonly signal: (signal: NodeJS.Signals) => void;
};

export type ReplicaOptions = {
  readonly name: ServiceName;
  readonly env: Readonly<Record<string, string>>;
  /** Another version of the repository; this one by default. */
  readonly root?: string;
};

const PORT_VARIABLES = {
  'identity-gateway': 'USERFERRY_GATEWAY_PORT',
  'script-runner': 'USERFERRY_RUNNER_PORT',
  'migration-service': 'USERFERRY_MIGRATION_PORT',
  'public-ip-service': 'USERFERRY_PUBLIC_IP_PORT',
} as const;

/** A replica that is not started yet. */
export const createReplica = async ({ name, env, root }: ReplicaOptions): Promise<Replica> => {
  const [port, httpPort] = [await findFreePort(), await findFreePort()];
  const ports = { [PORT_VARIABLES[name]]: String(port), USERFERRY_HTTP_PORT: String(httpPort) };
  const lines: ServiceLine[] = [];
  let life: ServiceProcess | undefined;
  const running = (): ServiceProcess => {
    if (life === undefined) throw new Error(`${name} is not running`);
    return life;
  };
  const signal = (which: NodeJS.Signals) => void process.kill(running().pid ?? 0, which);
  return {
    name,
    port,
    httpPort,
    address: `127.0.0.1:${port}`,
    lines,
    pid: () => running().pid ?? 0,
    start: async () => {
      const onLine = (line: ServiceLine) => void lines.push(line);
      life = startServiceProcess({
        name,
        env: { ...inheritedEnv(), ...env, ...ports },
        onLine,
        restart: false,
        ...(root && { root }),
      });
      await life.ready();
    },
    stop: async () => {
      await life?.stop();
      return (await life?.exitCode()) ?? null;
    },
    kill: async () => {
      signal('SIGKILL');
      await running().exitCode();
    },
    signal,
  };
};

/** All of them as one gRPC address. */
export const addressOf = (replicas: readonly Replica[]): string =>
  `ipv4:${replicas.map(({ address }) => address).join(',')}`;
