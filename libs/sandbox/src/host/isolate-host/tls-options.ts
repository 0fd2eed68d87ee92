/** TLS options as the guest names them. */
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, createSecureContext, DEFAULT_CIPHERS, getCiphers, rootCertificates } from 'node:tls';
import type { TlsOptions } from '../../bridge/operations.ts';

/** What a script may set: key material and versions as text or bytes; nothing that names a file, engine or callback. */
const ALLOWED = [
  'ca',
  'cert',
  'key',
  'passphrase',
  'pfx',
  'crl',
  'ciphers',
  'minVersion',
  'maxVersion',
  'ecdhCurve',
  'sigalgs',
  'secureProtocol',
  'secureOptions',
  'allowPartialTrustChain',
  'session',
  'ALPNProtocols',
  'servername',
  'requestOCSP',
] as const;

function fromGuest(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(fromGuest);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromGuest(entry)]));
  }
  return value;
}

function allowed(given: TlsOptions): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const name of ALLOWED) if (given[name] !== undefined) options[name] = fromGuest(given[name]);
  return options;
}

/** The options for speaking TLS on a carrier: what a script may set, and no callback of its own. */
export function toTlsOptions(socket: Duplex, given: TlsOptions): ConnectionOptions {
  return {
    ...allowed(given),
    socket,
    ...(typeof given.host === 'string' ? { host: given.host } : {}),
    rejectUnauthorized: given.rejectUnauthorized !== false,
    // The guest's own check runs there, before the guest hears that the connection is secure.
    ...(given.customIdentity === true ? { checkServerIdentity: () => undefined } : {}),
  };
}

/** Questions about TLS that are answered at once. */
export const TLS_QUESTIONS: readonly (readonly [name: string, find: (args: readonly unknown[]) => unknown])[] = [
  // Throws what Node throws on key material that it cannot use.
  ['secureContext', ([given]) => void createSecureContext(allowed((given ?? {}) as TlsOptions))],
  ['tlsCiphers', () => ({ names: getCiphers(), standard: DEFAULT_CIPHERS })],
  ['rootCertificates', () => [...rootCertificates]],
];
