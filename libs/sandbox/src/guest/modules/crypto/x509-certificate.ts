/** `X509Certificate`: what its bytes say is read in the host once, what it is asked goes there with the bytes. */
import { Buffer } from '../buffer.ts';
import { invalidArgType, invalidArgValue, validateString } from '../node-errors.ts';
import { core } from '../registry.ts';
import { certificateOf } from '../tls/certificate.ts';
import { KeyObject, keyFromWire } from './keys.ts';
import { callNative, type WireKey } from './native.ts';

type Fields = Readonly<Record<string, unknown>> & { readonly raw: Uint8Array; readonly pem: string };
type InspectOptions = { readonly depth?: number | null };

/** As Node shows them, in its order. */
const SHOWN = [
  ...['subject', 'subjectAltName', 'issuer', 'infoAccess', 'validFrom', 'validTo', 'validFromDate', 'validToDate'],
  ...['fingerprint', 'fingerprint256', 'fingerprint512', 'keyUsage', 'serialNumber', 'signatureAlgorithm'],
  ...['signatureAlgorithmOid'],
];
const PLAIN_FIELDS = [...SHOWN.filter((name) => !name.endsWith('Date')), 'ca'];

function assertKey(key: unknown, type: string): void {
  if (!(key instanceof KeyObject)) throw invalidArgType('pkey', 'an instance of KeyObject', key);
  if (key.type !== type) throw invalidArgValue('pkey', key);
}

const issuers = new WeakMap<object, X509Certificate>();

export class X509Certificate {
  readonly #fields: Fields;
  #publicKey: KeyObject | undefined;
  readonly #raw: Buffer;

  constructor(buffer: unknown) {
    if (typeof buffer !== 'string' && !ArrayBuffer.isView(buffer)) {
      throw invalidArgType('buffer', 'of type string or an instance of Buffer, TypedArray, or DataView', buffer);
    }
    this.#fields = callNative('readCertificate', buffer) as Fields;
    this.#raw = Buffer.from(this.#fields.raw);
  }
  static field(certificate: X509Certificate, name: string): unknown {
    return certificate.#fields[name];
  }
  #ask(question: string, ...args: unknown[]): unknown {
    return callNative('askCertificate', this.#fields.raw, question, ...args);
  }
  /** Only connections know it. */
  get issuerCertificate(): X509Certificate | undefined {
    return issuers.get(this);
  }
  get validFromDate(): Date {
    return new Date(this.#fields.validFromMs as number);
  }
  get validToDate(): Date {
    return new Date(this.#fields.validToMs as number);
  }
  get raw(): Buffer {
    return this.#raw;
  }
  get publicKey(): KeyObject {
    this.#publicKey ??= keyFromWire(this.#ask('publicKey') as WireKey);
    return this.#publicKey;
  }
  checkHost(name: unknown, options?: unknown): unknown {
    validateString(name, 'name');
    return this.#ask('checkHost', name, options);
  }
  checkEmail(email: unknown, options?: unknown): unknown {
    validateString(email, 'email');
    return this.#ask('checkEmail', email, options);
  }
  checkIP(ip: unknown, options?: unknown): unknown {
    validateString(ip, 'ip');
    return this.#ask('checkIP', ip, options);
  }
  checkIssued(other: unknown): unknown {
    if (!(other instanceof X509Certificate)) throw invalidArgType('otherCert', 'an instance of X509Certificate', other);
    return this.#ask('checkIssued', other.#fields.raw);
  }
  checkPrivateKey(key: unknown): unknown {
    assertKey(key, 'private');
    return this.#ask('checkPrivateKey', key);
  }
  verify(key: unknown): unknown {
    assertKey(key, 'public');
    return this.#ask('verify', key);
  }
  toLegacyObject(): Record<string, unknown> {
    return certificateOf([this.#ask('toLegacyObject') as Record<string, unknown>], false);
  }
  toString(): string {
    return this.#fields.pem;
  }
  toJSON(): string {
    return this.toString();
  }
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: InspectOptions): unknown {
    if (depth < 0) return this;
    const own = this as unknown as Record<string, unknown>;
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    const fields = Object.fromEntries(SHOWN.map((name) => [name, own[name]]));
    return `X509Certificate ${core.util.inspect(fields, inner)}`;
  }
}

/** Kept here and taken off the class, which scripts can reach. */
const { field } = X509Certificate;
Reflect.deleteProperty(X509Certificate, 'field');

for (const name of PLAIN_FIELDS) {
  Object.defineProperty(X509Certificate.prototype, name, {
    get(this: X509Certificate) {
      return field(this, name);
    },
    enumerable: false,
    configurable: true,
  });
}

/** The first certificate of a connection; those that issued it hang on it, but none on itself. */
export function x509Chain(chain: readonly Readonly<Record<string, unknown>>[]): X509Certificate | undefined {
  const certificates = chain.map(({ raw }) => new X509Certificate(raw));
  certificates.forEach((certificate, index) => {
    const issuer = certificates[index + 1];
    if (issuer !== undefined) issuers.set(certificate, issuer);
  });
  return certificates[0];
}
