export { createAuthority, createCertificate, type LocalAuthority, type LocalCertificate } from './certificate.ts';
export { findFreePort } from './free-port.ts';
export { hasMariadb, type LocalMariadb, MARIADB_MISSING, type MariadbOptions, startMariadb } from './mariadb.ts';
export { type LocalPostgres, type PostgresOptions, startPostgres } from './postgres.ts';
export type { DatabaseOwner } from './postgres-queries.ts';
