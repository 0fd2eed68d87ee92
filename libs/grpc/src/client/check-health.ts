import { randomUUID } from 'node:crypto';
import { HealthCheckResponse_ServingStatus, HealthClient } from '@userferry/contracts/grpc/health/v1/health';
import { createLogger, type Transport } from '@userferry/process';
import { openTls, tlsTo } from '../tls/open-tls.ts';
import { createClient } from './create-client.ts';

/** A service of ours, as its own configuration has it. */
export type HealthQuestion = {
  /** The name that its certificate holds, where it speaks TLS. */
  readonly service: string;
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
 * Asks the standard health service of a server of ours; resolves with whether that is SERVING.
 * @throws Error when the files of TLS cannot be used
 */
export const checkHealth = async (question: HealthQuestion): Promise<boolean> => {
  const log = createLogger({ service: question.service, level: 'silent' });
  using tls = await openTls(question.transport, log);
  using client = createClient(HealthClient, { address: addressOf(question), tls: tlsTo(tls, question.service) });
  const context = { requestId: randomUUID(), deadlineMs: Date.now() + question.timeoutMs };
  // Awaited here: client and files are closed when this ends.
  return await client.check({ service: question.about }, context).then(
    ({ status }) => status === HealthCheckResponse_ServingStatus.SERVING,
    () => false,
  );
};
