import { randomUUID } from 'node:crypto';
import { HealthCheckResponse_ServingStatus, HealthClient } from '@userferry/contracts/grpc/health/v1/health';
import type { Transport } from '@userferry/process';
import { unverifiedCredentials } from '../tls/credentials.ts';
import { createClientOver } from './create-client.ts';

/** A service of ours, as its own configuration has it. */
export type HealthQuestion = {
  /** Where it listens: an address for everybody (`0.0.0.0`, `::`) is asked on loopback. */
  readonly host: string;
  readonly port: number;
  readonly transport: Transport;
  /** What is asked for: `''` is whether calls are welcome, `liveness` whether the process answers at all. */
  readonly about: string;
  readonly timeoutMs: number;
};

const EVERYBODY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const addressOf = ({ host, port }: HealthQuestion): string => {
  const asked = EVERYBODY[host] ?? host;
  return `${asked.includes(':') ? `[${asked}]` : asked}:${port}`;
};

/**
 * Asks the standard health service of the server that was started with this configuration; resolves with whether that is
 * SERVING. Its certificate files are not looked at: a server goes on with those that it has when they are spoilt, and whoever
 * asked here would restart every replica, of which none could start.
 */
export const checkHealth = async (question: HealthQuestion): Promise<boolean> => {
  const security = unverifiedCredentials(question.transport.tls !== undefined);
  using client = createClientOver(HealthClient, security, { address: addressOf(question) });
  const context = { requestId: randomUUID(), deadlineMs: Date.now() + question.timeoutMs };
  // Awaited here: the client is closed when this ends.
  return await client.check({ service: question.about }, context).then(
    ({ status }) => status === HealthCheckResponse_ServingStatus.SERVING,
    () => false,
  );
};
