export { type EchoReply, type EchoServer, startEchoServer } from './address-sources/start-echo-server.ts';
export { type MachineAddresses, startMetadataService } from './address-sources/start-metadata-service.ts';
export {
  type StunReply,
  type StunServer,
  startStunServer,
  stunMessage,
  stunSuccess,
} from './address-sources/start-stun-server.ts';
export { startWebAnswers, type WebAnswers, type WebHandler } from './address-sources/start-web-answers.ts';
export { createCompanyService } from './company-service/company-service.ts';
export { type Hold, type HoldOptions, holdTable, UNTIL_SOMEBODY_WAITS } from './hold-table.ts';
export type {
  Fault as MongodbFault,
  MongodbDoubleOptions,
  MongodbSetDoubleOptions,
  MongodbUser,
  SeenCommand as SeenMongodbCommand,
} from './mongodb-double/double-options.ts';
export type { MongodbServer } from './mongodb-double/member-server.ts';
export { type MongodbUnderTest, startMongodb } from './mongodb-double/start-mongodb.ts';
export {
  type MongodbDouble,
  type MongodbSetDouble,
  startMongodbDouble,
  startMongodbSetDouble,
} from './mongodb-double/start-mongodb-double.ts';
export type { ServerError as MysqlServerError } from './mysql-double/replies.ts';
export type { Rows as MysqlRows, SeenMysqlLogin } from './mysql-double/session.ts';
export { type MysqlDouble, type MysqlDoubleOptions, startMysqlDouble } from './mysql-double/start-mysql-double.ts';
export { type IssuerOptions, startIssuer } from './openid-issuer/start-issuer.ts';
export type { SentSpan } from './otlp-collector/read-spans.ts';
export { type CollectorMood, type OtlpCollector, startOtlpCollector } from './otlp-collector/start-otlp-collector.ts';
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
export { leadsThroughPooler, type TestDatabase, testDatabase, useTestPooler } from './test-database.ts';
