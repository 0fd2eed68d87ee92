/** TLS options as the guest names them, and what it is told after the handshake. */
import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { SecureInfo, TlsOptions } from '../../bridge/operations.ts';

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
  'session',
  'ALPNProtocols',
  'servername',
] as const;

function fromGuest(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(fromGuest);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromGuest(entry)]));
  }
  return value;
}

export function toTlsOptions(socket: Socket, given: TlsOptions): ConnectionOptions {
  const options: Record<string, unknown> = {};
  for (const name of ALLOWED) if (given[name] !== undefined) options[name] = fromGuest(given[name]);
  return {
    ...options,
    socket,
    ...(typeof given.host === 'string' ? { host: given.host } : {}),
    rejectUnauthorized: given.rejectUnauthorized !== false,
    // The guest's own check runs there, before the guest hears that the connection is secure.
    ...(given.customIdentity === true ? { checkServerIdentity: () => undefined } : {}),
  };
}

const CERTIFICATE_FIELDS = [
  'subject',
  'issuer',
  'subjectaltname',
  'infoAccess',
  'ca',
  'bits',
  'valid_from',
  'valid_to',
  'fingerprint',
  'fingerprint256',
  'fingerprint512',
  'serialNumber',
] as const;

function certificateOf(socket: TLSSocket): Record<string, unknown> {
  const certificate = socket.getPeerCertificate(false) as unknown as Record<string, unknown>;
  const fields = CERTIFICATE_FIELDS.map((field) => [field, certificate[field]] as const);
  const plain = JSON.parse(JSON.stringify(Object.fromEntries(fields))) as Record<string, unknown>;
  const { raw, pubkey } = certificate;
  if (raw instanceof Buffer) plain.raw = new Uint8Array(raw);
  if (pubkey instanceof Buffer) plain.pubkey = new Uint8Array(pubkey);
  return plain;
}

export function secureInfoOf(socket: TLSSocket): SecureInfo {
  return {
    authorized: socket.authorized,
    authorizationError: socket.authorizationError ? String(socket.authorizationError) : null,
    alpnProtocol: socket.alpnProtocol,
    protocol: socket.getProtocol(),
    cipher: { ...socket.getCipher() },
    peerCertificate: certificateOf(socket),
    sessionReused: socket.isSessionReused(),
  };
}
