import type { SystemError } from '../../../bridge/frames.ts';
import { parseAddress } from './address-class.ts';
import type { Destination } from './destination-rule.ts';
import type { EgressDenial } from './egress-policy.ts';

/** What was refused, for the log: the address is ours to know, for the script only where it gave it itself. */
export type Denied = {
  readonly host: string;
  readonly address?: string;
  readonly port?: number;
  readonly rule: EgressDenial['rule'];
};

/**
 * What a script sees of a refused destination: `EGRESS_DENIED`, naming host, port and rule. What a name inside leads to
 * is not told: a DNS answer would not show it either.
 */
export const egressError = ({ host, address, port }: Destination, { rule }: EgressDenial): SystemError => ({
  message: `EGRESS_DENIED: ${host}:${port} may not be reached from scripts (rule ${rule})`,
  code: 'EGRESS_DENIED',
  syscall: 'connect',
  ...(parseAddress(host) === undefined ? { hostname: host } : { address }),
  port,
});

/** The same for a DNS question all of whose answers were withheld. */
export const hiddenAnswerError = (name: string, syscall: string, { rule }: EgressDenial): SystemError => ({
  message: `EGRESS_DENIED: what ${name} leads to may not be reached from scripts (rule ${rule})`,
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
