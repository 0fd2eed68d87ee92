import pg from 'pg';
import { DataSource, type Logger } from 'typeorm';
import { ClientOfOneChance } from './client-of-one-chance.ts';
import { connectionEntity, connectionVersionEntity, scriptEntity } from './entities/connection-entities.ts';
import { auditEntryEntity, conflictEntity, scriptRunEntity } from './entities/history-entities.ts';
import { apiKeyEntity, earlierKeySecretEntity, userPoolEntity } from './entities/pool-entities.ts';
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
import { GrowthIndexes1767100000000 } from './migrations/1767100000000-growth-indexes.ts';
import { ScriptLanguages1767200000000 } from './migrations/1767200000000-script-languages.ts';
import { ConnectionIsolation1767300000000 } from './migrations/1767300000000-connection-isolation.ts';
import { KeysOfTheEnvironment1767400000000 } from './migrations/1767400000000-keys-of-the-environment.ts';
import { DecisionsOfAUser1767500000000 } from './migrations/1767500000000-decisions-of-a-user.ts';
import { PepperChecks1767600000000 } from './migrations/1767600000000-pepper-checks.ts';
import { VersionsGoOn1767700000000 } from './migrations/1767700000000-versions-go-on.ts';
import { EarlierKeySecrets1767800000000 } from './migrations/1767800000000-earlier-key-secrets.ts';
import { KnownAddresses1767900000000 } from './migrations/1767900000000-known-addresses.ts';

/** How the database is reached and what it may take. */
export type DatabaseLimits = {
  /** A PostgreSQL connection string: a secret. */
  readonly databaseUrl: string;
  readonly poolSize: number;
  /** Longest wait for a connection, the wait for a free one in the pool included. */
  readonly connectTimeoutMs: number;
  /** Longest statement; 0 for no limit. */
  readonly statementTimeoutMs: number;
  /**
   * The address is a pooler's, which hands each transaction to any connection of its own: nothing is asked of a session
   * then, and the server's limits are those of the role. Ours holds anyhow.
   */
  readonly throughPooler?: boolean | undefined;
};

// The server ends a statement first; this is for a server that no longer answers at all.
const READ_GRACE_MS = 2_000;

/** So long an answer is waited for; 0 for ever. */
export const answerMsMaxOf = ({ statementTimeoutMs, throughPooler = false }: DatabaseLimits): number =>
  throughPooler || statementTimeoutMs === 0 ? statementTimeoutMs : statementTimeoutMs + READ_GRACE_MS;

// A role may have limits by default; what has none asks for that.
const NO_LIMITS = '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0';

/** What a session asks of the server when it begins; a pooler refuses that. */
const sessionLimitsOf = ({ statementTimeoutMs, throughPooler = false }: DatabaseLimits) => {
  if (throughPooler) return {};
  if (statementTimeoutMs === 0) return { options: NO_LIMITS };
  return { statement_timeout: statementTimeoutMs, idle_in_transaction_session_timeout: statementTimeoutMs * 2 };
};

const limitsOf = (limits: DatabaseLimits) => ({
  max: limits.poolSize,
  connectionTimeoutMillis: limits.connectTimeoutMs,
  Client: ClientOfOneChance,
  ...sessionLimitsOf(limits),
  ...(limits.statementTimeoutMs > 0 && { query_timeout: answerMsMaxOf(limits) }),
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
    // Named here, where a bundler sees it: TypeORM would look for it by name.
    driver: pg,
    url: limits.databaseUrl,
    applicationName: 'userferry-migration-service',
    installExtensions: false,
    synchronize: false,
    logger: SILENT,
    entities: [
      userPoolEntity,
      apiKeyEntity,
      earlierKeySecretEntity,
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
    migrations: [
      CreateTables1764000000000,
      WholeLife1765000000000,
      SweepIndexes1766000000000,
      KeyLife1767000000000,
      GrowthIndexes1767100000000,
      ScriptLanguages1767200000000,
      ConnectionIsolation1767300000000,
      KeysOfTheEnvironment1767400000000,
      DecisionsOfAUser1767500000000,
      PepperChecks1767600000000,
      VersionsGoOn1767700000000,
      EarlierKeySecrets1767800000000,
      KnownAddresses1767900000000,
    ],
    migrationsTableName: 'schema_migrations',
    // An idle connection that breaks is replaced by the pool; nothing waits for it.
    poolErrorHandler: () => undefined,
    extra: limitsOf(limits),
  }).initialize();

const LIMITS = ['statement_timeout', 'idle_in_transaction_session_timeout'];

/** What to tell an operator where a pooler's role has no limits: a statement that we gave up goes on at the server. */
export const missingLimits = async (dataSource: DataSource): Promise<readonly string[]> => {
  const rows: { name: string }[] = await dataSource.query(
    'SELECT name FROM unnest($1::text[]) AS name WHERE current_setting(name)::interval = interval $$0$$ ORDER BY name',
    [LIMITS],
  );
  if (rows.length === 0) return [];
  const names = rows.map(({ name }) => name).join(' and ');
  return [`the database's role has no ${names}: behind a pooler they are to be set there, with ALTER ROLE … SET`];
};
