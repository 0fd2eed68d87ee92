export { createAuthority, createCertificate, type LocalAuthority, type LocalCertificate } from './certificate.ts';
export { findFreePort } from './free-port.ts';
export { hasMariadb, type LocalMariadb, MARIADB_MISSING, type MariadbOptions, startMariadb } from './mariadb.ts';
export {
  hasPgbouncer,
  type LocalPgbouncer,
  PGBOUNCER_MISSING,
  type PgbouncerOptions,
  startPgbouncer,
} from './pgbouncer.ts';
export { type LocalPostgres, type PostgresOptions, startPostgres } from './postgres.ts';
export type { DatabaseOwner } from './postgres-queries.ts';
export { type BaseBackup, type LocalReplica, startReplica, takeBackup } from './postgres-replica.ts';
export { findPostgresInstallation, POSTGRES_TOOLS_MISSING, type PostgresInstallation } from './postgres-tools.ts';
