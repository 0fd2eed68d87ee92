/** Asks the service that was started with the same environment: exit code 0 when it is SERVING, else 1. */
import { checkHealth } from '@userferry/grpc';
import { readConfig } from './config.ts';

const TIMEOUT_MS = 3_000;

process.exitCode = (await checkHealth({ service: 'migration-service', ...readConfig(), timeoutMs: TIMEOUT_MS }))
  ? 0
  : 1;
