import { type Client, credentials, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';

export type HealthQuestion = {
  /** Where the service listens, as it was told: an address for everybody (`0.0.0.0`, `::`) is asked on loopback. */
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
};

type HealthClient = Client & {
  check(
    request: { service: string },
    options: { deadline: number },
    callback: (error: Error | null, answer?: { status: string }) => void,
  ): void;
};

const EVERYBODY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const addressOf = ({ host, port }: HealthQuestion): string => {
  const asked = EVERYBODY[host] ?? host;
  return `${asked.includes(':') ? `[${asked}]` : asked}:${port}`;
};

/** Asks the standard health service of a server of ours; resolves with whether it is SERVING, and never rejects. */
export const checkHealth = (question: HealthQuestion): Promise<boolean> => {
  const { Health } = loadPackageDefinition({ Health: service }) as unknown as { Health: ServiceClientConstructor };
  const client = new Health(addressOf(question), credentials.createInsecure()) as unknown as HealthClient;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const deadline = Date.now() + question.timeoutMs;
  client.check({ service: '' }, { deadline }, (_, answer) => resolve(answer?.status === 'SERVING'));
  return promise.finally(() => client.close());
};
