export { closest } from './closest.ts';
export { commaList, grpcAddress, isWebUrl, port, REGION_NAME, region, serviceFields, webUrl, whole } from './fields.ts';
export { type IpAddress, parseIpAddress, subscriberOf } from './ip-address.ts';
export { KNOWN_VARIABLES } from './known-variables.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { makeFolder } from './make-folder.ts';
export { type AcrossRule, ConfigError, type Env, readEnv } from './read-env.ts';
export { runService, type ServiceLife } from './run-service.ts';
export { type TelemetryConfig, telemetryConfig, telemetryRules } from './telemetry-config.ts';
export {
  type TlsFiles,
  type Transport,
  transportFields,
  transportOf,
  transportRules,
} from './transport.ts';
