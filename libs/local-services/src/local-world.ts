import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { type LegacyDatabase, startLegacyDatabase } from './company/legacy-database.ts';
import type { ServiceLine } from './service-process.ts';
import { type LocalServices, type Ports, startLocalServices } from './start-local-services.ts';

/** Everything that a story needs, as real processes on free loopback ports: a legacy database, our store, four services. */
export type LocalWorld = AsyncDisposable & {
  readonly legacy: LegacyDatabase;
  readonly store: LocalPostgres;
  readonly services: LocalServices;
  /** Of the gateway's gRPC side. */
  readonly address: string;
  readonly operatorKey: string;
  readonly serviceToken: string;
  /** A temporary folder, gone at the end; our store's key file is in it. */
  readonly folder: string;
};

export type LocalWorldOptions = {
  readonly onLine?: (line: ServiceLine) => void;
  readonly restart?: boolean;
  /** Further variables of the services. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told as each part is there: what is up, in a few words. */
  readonly onPart?: (part: 'legacy' | 'store' | 'services') => void;
};

/** Starts the world part by part; when a part fails, those before it are taken down again. */
export const startLocalWorld = async (options: LocalWorldOptions = {}): Promise<LocalWorld> => {
  const stack = new AsyncDisposableStack();
  try {
    const world = await build(stack, options);
    return { ...world, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
};

const build = async (
  stack: AsyncDisposableStack,
  { onPart = () => undefined, onLine, restart = false, env = {} }: LocalWorldOptions,
): Promise<Omit<LocalWorld, keyof AsyncDisposable>> => {
  const secrets = {
    operatorKey: `ufk_${randomBytes(32).toString('base64url')}`,
    serviceToken: randomBytes(32).toString('base64url'),
  };
  const legacy = await startLegacyDatabase();
  stack.defer(() => legacy.server.stop());
  onPart('legacy');
  const store = await startPostgres();
  stack.defer(() => store.stop());
  onPart('store');
  const folder = mkdtempSync(join(tmpdir(), 'userferry-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const services = await startLocalServices({
    ports: await freePorts(),
    databaseUrl: await store.createDatabase('userferry', { owner: 'userferry' }),
    serviceToken: secrets.serviceToken,
    restart,
    env: {
      PUBLIC_IPS: '192.0.2.10,192.0.2.11',
      USERFERRY_OPERATOR_KEY: secrets.operatorKey,
      USERFERRY_KEY_FILE: join(folder, 'keys.json'),
      USERFERRY_EGRESS_ALLOW: `127.0.0.1:${legacy.server.port}`,
      ...env,
    },
    ...(onLine && { onLine }),
  });
  stack.defer(() => services.stop());
  onPart('services');
  return { legacy, store, services, address: `127.0.0.1:${services.ports.gateway}`, folder, ...secrets };
};

const freePorts = async (): Promise<Ports> => {
  const [http, gateway, runner, migration, publicIp] = await Promise.all(Array.from({ length: 5 }, findFreePort));
  return { http, gateway, runner, migration, publicIp } as Ports;
};
