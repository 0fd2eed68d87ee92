import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import {
  port,
  readEnv,
  serviceFields,
  telemetryConfig,
  telemetryRules,
  transportFields,
  transportOf,
  transportRules,
  whole,
} from '@userferry/process';
import { ATTEMPT_LIMITS, type AttemptLimits, KEPT_DAYS } from '@userferry/user-store';
import { z } from 'zod';
import { parseRing, type Ring } from './secrets/parse-ring.ts';

const decodes = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};

/** What the driver would fail with, told before it is asked and without the value: a password holds a % sooner or later. */
const connectionStringProblem = (text: string): string | undefined => {
  const url = /^postgres(ql)?:\/\//.test(text) ? URL.parse(text) : null;
  if (url === null) return 'must be a connection string, postgres://…';
  const { username: user, password, hostname: host, pathname: database } = url;
  const stray = Object.entries({ user, password, host, database }).find(([, part]) => !decodes(part));
  return stray && `has a % that is not written as %25, in the ${stray[0]}`;
};

const connectionString = () =>
  z
    .string()
    .superRefine((text, context) => {
      const message = connectionStringProblem(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .meta({ example: 'postgres://userferry:PASSWORD@db.example:5432/userferry' });

const ring = () =>
  z
    .string()
    .superRefine((text, context) => {
      const parsed = parseRing(text);
      if ('problem' in parsed) context.addIssue({ code: 'custom', message: parsed.problem });
    })
    .transform((text) => {
      const parsed = parseRing(text);
      return 'problem' in parsed ? z.NEVER : parsed;
    })
    .meta({ example: '2026-11: and, right behind it, what `openssl rand -base64 32` prints' })
    .optional();

const operatorKey = () =>
  z
    .string()
    .refine((text) => /^[\x21-\x7e]{32,256}$/.test(text), 'must have 32 to 256 visible ASCII characters')
    .meta({ example: 'what `openssl rand -hex 32` prints' })
    .optional();

// bcrypt runs in libuv's thread pool, which has four threads unless UV_THREADPOOL_SIZE says more.
const hashesInFlight = () => whole(1, 64).default(Math.min(4, availableParallelism()));

const STORE_FIELDS = {
  DATABASE_URL: connectionString(),
  USERFERRY_ENCRYPTION_KEYS: ring(),
  USERFERRY_PEPPERS: ring(),
  USERFERRY_KEY_FILE: z.string().default(() => join(homedir(), '.userferry', 'migration-service-keys.json')),
  USERFERRY_DATABASE_CONNECT_TIMEOUT_MS: whole(100, 60_000).default(3_000),
  USERFERRY_DATABASE_POOLER: z.enum(['none', 'transaction']).default('none'),
};

/** Only a service that answers calls has a use for these. */
const SERVED_STORE_FIELDS = {
  USERFERRY_DATABASE_MIGRATION_URL: connectionString().optional(),
  USERFERRY_DATABASE_REPLICA_URL: connectionString().optional(),
  USERFERRY_DATABASE_REPLICA_LAG_MS_MAX: whole(1_000, 3_600_000).default(10_000),
  USERFERRY_DATABASE_POOL_SIZE: whole(2, 500).default(10),
  USERFERRY_DATABASE_STATEMENT_TIMEOUT_MS: whole(100, 60_000).default(5_000),
};

const SECOND_MS = 1_000;
const DAY_SECONDS = 24 * 60 * 60;
const seconds = (max: number, defaultMs: number) => whole(1, max).default(defaultMs / SECOND_MS);
const count = (limit: number) => whole(1, 1_000_000).default(limit);

/** How many wrong passwords are borne, and how long one waits then. */
const WRONG_PASSWORD_FIELDS = {
  USERFERRY_WRONG_PASSWORDS_PER_IDENTIFIER_MAX: count(ATTEMPT_LIMITS.perIdentifierMax),
  USERFERRY_WRONG_PASSWORDS_PER_ADDRESS_MAX: count(ATTEMPT_LIMITS.perAddressMax),
  USERFERRY_WRONG_PASSWORDS_WINDOW_SECONDS: seconds(7 * DAY_SECONDS, ATTEMPT_LIMITS.windowMs),
  USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS: seconds(DAY_SECONDS, ATTEMPT_LIMITS.firstWaitMs),
  USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX: seconds(DAY_SECONDS, ATTEMPT_LIMITS.waitMsMax),
};

const FIELDS = {
  ...serviceFields,
  ...transportFields,
  ...STORE_FIELDS,
  ...SERVED_STORE_FIELDS,
  ...WRONG_PASSWORD_FIELDS,
  USERFERRY_MIGRATION_PORT: port().default(7103),
  USERFERRY_OPERATOR_KEY: operatorKey(),
  USERFERRY_BCRYPT_COST: whole(4, 16).default(12),
  USERFERRY_NEW_PASSWORD_CHARACTERS_MIN: whole(1, 128).default(8),
  USERFERRY_HASHES_IN_FLIGHT: hashesInFlight(),
  USERFERRY_HASHES_WAITING: whole(0, 10_000).default(64),
  // Thirty days of logins are what the progress of a migration shows, and what its verdict on switching off rests on.
  USERFERRY_LOGIN_COUNTS_KEPT_DAYS: whole(31, 36_500).default(KEPT_DAYS.logins),
  USERFERRY_AUDIT_KEPT_DAYS: whole(1, 36_500).default(KEPT_DAYS.audit),
};

const secretSources = (env: {
  USERFERRY_ENCRYPTION_KEYS?: Ring | undefined;
  USERFERRY_PEPPERS?: Ring | undefined;
  USERFERRY_KEY_FILE: string;
}) => ({
  encryptionKeys: env.USERFERRY_ENCRYPTION_KEYS,
  peppers: env.USERFERRY_PEPPERS,
  keyFile: env.USERFERRY_KEY_FILE,
});

const attemptLimits = (env: Record<keyof typeof WRONG_PASSWORD_FIELDS, number>): AttemptLimits => ({
  perIdentifierMax: env.USERFERRY_WRONG_PASSWORDS_PER_IDENTIFIER_MAX,
  perAddressMax: env.USERFERRY_WRONG_PASSWORDS_PER_ADDRESS_MAX,
  windowMs: env.USERFERRY_WRONG_PASSWORDS_WINDOW_SECONDS * SECOND_MS,
  firstWaitMs: env.USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS * SECOND_MS,
  waitMsMax: env.USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX * SECOND_MS,
});

type StoreEnv = {
  DATABASE_URL: string;
  USERFERRY_DATABASE_CONNECT_TIMEOUT_MS: number;
  USERFERRY_DATABASE_POOLER: 'none' | 'transaction';
};

const reachOf = (env: StoreEnv) => ({
  databaseUrl: env.DATABASE_URL,
  connectTimeoutMs: env.USERFERRY_DATABASE_CONNECT_TIMEOUT_MS,
  throughPooler: env.USERFERRY_DATABASE_POOLER === 'transaction',
});

/** Where migrations go: past the pooler, where an address for that is given. */
const migrationOf = (env: StoreEnv & { USERFERRY_DATABASE_MIGRATION_URL?: string | undefined }) => {
  const databaseUrl = env.USERFERRY_DATABASE_MIGRATION_URL;
  return databaseUrl === undefined ? reachOf(env) : { ...reachOf(env), databaseUrl, throughPooler: false };
};

/** What sealing everything anew reads of it. Throws ConfigError naming every problem. */
export const readResealConfig = () => {
  const env = readEnv(STORE_FIELDS, process.env);
  return { secrets: secretSources(env), database: reachOf(env) };
};

/** Everything that this service reads from its environment. Throws ConfigError naming every problem. */
export const readConfig = () => {
  const env = readEnv(FIELDS, process.env, [
    {
      of: ['USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS', 'USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX'],
      problems: (values) =>
        values.USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS > values.USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX
          ? [
              'USERFERRY_WRONG_PASSWORDS_FIRST_WAIT_SECONDS: must not be longer than USERFERRY_WRONG_PASSWORDS_WAIT_SECONDS_MAX',
            ]
          : [],
    },
    ...telemetryRules('USERFERRY_MIGRATION_PORT'),
    ...transportRules(),
  ]);
  return {
    host: env.USERFERRY_LISTEN_HOST,
    port: env.USERFERRY_MIGRATION_PORT,
    logLevel: env.USERFERRY_LOG_LEVEL,
    transport: transportOf(env, ['identity-gateway']),
    telemetry: telemetryConfig(env),
    serviceTokens: env.USERFERRY_SERVICE_TOKEN,
    stopDelayMs: env.USERFERRY_STOP_DELAY_MS,
    connectionAgeMs: env.USERFERRY_CONNECTION_AGE_MS,
    operatorKey: env.USERFERRY_OPERATOR_KEY,
    secrets: secretSources(env),
    attemptLimits: attemptLimits(env),
    keptDays: { logins: env.USERFERRY_LOGIN_COUNTS_KEPT_DAYS, audit: env.USERFERRY_AUDIT_KEPT_DAYS },
    migration: migrationOf(env),
    replica:
      env.USERFERRY_DATABASE_REPLICA_URL === undefined
        ? undefined
        : {
            databaseUrl: env.USERFERRY_DATABASE_REPLICA_URL,
            lagMsMax: env.USERFERRY_DATABASE_REPLICA_LAG_MS_MAX,
          },
    database: {
      ...reachOf(env),
      poolSize: env.USERFERRY_DATABASE_POOL_SIZE,
      statementTimeoutMs: env.USERFERRY_DATABASE_STATEMENT_TIMEOUT_MS,
    },
    passwords: {
      cost: env.USERFERRY_BCRYPT_COST,
      newPasswordCharactersMin: env.USERFERRY_NEW_PASSWORD_CHARACTERS_MIN,
      inFlightMax: env.USERFERRY_HASHES_IN_FLIGHT,
      waitingMax: env.USERFERRY_HASHES_WAITING,
    },
  };
};

export type Config = ReturnType<typeof readConfig>;
