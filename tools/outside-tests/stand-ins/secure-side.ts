/** What servers of TLS have beside those of `net`, for test files in the sandbox: the TLS itself is spoken by the harness. */
import assert from 'node:assert';
import { X509Certificate } from 'node:crypto';
import tls, { type SecureContext } from 'node:tls';
import type { ClientFacts } from '../server-relay.ts';

type Fields = Readonly<Record<string, unknown>>;
type Certificate = Record<string, unknown>;

/** Contexts that a file makes, and of what: they are made again where the server is. */
const contexts = new WeakMap<object, object>();
export const contextOf = (value: object): object | undefined => contexts.get(value);

/** Remembers of what a file makes its contexts. */
export const rememberContexts = (): void => {
  const make = tls.createSecureContext;
  const remember = (options?: object): SecureContext => {
    const context = make(options);
    contexts.set(context, { ...options });
    return context;
  };
  Object.assign(tls, { createSecureContext: remember });
};

const bare = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
    ? Object.assign(Object.create(null) as object, value)
    : value;

/** As Node shows a certificate: objects without a prototype, each with the one that issued it. */
const certificateOf = (chain: readonly Fields[], detailed: boolean): Certificate => {
  const certificates = chain.map((fields): Certificate => {
    const shown = Object.entries(fields).map(([name, value]) => [name, bare(value)]);
    return Object.assign(Object.create(null) as Certificate, Object.fromEntries(shown));
  });
  if (detailed) for (const [i, one] of certificates.entries()) one.issuerCertificate = certificates[i + 1] ?? one;
  return certificates[0] ?? {};
};

/** What the harness tells of a connection; before it is told, nothing. */
export type SecureFacts = NonNullable<ClientFacts['tls']>;
type Call = (name: string, args: readonly unknown[]) => void;

/** A server's end of a connection: what is read and written is plain, and comes over the harness. */
export class ServerSocket extends tls.TLSSocket {
  #facts: Record<string, unknown> = {};
  #call: Call = () => undefined;

  constructor(options?: object) {
    super(undefined as never, options);
  }
  /** `call` does something to the connection that the harness has. */
  tell(facts: SecureFacts, call: Call): this {
    const { servername, authorized, authorizationError, alpnProtocol } = facts;
    this.#facts = facts;
    this.#call = call;
    return Object.assign(this, { servername, authorized, authorizationError, alpnProtocol });
  }
  override getPeerCertificate(detailed = false): never {
    return certificateOf((this.#facts.peerCertificates ?? []) as Fields[], detailed) as never;
  }
  override getCertificate(): object {
    return certificateOf(this.#facts.ownCertificate ? [this.#facts.ownCertificate as Fields] : [], false);
  }
  override getX509Certificate(): X509Certificate | undefined {
    const [raw] = this.#facts.ownChain as Buffer[];
    return raw && new X509Certificate(raw);
  }
  override getPeerX509Certificate(): X509Certificate | undefined {
    const [first] = this.#facts.peerCertificates as Fields[];
    return first && new X509Certificate(first.raw as Buffer);
  }
  override getProtocol(): string | null {
    return this.#facts.protocol as string | null;
  }
  override getCipher(): never {
    return this.#facts.cipher as never;
  }
  override getFinished(): never {
    return this.#facts.finished as never;
  }
  override getPeerFinished(): never {
    return this.#facts.peerFinished as never;
  }
  override getSession(): never {
    return this.#facts.session as never;
  }
  override getTLSTicket(): never {
    return this.#facts.ticket as never;
  }
  override getEphemeralKeyInfo(): never {
    return this.#facts.ephemeralKey as never;
  }
  override getSharedSigalgs(): string[] {
    return this.#facts.sharedSigalgs as string[];
  }
  override isSessionReused(): boolean {
    return this.#facts.sessionReused === true;
  }
  override renegotiate(): false {
    return false;
  }
  override disableRenegotiation(): void {
    this.#call('disableRenegotiation', []);
  }
  override setMaxSendFragment(bytes: number): boolean {
    const isTaken = super.setMaxSendFragment(bytes);
    if (isTaken) this.#call('setMaxSendFragment', [bytes]);
    return isTaken;
  }
  override destroy(error?: Error): this {
    // One that never became secure is only there.
    if (this.#facts.protocol === undefined) this.#call('destroy', []);
    return super.destroy(error);
  }
}

const TICKET_KEYS_BYTES = 48;

export const assertTicketKeys = (keys: unknown): Buffer => {
  if (!ArrayBuffer.isView(keys)) {
    const message = 'The "buffer" argument must be an instance of Buffer, TypedArray, or DataView.';
    throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  assert(keys.byteLength === TICKET_KEYS_BYTES, 'Session ticket keys must be a 48-byte buffer');
  return Buffer.from(keys.buffer as ArrayBuffer, keys.byteOffset, keys.byteLength);
};

/** Node refuses what is neither options nor a listener. */
export const assertServerOptions = (options: unknown): void => {
  if (options === undefined || typeof options === 'function' || (typeof options === 'object' && options !== null))
    return;
  const message = `The "options" argument must be of type object. Received type ${typeof options} ('${String(options)}')`;
  throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
};
