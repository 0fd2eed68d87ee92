/** TLS options as the guest names them. */
import { hash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions, SecureContext } from 'node:tls';
import type { TlsOptions } from '../../bridge/operations.ts';
import { nodeTls } from './node-tls.ts';

/** Key material and versions as text or bytes; nothing that names a file, engine or callback. */
const OF_CONTEXT = [
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
] as const;
/** What a script may set of a connection beside it. */
const OF_CONNECTION = ['session', 'ALPNProtocols', 'servername', 'requestOCSP'] as const;
/** A run's contexts that were made ready and are yet to be used. */
const CONTEXTS_MAX = 8;

function fromGuest(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(fromGuest);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromGuest(entry)]));
  }
  return value;
}

function allowed(given: TlsOptions, names: readonly string[]): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const name of names) if (given[name] !== undefined) options[name] = fromGuest(given[name]);
  return options;
}

/** By what a context is found: it holds nothing of the material, which may be large. */
function keyOf(given: TlsOptions): string {
  const parts = OF_CONTEXT.map((name) => given[name]);
  const text = JSON.stringify(parts, (_, part) =>
    ArrayBuffer.isView(part) ? { bytes: hash('sha256', part as Uint8Array) } : part,
  );
  return hash('sha256', text, 'base64');
}

/** A run's contexts: Node makes one before the connection, and so learns whether the material is of use, and speaks with that. */
export type TlsContexts = {
  /** Makes one ready. Throws what Node throws on key material that it cannot use. */
  prepare(given: TlsOptions): void;
  take(given: TlsOptions): SecureContext;
};

export function createTlsContexts(): TlsContexts {
  const ready = new Map<string, SecureContext>();
  const prepare = (given: TlsOptions): SecureContext => {
    const context = nodeTls().createSecureContext(allowed(given, OF_CONTEXT));
    if (ready.size < CONTEXTS_MAX) ready.set(keyOf(given), context);
    return context;
  };
  return {
    prepare,
    take(given) {
      const key = keyOf(given);
      const context = ready.get(key) ?? prepare(given);
      ready.delete(key);
      return context;
    },
  };
}

/** The options for speaking TLS on a carrier: what a script may set, and no callback of its own. */
export function toTlsOptions(socket: Duplex, given: TlsOptions, contexts: TlsContexts): ConnectionOptions {
  return {
    ...allowed(given, OF_CONNECTION),
    secureContext: contexts.take(given),
    socket,
    ...(typeof given.host === 'string' ? { host: given.host } : {}),
    rejectUnauthorized: given.rejectUnauthorized !== false,
    // The guest's own check runs there, before the guest hears that the connection is secure.
    ...(given.customIdentity === true ? { checkServerIdentity: () => undefined } : {}),
  };
}

/** Questions about TLS that are answered at once. */
export const TLS_QUESTIONS: readonly (readonly [name: string, find: (args: readonly unknown[]) => unknown])[] = [
  ['tlsCiphers', () => ({ names: nodeTls().getCiphers(), standard: nodeTls().DEFAULT_CIPHERS })],
  ['rootCertificates', () => [...nodeTls().rootCertificates]],
];
