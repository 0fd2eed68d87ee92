export type { ServerError as MysqlServerError } from './mysql-double/replies.ts';
export type { Rows as MysqlRows, SeenMysqlLogin } from './mysql-double/session.ts';
export { type MysqlDouble, type MysqlDoubleOptions, startMysqlDouble } from './mysql-double/start-mysql-double.ts';
export type {
  Behaviour,
  SeenLogin,
  SeenRequest,
  SqlServerDoubleOptions,
  Stage,
} from './sqlserver-double/double-options.ts';
export type {
  SqlColumn,
  SqlHandler,
  SqlMessage,
  SqlQuery,
  SqlReply,
  SqlRow,
  SqlStep,
} from './sqlserver-double/query.ts';
export {
  type SqlServerConfig,
  type SqlServerUnderTest,
  startSqlServer,
} from './sqlserver-double/start-sql-server.ts';
export { type SqlServerDouble, startSqlServerDouble } from './sqlserver-double/start-sql-server-double.ts';
export type { TableDefinition } from './sqlserver-double/tables/table.ts';
export { type TestDatabase, testDatabase } from './test-database.ts';
