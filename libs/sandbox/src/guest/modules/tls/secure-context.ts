/** TLS options that cross the boundary: texts, bytes and numbers, never functions. */
import { ask } from '../../bridge.ts';
import { alsoLeadsTo } from '../../integrity/inner-parts.ts';
import { NativeUint8Array } from '../../primordials.ts';
import { endWithRun } from '../../run/run-end.ts';
import { checkContextOptions } from './option-checks.ts';

const CONTEXT_OPTIONS = [
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
  'sessionTimeout',
  'allowPartialTrustChain',
] as const;
export const CONNECTION_OPTIONS = [
  'servername',
  'rejectUnauthorized',
  'session',
  'ALPNProtocols',
  'requestOCSP',
] as const;

export type Options = Readonly<Record<string, unknown>>;

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) {
    return new NativeUint8Array(new NativeUint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
  }
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
}

export function pick(options: Options, names: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of names) {
    const value = plain(options[name]);
    if (value !== undefined && value !== null) picked[name] = value;
  }
  return picked;
}

type Defaults = { ca?: unknown; ciphers?: unknown; minVersion?: unknown; maxVersion?: unknown };

/** What the run's script has set `tls.DEFAULT_…` to. */
export const changedDefaults: Defaults = {};

export function changeDefault(name: keyof Defaults, value: unknown): void {
  changedDefaults[name] = value;
  endWithRun(() => void delete changedDefaults[name]);
}

/** What Node's class of this name holds of OpenSSL; scripts that add an authority of their own do it there. */
class NativeContext {
  readonly #addAuthority: (certificate: unknown) => void;
  constructor(addAuthority: (certificate: unknown) => void) {
    this.#addAuthority = addAuthority;
  }
  addCACert(certificate: unknown): void {
    this.#addAuthority(certificate);
  }
  get _external(): object {
    if (!(#addAuthority in this)) throw new TypeError('Illegal invocation');
    return {};
  }
}
Object.defineProperty(NativeContext, 'name', { value: 'SecureContext' });

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** What `tls.createSecureContext` returns: the options, kept for the connection that will use them. */
export class SecureContext {
  readonly context = new NativeContext((certificate) => this.#addAuthority(certificate));
  readonly #options: Record<string, unknown>;
  constructor(options: Options = {}) {
    checkContextOptions(options);
    // Options may be inherited: tedious lays its own over the script's by `Object.create`.
    this.#options = { ...changedDefaults, ...pick(options, CONTEXT_OPTIONS) };
    // Node reads the material here and throws at once where it is of no use.
    if (Object.keys(this.#options).length > 0) ask('secureContext', this.#options);
  }
  /** To those that are trusted so far, be they given or Node's own. */
  #addAuthority(certificate: unknown): void {
    if (typeof certificate !== 'string' && !ArrayBuffer.isView(certificate)) return;
    this.#options.ca = [...listOf(this.#options.ca ?? ask('rootCertificates')), plain(certificate)];
  }
  static optionsOf(context: unknown): Record<string, unknown> | undefined {
    return typeof context === 'object' && context !== null && #options in context ? context.#options : undefined;
  }
}

alsoLeadsTo(SecureContext.prototype, () => [NativeContext]);

export const contextOptions = (options: Options): Record<string, unknown> =>
  SecureContext.optionsOf(options.secureContext) ?? pick(options, CONTEXT_OPTIONS);
