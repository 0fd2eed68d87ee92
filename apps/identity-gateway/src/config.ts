import { grpcAddress, port, readEnv, serviceFields } from '@userferry/process';

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
    },
    process.env,
  );
  return {
    host: env.USERFERRY_LISTEN_HOST,
    port: env.USERFERRY_GATEWAY_PORT,
    httpPort: env.USERFERRY_HTTP_PORT,
    logLevel: env.USERFERRY_LOG_LEVEL,
    serviceToken: env.USERFERRY_SERVICE_TOKEN,
    runnerAddress: env.USERFERRY_RUNNER_ADDRESS,
    migrationAddress: env.USERFERRY_MIGRATION_ADDRESS,
    publicIpAddress: env.USERFERRY_PUBLIC_IP_ADDRESS,
  };
};

export type Config = ReturnType<typeof readConfig>;
