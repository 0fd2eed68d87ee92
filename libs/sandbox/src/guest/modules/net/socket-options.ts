/** The options of a socket and of `connect`, and what Node refuses among them. */
import {
  invalidArgType,
  invalidArgValue,
  nodeError,
  outOfRange,
  validateFunction,
  validateNumber,
  validateString,
} from '../node-errors.ts';
import { isIP } from './ip.ts';
import type { OnRead } from './on-read.ts';

export type SocketOptions = {
  readonly allowHalfOpen?: boolean;
  readonly readable?: boolean;
  readonly writable?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly highWaterMark?: number | undefined;
  readonly onread?: OnRead | undefined;
};

type Options = Readonly<Record<string, unknown>>;

/** Sockets carry bytes. */
export function validateSocketOptions(options: Options | undefined): void {
  for (const name of ['objectMode', 'readableObjectMode', 'writableObjectMode']) {
    if (options?.[name]) throw invalidArgValue(`options.${name}`, options[name], 'is not supported');
  }
}

export function validateBoolean(value: unknown, name: string): void {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value);
}

export function validateConnectOptions(options: Options): void {
  const { port, path, localAddress, localPort, lookup, autoSelectFamily, autoSelectFamilyAttemptTimeout } = options;
  if (port === undefined && (path === undefined || path === null)) {
    const message = 'The "options" or "port" or "path" argument must be specified';
    throw nodeError(TypeError, 'ERR_MISSING_ARGS', message);
  }
  if (path !== undefined && path !== null) {
    validateString(path, 'options.path');
    return;
  }
  if (localAddress && isIP(localAddress) === 0) {
    throw nodeError(TypeError, 'ERR_INVALID_IP_ADDRESS', `Invalid IP address: ${String(localAddress)}`);
  }
  if (localPort) validateNumber(localPort, 'options.localPort');
  if (port !== undefined && typeof port !== 'number' && typeof port !== 'string') {
    throw invalidArgType('options.port', 'one of type number or string', port);
  }
  if (autoSelectFamily !== undefined && autoSelectFamily !== null) {
    validateBoolean(autoSelectFamily, 'options.autoSelectFamily');
  }
  if (autoSelectFamilyAttemptTimeout !== undefined) validateAttemptTimeout(autoSelectFamilyAttemptTimeout);
  if (lookup !== undefined && isIP(String(options.host)) === 0) validateFunction(lookup, 'options.lookup');
}

/** Milliseconds that one address gets before the next is tried as well. */
export function validateAttemptTimeout(value: unknown, name = 'options.autoSelectFamilyAttemptTimeout'): void {
  validateNumber(value, name);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if ((value as number) < 1 || (value as number) > 2 ** 31 - 1) throw outOfRange(name, '>= 1 && <= 2147483647', value);
}

/** Idle time in milliseconds. */
export function validateIdleTime(value: unknown): void {
  validateNumber(value, 'msecs');
  if (!((value as number) >= 0 && Number.isFinite(value))) {
    throw outOfRange('msecs', 'a non-negative finite number', value);
  }
}
