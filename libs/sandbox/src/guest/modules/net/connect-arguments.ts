/** The many shapes of `connect`'s arguments. */
import { nodeError, received } from '../node-errors.ts';
import type { REUSE_KEY } from './reuse-key.ts';
import { validateConnectOptions } from './socket-options.ts';

export type ConnectOptions = {
  readonly host: string;
  readonly port: number;
  readonly family: 0 | 4 | 6;
  readonly path?: string;
  readonly timeout?: number;
  readonly noDelay?: boolean;
  readonly keepAlive?: boolean;
  readonly keepAliveInitialDelay?: number;
  readonly lookup?: Lookup;
  readonly localAddress?: string;
  readonly autoSelectFamily?: boolean;
  readonly [REUSE_KEY]?: string;
  /** As the script wrote them. */
  readonly given?: Readonly<Record<string, unknown>>;
};

/** A script's own way from a name to an address. */
export type Lookup = (
  host: string,
  options: object,
  callback: (error: Error | null, address?: unknown, family?: unknown) => void,
) => void;

export type Given = Record<string, unknown>;

function invalidPort(port: unknown): Error {
  return nodeError(RangeError, 'ERR_SOCKET_BAD_PORT', `Port should be >= 0 and < 65536. ${received(port)}.`);
}

function portOf(given: unknown): number {
  const port = typeof given === 'string' && given.trim() === '' ? Number.NaN : Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw invalidPort(given);
  return port;
}

export function givenOf(args: readonly unknown[]): Given {
  const first = args[0];
  // `net` itself passes its normalised arguments on as one array.
  if (Array.isArray(first)) return givenOf(first);
  if (typeof first === 'object' && first !== null) return first as Given;
  // As Node tells a path from a port: `'5432 '` is a port.
  if (typeof first === 'string' && !(Number(first) >= 0)) return { path: first };
  return { port: first, host: typeof args[1] === 'string' ? args[1] : undefined };
}

export function connectArguments(args: readonly unknown[]): {
  readonly options: ConnectOptions;
  readonly callback: (() => void) | undefined;
} {
  const last = args[args.length - 1];
  const callback = typeof last === 'function' ? (last as () => void) : undefined;
  const given = givenOf(args.length > 0 && callback === args[0] ? [] : args);
  validateConnectOptions(given);
  const host = given.host === undefined || given.host === null ? 'localhost' : String(given.host);
  const path = typeof given.path === 'string' ? given.path : undefined;
  const family = given.family === 4 || given.family === 6 ? given.family : 0;
  const rest = { host, family, port: path === undefined ? portOf(given.port) : 0 } as const;
  return { options: { ...(given as Partial<ConnectOptions>), ...rest, given }, callback };
}
