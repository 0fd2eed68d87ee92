import { createPrivateKey, type KeyObject } from 'node:crypto';
import { grpcAddress, port, readEnv, serviceFields, telemetryConfig, whole } from '@userferry/process';
import { z } from 'zod';

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
    .transform(ed25519Key)
    .optional();

/** Everything that this service reads from its environment. Throws ConfigError naming every problem. */
export const readConfig = () => {
  const env = readEnv(
    {
      ...serviceFields,
      USERFERRY_GATEWAY_PORT: port().default(7101),
      USERFERRY_HTTP_PORT: port().default(7100),
      USERFERRY_RUNNER_ADDRESS: grpcAddress().default('127.0.0.1:7102'),
      USERFERRY_MIGRATION_ADDRESS: grpcAddress().default('127.0.0.1:7103'),
      USERFERRY_PUBLIC_IP_ADDRESS: grpcAddress().default('127.0.0.1:7104'),
      USERFERRY_PUBLIC_IP_STALE_MS_MAX: whole(0, 30 * DAY_MS).default(DAY_MS),
      USERFERRY_PUBLIC_IP_SIGNING_KEY: signingKey(),
    },
    process.env,
  );
  return {
    host: env.USERFERRY_LISTEN_HOST,
    port: env.USERFERRY_GATEWAY_PORT,
    httpPort: env.USERFERRY_HTTP_PORT,
    logLevel: env.USERFERRY_LOG_LEVEL,
    telemetry: telemetryConfig(env),
    serviceToken: env.USERFERRY_SERVICE_TOKEN,
    runnerAddress: env.USERFERRY_RUNNER_ADDRESS,
    migrationAddress: env.USERFERRY_MIGRATION_ADDRESS,
    publicIpAddress: env.USERFERRY_PUBLIC_IP_ADDRESS,
    publicIpStaleMsMax: env.USERFERRY_PUBLIC_IP_STALE_MS_MAX,
    publicIpSigningKey: env.USERFERRY_PUBLIC_IP_SIGNING_KEY,
  };
};

export type Config = ReturnType<typeof readConfig>;
