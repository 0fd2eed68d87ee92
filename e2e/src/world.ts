import type { LocalPostgres } from '@userferry/local-databases';
import {
  type Company,
  type CompanyOptions,
  createLogin,
  type LocalUserferry,
  type LocalUserferryOptions,
  type LocalWorld,
  type Login,
  type ServiceLine,
  setUpCompany,
  startLocalUserferry,
  startLocalWorld,
} from '@userferry/local-services';

/** Our side alone, and every line that any service wrote. */
export type Userferry = LocalUserferry & { readonly lines: readonly ServiceLine[] };

/** A world with a company in it that is connected, and an edge that logs its users in. */
export type World = LocalWorld & Userferry & { readonly company: Company; readonly login: Login };

export type WorldOptions = {
  readonly restart?: boolean;
  readonly twins?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly envOf?: LocalUserferryOptions['envOf'];
  /** How the edge and the administrator speak to the gateway. */
  readonly tls?: CompanyOptions['tls'];
} & Pick<LocalUserferryOptions, 'startStore' | 'storeAddress' | 'httpPort'>;

/** Our own hashes are cheap here: journeys are about what happens, not how long it takes. */
const CHEAP = { USERFERRY_BCRYPT_COST: '5', USERFERRY_BLANK_HOSTS: '1' };

const optionsOf = ({ env = {}, tls: _, ...rest }: WorldOptions, lines: ServiceLine[]) => ({
  ...rest,
  env: { ...CHEAP, ...env },
  onLine: (line: ServiceLine) => lines.push(line),
});

/** Our store and services, without any company. */
export const createUserferry = async (options: WorldOptions = {}): Promise<Userferry> => {
  const lines: ServiceLine[] = [];
  return { ...(await startLocalUserferry(optionsOf(options, lines))), lines };
};

export const createWorld = async (options: WorldOptions = {}): Promise<World> => {
  const stack = new AsyncDisposableStack();
  const lines: ServiceLine[] = [];
  try {
    const world = stack.use(await startLocalWorld(optionsOf(options, lines)));
    const { tls } = options;
    const { address, operatorKey, legacy } = world;
    const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url, tls });
    const login = stack.use(createLogin({ address, ...company, tls }));
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
