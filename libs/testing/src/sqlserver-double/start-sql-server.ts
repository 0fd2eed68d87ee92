import { readSqlServerUrl } from './config.ts';
import type { SqlServerDoubleOptions } from './double-options.ts';
import { type SqlServerDouble, startSqlServerDouble } from './start-sql-server-double.ts';

/** What a client needs to reach a server, in the form that `mssql` takes. */
export type SqlServerConfig = {
  server: string;
  port: number;
  user: string;
  password: string;
  database: string;
  options: {
    encrypt: boolean | 'strict';
    trustServerCertificate: boolean;
    /** The authority to trust, as PEM text. */
    cryptoCredentialsDetails?: { ca: string };
  };
};

/** A server for a suite that is to run on the double and on real servers alike. */
export type SqlServerUnderTest = AsyncDisposable & {
  /** To be printed with the suite's name: which server this is, without anything secret. */
  readonly description: string;
  readonly config: SqlServerConfig;
  /**
   * The same as text, `Server=host,port;Database=…`. It has no room for an authority, so it trusts any certificate; and
   * mssql 12.7 reads `Encrypt=strict` as true, so a server that is strict alone needs `config`.
   */
  readonly connectionString: string;
  /** Stops the double; leaves a real server alone. */
  readonly stop: () => Promise<void>;
} & ({ readonly kind: 'real' } | { readonly kind: 'double'; readonly double: SqlServerDouble });

/**
 * The real server that MSSQL_URL names, else the double. A suite for both makes its tables by CREATE TABLE and keeps to
 * the statements that the double knows; `options` are for the double alone. Throws where MSSQL_URL is no such URL.
 */
export const startSqlServer = async (
  options: SqlServerDoubleOptions = {},
  url = readSqlServerUrl(),
): Promise<SqlServerUnderTest> => {
  if (url !== undefined) return realServer(parseSqlServerUrl(url));
  const double = await startSqlServerDouble(options);
  const { port, user, password, database, caCertificate: ca, stop } = double;
  const isEncrypted = options.encryption === 'strict' ? 'strict' : options.encryption !== 'none';
  const tls = { encrypt: isEncrypted, trustServerCertificate: false, cryptoCredentialsDetails: { ca } } as const;
  const config = { server: 'localhost', port, user, password, database, options: tls };
  return {
    kind: 'double',
    double,
    description: 'SQL Server double (MSSQL_URL is not set): proves the wire, not the engine',
    config,
    connectionString: printConnectionString({ ...config, options: { ...tls, trustServerCertificate: true } }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
};

const realServer = (config: SqlServerConfig): SqlServerUnderTest => {
  const stop = async (): Promise<void> => {};
  const description = `SQL Server at ${config.server}:${config.port} (MSSQL_URL)`;
  const connectionString = printConnectionString(config);
  return { kind: 'real', description, config, connectionString, stop, [Symbol.asyncDispose]: stop };
};

/** Reads `mssql://user:password@host:port/database?encrypt=…&trustServerCertificate=…`. Throws without showing it. */
const parseSqlServerUrl = (text: string): SqlServerConfig => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^(mssql|sqlserver):$/.test(url.protocol) || url.hostname === '') {
    throw new Error('MSSQL_URL must be mssql://user:password@host:port/database');
  }
  const encrypt = url.searchParams.get('encrypt') ?? 'true';
  return {
    server: decodeURIComponent(url.hostname),
    port: Number(url.port || 1433),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'master',
    options: {
      encrypt: encrypt === 'strict' ? 'strict' : encrypt === 'true',
      trustServerCertificate: url.searchParams.get('trustServerCertificate') === 'true',
    },
  };
};

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

const printConnectionString = ({ server, port, user, password, database, options }: SqlServerConfig): string =>
  [
    `Server=${server},${port}`,
    `Database=${quoted(database)}`,
    `User Id=${quoted(user)}`,
    `Password=${quoted(password)}`,
    `Encrypt=${options.encrypt}`,
    `TrustServerCertificate=${options.trustServerCertificate}`,
  ].join(';');
