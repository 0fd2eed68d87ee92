import { DataSource, type Logger } from 'typeorm';
import { connectionEntity, connectionVersionEntity, scriptEntity } from './entities/connection-entities.ts';
import { auditEntryEntity, conflictEntity, scriptRunEntity } from './entities/history-entities.ts';
import { apiKeyEntity, userPoolEntity } from './entities/pool-entities.ts';
import {
  credentialEntity,
  externalIdEntity,
  tombstoneEntity,
  userEntity,
  userIdentifierEntity,
} from './entities/user-entities.ts';
import { CreateTables1764000000000 } from './migrations/1764000000000-create-tables.ts';
import { WholeLife1765000000000 } from './migrations/1765000000000-whole-life.ts';
import { SweepIndexes1766000000000 } from './migrations/1766000000000-sweep-indexes.ts';
import { KeyLife1767000000000 } from './migrations/1767000000000-key-life.ts';

/** How the database is reached and what it may take. */
export type DatabaseLimits = {
  /** A PostgreSQL connection string: a secret. */
  readonly databaseUrl: string;
  readonly poolSize: number;
  /** Longest wait for a connection, the wait for a free one in the pool included. */
  readonly connectTimeoutMs: number;
  /** Longest statement; 0 for no limit. */
  readonly statementTimeoutMs: number;
};

// The server ends a statement first; this is for a server that no longer answers at all.
const READ_GRACE_MS = 2_000;

const limitsOf = ({ statementTimeoutMs, connectTimeoutMs, poolSize }: DatabaseLimits) => ({
  max: poolSize,
  connectionTimeoutMillis: connectTimeoutMs,
  ...(statementTimeoutMs === 0
    ? {}
    : {
        statement_timeout: statementTimeoutMs,
        query_timeout: statementTimeoutMs + READ_GRACE_MS,
        idle_in_transaction_session_timeout: statementTimeoutMs * 2,
      }),
});

const nothing = () => undefined;

// TypeORM would write to the console what a migration failed with; whoever runs it gets the error, without values.
const SILENT: Logger = {
  logQuery: nothing,
  logQueryError: nothing,
  logQuerySlow: nothing,
  logSchemaBuild: nothing,
  logMigration: nothing,
  log: nothing,
};

/** A connected TypeORM data source; the caller destroys it. */
export const connectDataSource = async (limits: DatabaseLimits): Promise<DataSource> =>
  new DataSource({
    type: 'postgres',
    url: limits.databaseUrl,
    applicationName: 'userferry-migration-service',
    installExtensions: false,
    synchronize: false,
    logger: SILENT,
    entities: [
      userPoolEntity,
      apiKeyEntity,
      connectionEntity,
      connectionVersionEntity,
      scriptEntity,
      userEntity,
      userIdentifierEntity,
      externalIdEntity,
      credentialEntity,
      tombstoneEntity,
      conflictEntity,
      scriptRunEntity,
      auditEntryEntity,
    ],
    migrations: [CreateTables1764000000000, WholeLife1765000000000, SweepIndexes1766000000000, KeyLife1767000000000],
    migrationsTableName: 'schema_migrations',
    // An idle connection that breaks is replaced by the pool; nothing waits for it.
    poolErrorHandler: () => undefined,
    extra: limitsOf(limits),
  }).initialize();
