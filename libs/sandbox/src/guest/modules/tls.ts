import { ask } from '../bridge.ts';
import { plainOptions } from '../packages/reuse/plain-options.ts';
import { jsonStringify } from '../primordials.ts';
import { callable } from './callable.ts';
import { givenOf } from './net/connect-arguments.ts';
import { isIP } from './net/ip.ts';
import { reuseKeyOf, setReuseKey } from './net/reuse-key.ts';
import type { Socket } from './net/socket.ts';
import { net } from './net.ts';
import { notAvailable } from './node-errors.ts';
import { getCACertificates, rootCertificates, setDefaultCACertificates } from './tls/default-authorities.ts';
import { checkConnectOptions, convertALPNProtocols } from './tls/option-checks.ts';
import {
  CONNECTION_OPTIONS,
  changeDefault,
  changedDefaults,
  contextOptions,
  type Options,
  pick,
  SecureContext,
} from './tls/secure-context.ts';
import { checkServerIdentity } from './tls/server-identity.ts';
import { hasOwnCheck, TLSSocket } from './tls/tls-socket.ts';
import { warnOnce } from './util/deprecate.ts';

type Given = { readonly options: Options; readonly callback: (() => void) | undefined };

function connectArguments(args: readonly unknown[]): Given {
  const last = args[args.length - 1];
  const callback = typeof last === 'function' ? (last as () => void) : undefined;
  const objects = args.filter((arg) => typeof arg === 'object' && arg !== null);
  const place = typeof args[0] === 'object' || args[0] === callback ? {} : givenOf(args);
  return { options: Object.assign({}, place, ...objects) as Options, callback };
}

const CARRIER_OPTIONS = [
  'host',
  'port',
  'family',
  'path',
  'noDelay',
  'keepAlive',
  'keepAliveInitialDelay',
  'lookup',
  'hints',
  'localAddress',
  'localPort',
  'allowHalfOpen',
  'autoSelectFamily',
  'autoSelectFamilyAttemptTimeout',
] as const;

/** The socket that TLS will speak on: the one that was given, or a new connection. */
function carrierOf(options: Options, key: string | undefined): Socket {
  if (options.socket) return options.socket as Socket;
  const carrierOptions = Object.fromEntries(CARRIER_OPTIONS.map((name) => [name, options[name]]));
  if (key !== undefined) setReuseKey(carrierOptions, key);
  return net.connect(carrierOptions);
}

/** All that a handshake depends on, behind what the options are marked with, where the connection may be kept. */
function reuseKeyFor(given: readonly unknown[], options: Options): string | undefined {
  const mark = given.map((one) => reuseKeyOf(Object(one))).find((one) => one !== undefined);
  if (mark === undefined || options.session) return undefined;
  const all = plainOptions([contextOptions(options), pick(options, CONNECTION_OPTIONS), hasOwnCheck(options)]);
  return all === undefined ? undefined : mark + jsonStringify(all);
}

const createSecureContext = (options?: Options): SecureContext => new SecureContext(options);

/** Old advice is to lay an own function over Node's, which adds an authority to every context: it is called here, too. */
function contextFor(options: Options): SecureContext {
  if (tls.createSecureContext === createSecureContext) return new SecureContext(options);
  return tls.createSecureContext({ ciphers: tls.DEFAULT_CIPHERS, ...options });
}

const NAME_IS_ADDRESS =
  'Setting the TLS ServerName to an IP address is not permitted by RFC 6066. This will be ignored in a future version.';

function connect(...args: unknown[]): TLSSocket {
  const { options: given, callback } = connectArguments(args);
  checkConnectOptions(given);
  // Node reads the material before there is a socket, and throws at once where it is of no use.
  const options: Options = { ...given, secureContext: given.secureContext ?? contextFor(given) };
  if (isIP(String(given.servername ?? '')) !== 0) warnOnce(NAME_IS_ADDRESS, 'DEP0123');
  const carrier = carrierOf(options, reuseKeyFor(args, options));
  if (!options.socket) carrier.once('error', (error: Error) => socket.destroy(error));
  const socket = new TLSSocket(carrier, options);
  if (!options.socket) carrier.once('connect', () => socket.emit('connect'));
  socket._start();
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

export const tls = {
  TLSSocket: callable('TLSSocket', TLSSocket),
  SecureContext: callable('SecureContext', SecureContext),
  connect,
  createServer: notAvailable('tls.createServer'),
  createSecureContext,
  checkServerIdentity,
  convertALPNProtocols,
  getCiphers: () => [...knownCiphers().names],
  get rootCertificates() {
    return rootCertificates();
  },
  getCACertificates,
  setDefaultCACertificates,
  get DEFAULT_MIN_VERSION(): unknown {
    return changedDefaults.minVersion ?? 'TLSv1.2';
  },
  set DEFAULT_MIN_VERSION(version: unknown) {
    changeDefault('minVersion', version);
  },
  get DEFAULT_MAX_VERSION(): unknown {
    return changedDefaults.maxVersion ?? 'TLSv1.3';
  },
  set DEFAULT_MAX_VERSION(version: unknown) {
    changeDefault('maxVersion', version);
  },
  get DEFAULT_CIPHERS(): unknown {
    return changedDefaults.ciphers ?? knownCiphers().standard;
  },
  set DEFAULT_CIPHERS(ciphers: unknown) {
    changeDefault('ciphers', ciphers);
  },
  DEFAULT_ECDH_CURVE: 'auto',
};
