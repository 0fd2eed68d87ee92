import { ask } from '../bridge.ts';
import { callable } from './callable.ts';
import type { Socket } from './net/socket.ts';
import { net } from './net.ts';
import { invalidArgValue, notAvailable, validateString } from './node-errors.ts';
import { convertAlpnProtocols } from './tls/alpn.ts';
import { type Options, SecureContext } from './tls/secure-context.ts';
import { checkServerIdentity } from './tls/server-identity.ts';
import { TLSSocket } from './tls/tls-socket.ts';

type Given = { readonly options: Options; readonly callback: (() => void) | undefined };

function connectArguments(args: readonly unknown[]): Given {
  const last = args[args.length - 1];
  const callback = typeof last === 'function' ? (last as () => void) : undefined;
  const objects = args.filter((arg) => typeof arg === 'object' && arg !== null);
  const place =
    typeof args[0] === 'object' ? {} : { port: args[0], ...(typeof args[1] === 'string' ? { host: args[1] } : {}) };
  return { options: Object.assign({}, place, ...objects) as Options, callback };
}

/** The socket that TLS will speak on: the one that was given, or a new connection. */
function carrierOf(options: Options): Socket {
  if (options.socket) return options.socket as Socket;
  const { host, port, family, path, noDelay, keepAlive, keepAliveInitialDelay } = options;
  return net.connect({ host, port, family, path, noDelay, keepAlive, keepAliveInitialDelay });
}

function connect(...args: unknown[]): TLSSocket {
  const { options, callback } = connectArguments(args);
  const carrier = carrierOf(options);
  if (!options.socket) carrier.once('error', (error: Error) => socket.destroy(error));
  const socket = new TLSSocket(carrier, options);
  if (!options.socket) carrier.once('connect', () => socket.emit('connect'));
  if (typeof options.timeout === 'number') socket.setTimeout(options.timeout);
  if (callback) socket.once('secureConnect', callback);
  return socket;
}

type Ciphers = { readonly names: string[]; readonly standard: string };

let ciphers: Ciphers | undefined;
const knownCiphers = (): Ciphers => {
  ciphers ??= ask('tlsCiphers') as Ciphers;
  return ciphers;
};
let roots: readonly string[] | undefined;
const rootCertificates = (): readonly string[] => {
  roots ??= Object.freeze(ask('rootCertificates') as string[]);
  return roots;
};

const NONE: readonly string[] = Object.freeze([]);
/** Scripts trust what Node brings; there is no system and no command line to add to it. */
function getCACertificates(type: unknown = 'default'): readonly string[] {
  validateString(type, 'type');
  if (type === 'default' || type === 'bundled') return rootCertificates();
  if (type === 'system' || type === 'extra') return NONE;
  throw invalidArgValue('type', type);
}

export const tls = {
  TLSSocket: callable('TLSSocket', TLSSocket),
  SecureContext: callable('SecureContext', SecureContext),
  connect,
  createServer: notAvailable('tls.createServer'),
  createSecureContext: (options?: Options) => new SecureContext(options),
  checkServerIdentity,
  convertALPNProtocols: convertAlpnProtocols,
  getCiphers: () => [...knownCiphers().names],
  get rootCertificates() {
    return rootCertificates();
  },
  getCACertificates,
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
  get DEFAULT_CIPHERS() {
    return knownCiphers().standard;
  },
  DEFAULT_ECDH_CURVE: 'auto',
};
