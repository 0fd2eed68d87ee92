import { createPrivateKey, type KeyObject } from 'node:crypto';
import {
  grpcAddress,
  port,
  readEnv,
  serviceFields,
  transportFields,
  transportOf,
  transportProblems,
  webUrl,
  whole,
} from '@userferry/process';
import { z } from 'zod';

const DAY_MS = 86_400_000;

const TOKEN_FIELDS = {
  USERFERRY_JWT_ISSUER: webUrl().optional(),
  USERFERRY_JWT_AUDIENCE: z.string().optional(),
  USERFERRY_JWT_JWKS_URL: webUrl().optional(),
  USERFERRY_JWT_SCOPES_CLAIM: z.string().default('scope'),
  USERFERRY_JWT_POOLS_CLAIM: z.string().default('user_pools'),
  USERFERRY_JWT_CLOCK_SKEW_SECONDS: whole(0, 300).default(30),
};
type TokenEnv = z.infer<z.ZodObject<typeof TOKEN_FIELDS>>;

const tokenProblems = (env: TokenEnv): readonly string[] =>
  (env.USERFERRY_JWT_ISSUER === undefined) === (env.USERFERRY_JWT_AUDIENCE === undefined) &&
  (env.USERFERRY_JWT_ISSUER !== undefined || env.USERFERRY_JWT_JWKS_URL === undefined)
    ? []
    : ['USERFERRY_JWT_ISSUER: set it together with USERFERRY_JWT_AUDIENCE, or neither of USERFERRY_JWT_…'];

/** Whose tokens are taken; absent where none are. */
const tokensOf = (env: TokenEnv) => {
  const { USERFERRY_JWT_ISSUER: issuer, USERFERRY_JWT_AUDIENCE: audience, USERFERRY_JWT_JWKS_URL: url } = env;
  if (issuer === undefined || audience === undefined) return undefined;
  return {
    issuer,
    audience,
    jwksUrl: url === undefined ? undefined : new URL(url),
    claims: { scopes: env.USERFERRY_JWT_SCOPES_CLAIM, pools: env.USERFERRY_JWT_POOLS_CLAIM },
    clockSkewSeconds: env.USERFERRY_JWT_CLOCK_SKEW_SECONDS,
  };
};

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
      ...transportFields,
      ...TOKEN_FIELDS,
      USERFERRY_GATEWAY_PORT: port().default(7101),
      USERFERRY_HTTP_PORT: port().default(7100),
      USERFERRY_RUNNER_ADDRESS: grpcAddress().default('127.0.0.1:7102'),
      USERFERRY_MIGRATION_ADDRESS: grpcAddress().default('127.0.0.1:7103'),
      USERFERRY_PUBLIC_IP_ADDRESS: grpcAddress().default('127.0.0.1:7104'),
      USERFERRY_API_KEY_DAYS_MAX: whole(1, 36_500).optional(),
      USERFERRY_PUBLIC_IP_STALE_MS_MAX: whole(0, 30 * DAY_MS).default(DAY_MS),
      USERFERRY_PUBLIC_IP_SIGNING_KEY: signingKey(),
    },
    process.env,
    (values) => [
      ...tokenProblems(values),
      ...transportProblems(values, {
        USERFERRY_RUNNER_ADDRESS: values.USERFERRY_RUNNER_ADDRESS,
        USERFERRY_MIGRATION_ADDRESS: values.USERFERRY_MIGRATION_ADDRESS,
        USERFERRY_PUBLIC_IP_ADDRESS: values.USERFERRY_PUBLIC_IP_ADDRESS,
      }),
    ],
  );
  return {
    host: env.USERFERRY_LISTEN_HOST,
    port: env.USERFERRY_GATEWAY_PORT,
    httpPort: env.USERFERRY_HTTP_PORT,
    logLevel: env.USERFERRY_LOG_LEVEL,
    // Whoever comes has to show an API key.
    transport: transportOf(env),
    serviceToken: env.USERFERRY_SERVICE_TOKEN,
    tokens: tokensOf(env),
    keyMsMax: env.USERFERRY_API_KEY_DAYS_MAX && env.USERFERRY_API_KEY_DAYS_MAX * DAY_MS,
    runnerAddress: env.USERFERRY_RUNNER_ADDRESS,
    migrationAddress: env.USERFERRY_MIGRATION_ADDRESS,
    publicIpAddress: env.USERFERRY_PUBLIC_IP_ADDRESS,
    publicIpStaleMsMax: env.USERFERRY_PUBLIC_IP_STALE_MS_MAX,
    publicIpSigningKey: env.USERFERRY_PUBLIC_IP_SIGNING_KEY,
  };
};

export type Config = ReturnType<typeof readConfig>;
