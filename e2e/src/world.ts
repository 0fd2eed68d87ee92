import type { LocalPostgres } from '@userferry/local-databases';
import {
  type Company,
  createLogin,
  type LocalWorld,
  type Login,
  type ServiceLine,
  setUpCompany,
  startLocalWorld,
} from '@userferry/local-services';

/** A world with a company in it that is connected, and an edge that logs its users in. */
export type World = LocalWorld & {
  readonly company: Company;
  readonly login: Login;
  /** Every line that any service wrote. */
  readonly lines: readonly ServiceLine[];
};

export type WorldOptions = { readonly restart?: boolean; readonly env?: Readonly<Record<string, string>> };

/** Our own hashes are cheap here: journeys are about what happens, not how long it takes. */
const CHEAP = { USERFERRY_BCRYPT_COST: '5', USERFERRY_BLANK_HOSTS: '1' };

export const createWorld = async ({ restart = false, env = {} }: WorldOptions = {}): Promise<World> => {
  const stack = new AsyncDisposableStack();
  const lines: ServiceLine[] = [];
  try {
    const options = { restart, env: { ...CHEAP, ...env }, onLine: (line: ServiceLine) => lines.push(line) };
    const world = stack.use(await startLocalWorld(options));
    const { address, operatorKey, legacy } = world;
    const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
    const login = stack.use(createLogin({ address, ...company }));
    return { ...world, company, login, lines, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
};

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
