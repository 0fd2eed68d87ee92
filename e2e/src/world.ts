import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, type LocalPostgres, startPostgres } from '@userferry/local-databases';
import {
  type Company,
  createLogin,
  type LegacyDatabase,
  type LocalServices,
  type Login,
  type Ports,
  type ServiceLine,
  setUpCompany,
  startLegacyDatabase,
  startLocalServices,
} from '@userferry/local-services';

/** Everything that a journey needs, as real processes on loopback: a company, our store, the four services. */
export type World = AsyncDisposable & {
  readonly legacy: LegacyDatabase;
  readonly store: LocalPostgres;
  readonly services: LocalServices;
  readonly company: Company;
  readonly login: Login;
  readonly operatorKey: string;
  readonly serviceToken: string;
  /** Every line that any service wrote. */
  readonly lines: readonly ServiceLine[];
};

export type WorldOptions = { readonly restart?: boolean; readonly env?: Readonly<Record<string, string>> };

export const createWorld = async ({ restart = false, env = {} }: WorldOptions = {}): Promise<World> => {
  const stack = new AsyncDisposableStack();
  const operatorKey = `ufk_${randomBytes(32).toString('base64url')}`;
  const serviceToken = randomBytes(32).toString('base64url');
  const lines: ServiceLine[] = [];
  try {
    const legacy = await startLegacyDatabase();
    stack.defer(() => legacy.server.stop());
    const store = await startPostgres();
    stack.defer(() => store.stop());
    const folder = mkdtempSync(join(tmpdir(), 'userferry-e2e-'));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    const services = await startLocalServices({
      ports: await freePorts(),
      databaseUrl: await store.createDatabase('userferry', { owner: 'userferry' }),
      serviceToken,
      restart,
      env: { ...variables(folder, legacy), USERFERRY_OPERATOR_KEY: operatorKey, ...env },
      onLine: (line) => lines.push(line),
    });
    stack.defer(() => services.stop());
    const address = `127.0.0.1:${services.ports.gateway}`;
    const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
    const login = stack.use(createLogin({ address, ...company }));
    const facts = { legacy, store, services, company, login, operatorKey, serviceToken, lines };
    return { ...facts, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
};

const freePorts = async (): Promise<Ports> => {
  const [http, gateway, runner, migration, publicIp] = await Promise.all(Array.from({ length: 5 }, findFreePort));
  return { http, gateway, runner, migration, publicIp } as Ports;
};

const variables = (folder: string, legacy: LegacyDatabase) => ({
  PUBLIC_IPS: '192.0.2.10',
  USERFERRY_KEY_FILE: join(folder, 'keys.json'),
  USERFERRY_EGRESS_ALLOW: `127.0.0.1:${legacy.server.port}`,
  USERFERRY_BCRYPT_COST: '5',
  USERFERRY_BLANK_HOSTS: '1',
});

/** Our store's tables as one text: what a thief of a dump would read. */
export const dumpStore = async (store: LocalPostgres): Promise<string> => {
  const database = 'userferry';
  const tables = await store.query<{ name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    { database },
  );
  const texts = await Promise.all(
    tables.map(({ name }) => store.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`, { database })),
  );
  return texts
    .flat()
    .map(({ row }) => row)
    .join('\n');
};
