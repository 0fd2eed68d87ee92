import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, type LocalPostgres, startPostgres } from '@userferry/local-databases';
import type { Ports } from './ports.ts';
import type { ServiceLine } from './service-process.ts';
import { type LocalServices, type LocalServicesOptions, startLocalServices } from './start-local-services.ts';

/** Our side alone, as real processes on free loopback ports: our store and the services. */
export type LocalUserferry = AsyncDisposable & {
  readonly store: LocalPostgres;
  readonly services: LocalServices;
  /** Of the gateway's gRPC side. */
  readonly address: string;
  readonly operatorKey: string;
  readonly serviceToken: string;
  /** A temporary folder, gone at the end; our store's key file is in it. */
  readonly folder: string;
};

export type LocalUserferryOptions = {
  readonly onLine?: (line: ServiceLine) => void;
  readonly restart?: boolean;
  /** Where the gateway's HTTP listens, instead of a free port. */
  readonly httpPort?: number;
  /** A second gateway, runner and migration-service beside the first, over the same store. */
  readonly twins?: boolean;
  /** Further variables of the services. */
  readonly env?: Readonly<Record<string, string>>;
  /** Run what was built instead of the sources: the folder that holds a built folder for each service. */
  readonly builtFolders?: string;
  /** And of one of them alone. */
  readonly envOf?: LocalServicesOptions['envOf'];
  /** Starts the store's server, instead of a fresh one of the lockfile; a database `userferry` may be in it. */
  readonly startStore?: () => Promise<LocalPostgres>;
  /** Where the services find it, by its own connection string: through a pooler, say. */
  readonly storeAddress?: (url: string) => string;
  /** Told as each part is there. */
  readonly onPart?: (part: 'store' | 'services') => void;
};

/** Starts our store, then the services; when a part fails, those before it are taken down again. */
export const startLocalUserferry = async (options: LocalUserferryOptions = {}): Promise<LocalUserferry> => {
  const stack = new AsyncDisposableStack();
  try {
    const userferry = await build(stack, options);
    return { ...userferry, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
};

const build = async (
  stack: AsyncDisposableStack,
  options: LocalUserferryOptions,
): Promise<Omit<LocalUserferry, keyof AsyncDisposable>> => {
  const { onPart = () => undefined, onLine, restart = false, twins = false, env = {}, envOf = {} } = options;
  const { startStore = startPostgres, storeAddress = (url) => url, builtFolders, httpPort } = options;
  const secrets = {
    operatorKey: `ufk_${randomBytes(32).toString('base64url')}`,
    serviceToken: randomBytes(32).toString('base64url'),
  };
  const store = await startStore();
  stack.defer(() => store.stop());
  onPart('store');
  const folder = mkdtempSync(join(tmpdir(), 'userferry-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const services = await startLocalServices({
    ports: { ...(await freePorts()), ...(httpPort !== undefined && { http: httpPort }) },
    ...(twins && { twinPorts: await freePorts() }),
    databaseUrl: storeAddress(await store.createDatabase('userferry', { owner: 'userferry' })),
    serviceToken: secrets.serviceToken,
    restart,
    ...(builtFolders !== undefined && { builtFolders }),
    envOf,
    env: {
      PUBLIC_IPS: '192.0.2.10,192.0.2.11',
      USERFERRY_OPERATOR_KEY: secrets.operatorKey,
      USERFERRY_KEY_FILE: join(folder, 'keys.json'),
      USERFERRY_PUBLIC_IP_STATE_FILE: join(folder, 'public-ips.json'),
      ...env,
    },
    ...(onLine && { onLine }),
  });
  stack.defer(() => services.stop());
  onPart('services');
  return { store, services, address: `127.0.0.1:${services.ports.gateway}`, folder, ...secrets };
};

const freePorts = async (): Promise<Ports> => {
  const [http, gateway, runner, migration, publicIp] = await Promise.all(Array.from({ length: 5 }, findFreePort));
  return { http, gateway, runner, migration, publicIp } as Ports;
};
