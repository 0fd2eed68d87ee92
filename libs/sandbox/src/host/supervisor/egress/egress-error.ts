import type { SystemError } from '../../../bridge/frames.ts';
import type { Destination } from './destination-rule.ts';
import type { EgressDenial } from './egress-policy.ts';

/** What a script sees of a refused destination: `EGRESS_DENIED`, naming host, address, port and rule. */
export const egressError = ({ host, address, port }: Destination, { rule }: EgressDenial): SystemError => ({
  message: `EGRESS_DENIED: ${host}:${port} (${address}) may not be reached from scripts (rule ${rule})`,
  code: 'EGRESS_DENIED',
  syscall: 'connect',
  address,
  port,
});

/** The same for a DNS question all of whose answers were withheld. */
export const hiddenAnswerError = (name: string, syscall: string): SystemError => ({
  message: `EGRESS_DENIED: the addresses of ${name} may not be reached from scripts`,
  code: 'EGRESS_DENIED',
  syscall,
  hostname: name,
});

/** An error of Node's, reduced to the fields that cross to the isolate host. */
export const asSystemError = (error: unknown): SystemError => {
  const { message, ...rest } = error as Error & Record<string, unknown>;
  const texts = Object.fromEntries(
    (['code', 'syscall', 'hostname', 'address'] as const).flatMap((field) =>
      typeof rest[field] === 'string' ? [[field, rest[field].slice(0, 64 * 8)]] : [],
    ),
  );
  const numbers = Object.fromEntries(
    (['errno', 'port'] as const).flatMap((field) => (typeof rest[field] === 'number' ? [[field, rest[field]]] : [])),
  );
  return { message: String(message).slice(0, 2048), ...texts, ...numbers };
};
