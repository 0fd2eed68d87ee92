import { startMariadb, startPostgres } from '@userferry/local-databases';
import type { SuiteName } from './suites.ts';

export type SuiteServer = {
  readonly port: number | undefined;
  /** What the suite's test files see as `process.env`. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
};

const startForPg = async (): Promise<SuiteServer> => {
  const server = await startPostgres();
  const { hostname, port, username, password } = new URL(server.url);
  const env = { PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: decodeURIComponent(password) };
  return {
    port: Number(port),
    env: { ...env, PGDATABASE: 'postgres', SCRAM_TEST_PGUSER: '' },
    stop: () => server.stop(),
  };
};

/** mysql2's tests want an account without a password unless they run in CI. */
const startForMysql2 = async (): Promise<SuiteServer> => {
  const statements = ['CREATE DATABASE test', "SET GLOBAL time_zone = '+00:00'"];
  const { host, port, user, password, stop } = await startMariadb({ statements });
  const env = { MYSQL_HOST: host, MYSQL_PORT: String(port), MYSQL_USER: user, MYSQL_PASSWORD: password };
  return { port, env: { ...env, MYSQL_DATABASE: 'test', CI: '1' }, stop };
};

/** What a suite needs beside its files: pg and mysql2 a database server of their own, with fresh data. */
export const startSuiteServer = async (suite: SuiteName): Promise<SuiteServer> => {
  if (suite === 'pg') return await startForPg();
  if (suite === 'mysql2') return await startForMysql2();
  return { port: undefined, env: {}, stop: async () => undefined };
};
