/** `tls.getCACertificates` and `tls.setDefaultCACertificates`: whom a connection trusts that names no authority. */
import { ask } from '../../bridge.ts';
import { Buffer } from '../buffer.ts';
import { invalidArgType, invalidArgValue, nodeError, validateString } from '../node-errors.ts';
import { core } from '../registry.ts';
import { changeDefault, changedDefaults } from './secure-context.ts';

const NONE: readonly string[] = Object.freeze([]);
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

let roots: readonly string[] | undefined;
export const rootCertificates = (): readonly string[] => {
  roots ??= Object.freeze(ask('rootCertificates') as string[]);
  return roots;
};

/** Scripts trust what Node brings, or what they have set; there is no system and no command line to add to it. */
export function getCACertificates(type: unknown = 'default'): readonly string[] {
  validateString(type, 'type');
  if (type === 'default') return (changedDefaults.ca as readonly string[] | undefined) ?? rootCertificates();
  if (type === 'bundled') return rootCertificates();
  if (type === 'system' || type === 'extra') return NONE;
  throw invalidArgValue('type', type);
}

function textOf(certificate: unknown, index: number): string {
  if (typeof certificate === 'string') return certificate;
  if (!ArrayBuffer.isView(certificate)) {
    throw invalidArgType(`certs[${index}]`, 'of type string or an instance of ArrayBufferView', certificate);
  }
  const { buffer, byteOffset, byteLength } = certificate;
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('latin1');
}

function assertReadable(certificate: string): void {
  try {
    new core.crypto.X509Certificate(certificate);
  } catch {
    // OpenSSL's words for a list; a certificate by itself is refused in others.
    const fields = { library: 'PEM routines', reason: 'ASN1 lib', code: 'ERR_OSSL_PEM_ASN1_LIB' };
    throw Object.assign(new Error('error:0488000D:PEM routines::ASN1 lib'), fields);
  }
}

/** For the rest of the run; the next one begins with Node's own again. */
export function setDefaultCACertificates(certs: unknown): void {
  if (!Array.isArray(certs)) throw invalidArgType('certs', 'an instance of Array', certs);
  const texts = certs.map(textOf);
  const found = [...new Set(texts.flatMap((text) => text.match(CERTIFICATE) ?? []))];
  if (texts.length > 0 && found.length === 0) {
    throw nodeError(Error, 'ERR_CRYPTO_OPERATION_FAILED', 'No valid certificates found in the provided array');
  }
  found.forEach(assertReadable);
  changeDefault('ca', Object.freeze(found.map((text) => `${text}\n`)));
}
