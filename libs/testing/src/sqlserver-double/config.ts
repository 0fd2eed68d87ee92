/** The SQL Server that the environment names for tests, `mssql://user:password@host:port/database?encrypt=true`. */
export const readSqlServerUrl = (): string | undefined => process.env.MSSQL_URL || undefined;
