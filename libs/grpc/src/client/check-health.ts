import { randomUUID } from 'node:crypto';
import { HealthCheckResponse_ServingStatus, HealthClient } from '@userferry/contracts/grpc/health/v1/health';
import { createClient } from './create-client.ts';

export type HealthQuestion = {
  /** Where the service listens, as it was told: an address for everybody (`0.0.0.0`, `::`) is asked on loopback. */
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
};

const EVERYBODY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const addressOf = ({ host, port }: HealthQuestion): string => {
  const asked = EVERYBODY[host] ?? host;
  return `${asked.includes(':') ? `[${asked}]` : asked}:${port}`;
};

/** Asks the standard health service of a server of ours; resolves with whether it is SERVING, and never rejects. */
export const checkHealth = async (question: HealthQuestion): Promise<boolean> => {
  using client = createClient(HealthClient, { address: addressOf(question) });
  const context = { requestId: randomUUID(), deadlineMs: Date.now() + question.timeoutMs };
  // Awaited here: the client is closed when this ends.
  return await client.check({ service: '' }, context).then(
    ({ status }) => status === HealthCheckResponse_ServingStatus.SERVING,
    () => false,
  );
};
