/**
 * Asks the service that was started with the same environment: exit code 0 when it is SERVING, else 1. An argument names what
 * of its health is asked for: `liveness`, for example.
 */
import { checkHealth } from '@userferry/grpc';
import { readConfig } from './config.ts';

const TIMEOUT_MS = 3_000;

const [, , about = ''] = process.argv;
const isServing = await checkHealth({ ...readConfig(), about, timeoutMs: TIMEOUT_MS });
process.exitCode = isServing ? 0 : 1;
