/** Where a legacy user store is: a connection URI, or its fields. */
export type StoreAddress =
  | { readonly uri: string }
  | {
      readonly fields: {
        readonly host: string;
        readonly port: number;
        readonly username: string;
        readonly password: string;
        readonly database: string;
      };
    };

/** What a script sees of it as `env`, or what is wrong (a sentence's end, without any value in it). */
export type ConnectionEnv =
  | { readonly ok: true; readonly env: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: string };

/** The variables that an address fills in. `DB_PORT` is a string, as every variable. */
export const ADDRESS_VARIABLES = [
  'DB_CONNECTION_URI',
  'DB_HOST',
  'DB_PORT',
  'DB_USERNAME',
  'DB_PASSWORD',
  'DB_DATABASE',
] as const;

/** Fills in both forms from either: a URI is split, fields are joined to a URI of PostgreSQL's form. */
export const connectionEnv = (address: StoreAddress): ConnectionEnv =>
  'uri' in address ? fromUri(address.uri) : fromFields(address.fields);

/** Completes variables that a script author wrote by hand: whichever form is there fills in the other. */
export const completeEnv = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const { DB_CONNECTION_URI: uri, DB_HOST: host } = env;
  const completed = uri ? fromUri(uri) : host ? fromFields(fieldsOf(env, host)) : undefined;
  return completed?.ok ? { ...completed.env, ...env } : env;
};

const fieldsOf = (env: Readonly<Record<string, string>>, host: string) => ({
  host,
  port: Number(env.DB_PORT ?? 0),
  username: env.DB_USERNAME ?? '',
  password: env.DB_PASSWORD ?? '',
  database: env.DB_DATABASE ?? '',
});

/** A seed list or an SRV name has no single host and port: those fields then stay empty. */
const URI = /^([a-z][a-z0-9+.-]*):\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^/?#]*)(?:\/([^?#]*))?(.*)$/is;

/** JDBC's form names user and password behind the host: it has no parts here, and is passed on as a whole. */
const PROPERTIES = /^(sqlserver):\/\/[^:;@/?#]*(?::\d+)?;/i;

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  postgres: '5432',
  postgresql: '5432',
  mysql: '3306',
  mariadb: '3306',
  mongodb: '27017',
  mssql: '1433',
  sqlserver: '1433',
  http: '80',
  https: '443',
};

const fromUri = (uri: string): ConnectionEnv => {
  const match = PROPERTIES.exec(uri) ?? URI.exec(uri);
  if (match === null)
    return { ok: false, problem: 'is not a connection URI (scheme://user:password@host:port/database)' };
  const [, scheme = '', username = '', password = '', hosts = '', path, options = ''] = match;
  const database = path ?? '';
  if (!isClear(hosts, path, options)) return { ok: false, problem: UNCLEAR };
  if (!hosts.split(',').every(hasPossiblePort)) return { ok: false, problem: NO_PORT };
  const { host, port } = splitHost(hosts, DEFAULT_PORTS[scheme.toLowerCase()] ?? '');
  try {
    return {
      ok: true,
      env: {
        DB_CONNECTION_URI: uri,
        DB_HOST: host,
        DB_PORT: port,
        DB_USERNAME: decodeURIComponent(username),
        DB_PASSWORD: decodeURIComponent(password),
        DB_DATABASE: decodeURIComponent(database),
      },
    };
  } catch {
    return { ok: false, problem: 'has a % that is not an escape: write it as %25' };
  }
};

/**
 * A saved address (as it fills in variables) with another user or database: password, kind of store, hosts and options stay.
 * Says what is wrong where nothing is saved.
 */
export const withSavedPassword = (
  saved: Readonly<Record<string, string>>,
  { username, database }: { readonly username: string; readonly database: string },
): ConnectionEnv => {
  const match = PARTS.exec(saved.DB_CONNECTION_URI ?? '');
  if (match === null) return { ok: false, problem: 'is not saved yet' };
  const [, scheme = '', hosts = '', options = ''] = match;
  const password = encodeURIComponent(saved.DB_PASSWORD ?? '');
  const user = username === '' && password === '' ? '' : `${encodeURIComponent(username)}:${password}@`;
  return fromUri(`${scheme}://${user}${hosts}/${encodeURIComponent(database)}${options}`);
};

/** Scheme, hosts and options of a URI, without its user, password and database. */
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/?#]*@)?([^/?#]*)(?:\/[^?#]*)?(.*)$/i;

const UNCLEAR =
  'has no host that can be told from user name and password: write @, /, ?, # and : in those as %40, %2F, %3F, %23 and %3A';

/**
 * Whether the parts are what they seem to be. Where a password holds one of these characters as it is, its end would be taken
 * for the host or the database, which are shown.
 */
const isClear = (hosts: string, path: string | undefined, options: string): boolean =>
  hosts.split(',').every((host) => HOST.test(host)) &&
  !path?.includes('@') &&
  !(path === undefined ? /@/ : /^[^=]*@|^[^#]*#.*@/s).test(options);

const HOST = /^(?:\[[^\]@]*\]|[^:@]*)(?::\d*)?$/;

const NO_PORT = 'has a port that is not 1 to 65535';

/** A host of a URI may leave its port out. */
const hasPossiblePort = (host: string): boolean => {
  const port = Number(/:(\d+)$/.exec(host)?.[1] ?? 1);
  return port >= 1 && port <= 65535;
};

const splitHost = (hosts: string, defaultPort: string): { readonly host: string; readonly port: string } => {
  if (hosts.includes(',')) return { host: '', port: '' };
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(hosts);
  return { host: match?.[1] ?? match?.[2] ?? '', port: match?.[3] ?? defaultPort };
};

type Fields = Extract<StoreAddress, { fields: unknown }>['fields'];

const SCHEME_OF_PORT: Readonly<Record<number, string>> = { 3306: 'mysql', 27017: 'mongodb', 1433: 'mssql' };

/** What ends a host in a URI, which is made of it, or cannot be in one. An IPv6 address has its brackets from us. */
const NO_HOST = /[\s/@?#[\]\p{Cc}]/u;

const fromFields = ({ host, port, username, password, database }: Fields): ConnectionEnv => {
  if (host === '' || NO_HOST.test(host)) return { ok: false, problem: 'has no host, or one that is not a host name' };
  if (!Number.isInteger(port) || port < 0 || port > 65535) return { ok: false, problem: NO_PORT };
  const chosen = port || 5432;
  const user = username === '' ? '' : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const uri = `${SCHEME_OF_PORT[chosen] ?? 'postgres'}://${user}${bracketed}:${chosen}/${encodeURIComponent(database)}`;
  return {
    ok: true,
    env: {
      DB_CONNECTION_URI: uri,
      DB_HOST: host,
      DB_PORT: String(chosen),
      DB_USERNAME: username,
      DB_PASSWORD: password,
      DB_DATABASE: database,
    },
  };
};
