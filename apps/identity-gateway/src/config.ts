import { createPrivateKey, type KeyObject } from 'node:crypto';
import {
  grpcAddress,
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
import { z } from 'zod';
import { tokenFields, tokenRules, tokensOf } from './access/token/config.ts';
import { consoleFields, consoleOf, consoleRules } from './http/config.ts';

const DAY_MS = 86_400_000;

const ed25519Key = (pem: string): KeyObject | undefined => {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
};

const signingKey = () =>
  z
    .string()
    .refine((pem) => ed25519Key(pem) !== undefined, 'must be an Ed25519 private key in PEM')
    .meta({ example: 'what `openssl genpkey -algorithm ed25519` prints' })
    .transform(ed25519Key)
    .optional();

/** Everything that this service reads from its environment. Throws ConfigError naming every problem. */
export const readConfig = () => {
  const env = readEnv(
    {
      ...serviceFields,
      ...transportFields,
      ...tokenFields,
      USERFERRY_GATEWAY_PORT: port().default(7101),
      USERFERRY_HTTP_PORT: port().default(7100),
      USERFERRY_RUNNER_ADDRESS: grpcAddress().default('127.0.0.1:7102'),
      USERFERRY_MIGRATION_ADDRESS: grpcAddress().default('127.0.0.1:7103'),
      USERFERRY_PUBLIC_IP_ADDRESS: grpcAddress().default('127.0.0.1:7104'),
      USERFERRY_API_KEY_DAYS_MAX: whole(1, 36_500).optional(),
      USERFERRY_PUBLIC_IP_STALE_MS_MAX: whole(0, 30 * DAY_MS).default(DAY_MS),
      USERFERRY_PUBLIC_IP_SIGNING_KEY: signingKey(),
      ...consoleFields,
    },
    process.env,
    [
      {
        of: ['USERFERRY_GATEWAY_PORT', 'USERFERRY_HTTP_PORT'],
        problems: ({ USERFERRY_GATEWAY_PORT: grpc, USERFERRY_HTTP_PORT: http }) =>
          grpc === http && grpc !== 0 ? ['USERFERRY_HTTP_PORT: must not be USERFERRY_GATEWAY_PORT'] : [],
      },
      ...tokenRules,
      ...consoleRules,
      ...telemetryRules('USERFERRY_GATEWAY_PORT', 'USERFERRY_HTTP_PORT'),
      ...transportRules('USERFERRY_RUNNER_ADDRESS', 'USERFERRY_MIGRATION_ADDRESS', 'USERFERRY_PUBLIC_IP_ADDRESS'),
    ],
  );
  return {
    host: env.USERFERRY_LISTEN_HOST,
    port: env.USERFERRY_GATEWAY_PORT,
    httpPort: env.USERFERRY_HTTP_PORT,
    logLevel: env.USERFERRY_LOG_LEVEL,
    // Whoever comes has to show an API key.
    transport: transportOf(env),
    telemetry: telemetryConfig(env),
    serviceTokens: env.USERFERRY_SERVICE_TOKEN,
    stopDelayMs: env.USERFERRY_STOP_DELAY_MS,
    connectionAgeMs: env.USERFERRY_CONNECTION_AGE_MS,
    tokens: tokensOf(env),
    keyMsMax: env.USERFERRY_API_KEY_DAYS_MAX && env.USERFERRY_API_KEY_DAYS_MAX * DAY_MS,
    runnerAddress: env.USERFERRY_RUNNER_ADDRESS,
    migrationAddress: env.USERFERRY_MIGRATION_ADDRESS,
    publicIpAddress: env.USERFERRY_PUBLIC_IP_ADDRESS,
    publicIpStaleMsMax: env.USERFERRY_PUBLIC_IP_STALE_MS_MAX,
    publicIpSigningKey: env.USERFERRY_PUBLIC_IP_SIGNING_KEY,
    ...consoleOf(env),
  };
};

export type Config = ReturnType<typeof readConfig>;
