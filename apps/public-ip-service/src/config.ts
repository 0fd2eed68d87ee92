import { isIP } from 'node:net';
import { commaList, port, readEnv, serviceFields } from '@userferry/process';

const publicIps = () =>
  commaList()
    .refine((ips) => ips.every((ip) => isIP(ip) !== 0), 'must be IPv4 or IPv6 addresses with commas between')
    .default([]);

/** Everything that this service reads from its environment. Throws ConfigError naming every problem. */
export const readConfig = () => {
  const env = readEnv(
    { ...serviceFields, USERFERRY_PUBLIC_IP_PORT: port().default(7104), PUBLIC_IPS: publicIps() },
    process.env,
  );
  return {
    host: env.USERFERRY_LISTEN_HOST,
    port: env.USERFERRY_PUBLIC_IP_PORT,
    logLevel: env.USERFERRY_LOG_LEVEL,
    serviceToken: env.USERFERRY_SERVICE_TOKEN,
    publicIps: env.PUBLIC_IPS,
  };
};

export type Config = ReturnType<typeof readConfig>;
