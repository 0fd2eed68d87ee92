/**
 * `tls.TLSSocket`: the host speaks TLS, on the connection of a `net.Socket`, which this socket takes over, or through a
 * stream of the isolate.
 */

import type { Duplex } from 'node:stream';
import type { SecureInfo, SessionFacts, Unauthorized, WireCertificate } from '../../../bridge/operations.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import { type X509Certificate, x509Chain } from '../crypto/x509-certificate.ts';

import { isIP } from '../net/ip.ts';
import { setWelcome, welcomeOf } from '../net/reuse-key.ts';
import { channelOf, Socket } from '../net/socket.ts';
import type { SocketOptions } from '../net/socket-options.ts';
import {
  invalidArgType,
  outOfRange,
  validateFunction,
  validateNumber,
  validateObject,
  validateString,
} from '../node-errors.ts';
import { certificateOf } from './certificate.ts';
import { canceled, disconnected, protocolError, unsupported, wrongVersion } from './connection-errors.ts';
import { CONNECTION_OPTIONS, contextOptions, type Options, pick } from './secure-context.ts';
import { checkServerIdentity } from './server-identity.ts';
import { createTunnel } from './tunnel.ts';
import { tellOfUnheededSetting } from './unheeded-setting.ts';

type Done = (error?: Error | null) => void;
type IdentityCheck = (hostname: string, certificate: Record<string, unknown>) => Error | undefined;

const FRAGMENT_MIN_BYTES = 512;
const FRAGMENT_MAX_BYTES = 16 * 1024;
const INT32_MAX = 2 ** 31 - 1;

const bufferOf = (bytes: Uint8Array | null | undefined): Buffer | undefined => (bytes ? Buffer.from(bytes) : undefined);

/** The name that the certificate must be for: Node takes no address from the socket that was handed in. */
function hostnameOf(options: Options, carrier: object): string {
  const known = carrier instanceof Socket && isIP(carrier._host) === 0 ? carrier._host : '';
  return String(options.servername || options.host || known || 'localhost');
}

function customCheckOf({ checkServerIdentity: custom }: Options): IdentityCheck | undefined {
  return typeof custom === 'function' && custom !== checkServerIdentity ? (custom as IdentityCheck) : undefined;
}

/** Whether the script asks itself whom a certificate is for. */
export const hasOwnCheck = (options: Options): boolean => customCheckOf(options) !== undefined;

function socketOptions(carrier: object | undefined, options: Options): SocketOptions {
  const { signal, highWaterMark, onread } = options as SocketOptions;
  const { allowHalfOpen } = carrier === undefined ? options : (carrier as Duplex);
  return { allowHalfOpen: allowHalfOpen === true, signal, highWaterMark, onread };
}

/** Node says that a write is done when its bytes are encrypted, which takes a turn. */
const later =
  (done: Done): Done =>
  (error) =>
    nextTick(done as (error: unknown) => void, error);

/** Whom Node says a connection was for that ended before it was secure. */
const peerOf = ({ path, host, port, localAddress }: Options): object => ({ path, host, port, localAddress });

export class TLSSocket extends Socket {
  readonly encrypted = true;
  authorized = false;
  authorizationError: unknown = null;
  alpnProtocol: string | false | null = null;
  secureConnecting = true;
  servername: unknown = null;
  #info: SecureInfo | undefined;
  #session: Uint8Array | null = null;
  #ticket: Uint8Array | null = null;
  #identityCheck: IdentityCheck | undefined;
  #refused: readonly WireCertificate[] = [];
  #hostname = '';
  #peer: object = {};
  #rejectUnauthorized = true;
  #onceSecure: (() => void)[] = [];
  /** Speaks to the host for the first time; undefined when that is done. */
  #begin: (() => void) | undefined;
  #isCarried = false;

  constructor(given?: object | null, options: Options = {}) {
    const carrier = given ?? undefined;
    if (carrier !== undefined && typeof (carrier as Partial<Duplex>).write !== 'function') {
      throw invalidArgType('socket', 'an instance of Duplex', carrier);
    }
    super(socketOptions(carrier, options));
    if (carrier === undefined) return;
    this.#peer = peerOf(options);
    this.#identityCheck = customCheckOf(options);
    this.#rejectUnauthorized = options.rejectUnauthorized !== false;
    this.#hostname = hostnameOf(options, carrier);
    this._host = this.#hostname;
    if (options.servername) this.servername = options.servername;
    const tlsOptions = {
      ...contextOptions(options),
      ...pick(options, CONNECTION_OPTIONS),
      host: this.#hostname,
      customIdentity: this.#identityCheck !== undefined,
    };
    this.on('newListener', (name: unknown) => {
      if (name === 'keylog') this.#wantKeys();
    });
    if (carrier instanceof Socket) this.#takeOver(carrier, tlsOptions);
    else this.#tunnelThrough(carrier as Duplex, tlsOptions);
  }

  #takeOver(parent: Socket, options: Options): void {
    const channel = this._attach({ onUnauthorized: (facts) => this._onUnauthorized(facts) });
    const start = (): void => {
      // What was given up before its carrier was there is not begun.
      if (this.destroyed) return;
      const parentChannel = channelOf(parent);
      this.#takeAddresses(parent);
      const welcome = welcomeOf(parent);
      if (welcome !== undefined) setWelcome(this, welcome);
      this.#isCarried = true;
      if (parentChannel === undefined) this.destroy(new Error('The socket is closed'));
      else channel.secure(parentChannel, options);
      if (this.listenerCount('keylog') > 0) this.#wantKeys();
    };
    // One that was never asked to connect may still be.
    if (parent.connecting || (parent.pending && !parent.destroyed)) parent.once('connect', start);
    else start();
    this.#shareTheEnd(parent);
  }

  #tunnelThrough(transport: Duplex, options: Options): void {
    const tunnel = createTunnel(transport, () => {
      this._start();
      return channel;
    });
    const channel = this._attach({ ...tunnel, onUnauthorized: (facts) => this._onUnauthorized(facts) });
    this.#begin = () => channel.secure(undefined, options);
    this.#isCarried = true;
    this.#shareTheEnd(transport);
  }

  /** A stream of the script is spoken through from `tls.connect` on, or from the first bytes of either side. */
  _start(): void {
    this.#begin?.();
    this.#begin = undefined;
  }

  #wantKeys(): void {
    channelOf(this)?.option('keylog', true, 0);
  }

  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    this._start();
    super._write(chunk, encoding, later(done));
  }
  override _writev(chunks: Parameters<Socket['_writev']>[0], done: Done): void {
    this._start();
    super._writev(chunks, later(done));
  }

  /** A write that waits for the handshake is lost with it. */
  protected override _whyNotSent(): Error {
    return this.#isCarried ? canceled() : super._whyNotSent();
  }

  #shareTheEnd(carrier: Duplex): void {
    this.once('close', () => carrier.destroy());
    // An error of the carrier is told, and its close ends this socket, too.
    carrier.once('error', (error: Error) => {
      if (!this.destroyed) this.emit('error', error);
    });
    carrier.once('close', () => {
      const hasEnded = (carrier as unknown as { _readableState: { ended: boolean } })._readableState.ended;
      // Cut before the host could speak on it.
      if (hasEnded && carrier instanceof Socket && this.secureConnecting) this._onError(disconnected());
      // What came before its end is still under way through the host.
      else if (carrier.readableEnded && !(carrier instanceof Socket)) this.#destroyAfterEnd();
      else this.destroy();
    });
  }

  #destroyAfterEnd(): void {
    if (this.readableEnded) this.destroy();
    else this.once('end', () => this.destroy());
  }

  #takeAddresses({ remoteAddress, remotePort, remoteFamily, localAddress, localPort }: Socket): void {
    Object.assign(this, { remoteAddress, remotePort, remoteFamily, localAddress, localPort });
  }

  /** Node asks nobody where the chain is not trusted or a session is taken up again. */
  #identityFailure(info: SecureInfo): Error | undefined {
    if (!info.authorized || info.sessionReused) return undefined;
    return this.#identityCheck?.(this.#hostname, certificateOf(info.peerCertificates, true));
  }

  protected override _onSecure(info: SecureInfo): void {
    this.#info = info;
    this.#session = info.session;
    this.alpnProtocol = info.alpnProtocol;
    this.secureConnecting = false;
    const failure = this.#identityFailure(info);
    this.authorized = info.authorized && !failure;
    const reason = failure ? ((failure as { code?: unknown }).code ?? failure.message) : info.authorizationError;
    if (reason !== null) this.authorizationError = reason;
    if (failure && this.#rejectUnauthorized) {
      this.destroy(failure);
      return;
    }
    this._ready();
    for (const begin of this.#onceSecure.splice(0)) begin();
    this.emit('secure');
    this.emit('secureConnect');
    this.read(0);
  }

  protected override _onceOpen(begin: () => void): void {
    this.#onceSecure.push(begin);
  }

  /** The host refused the peer's certificate; the error follows. */
  protected _onUnauthorized({ reason, peerCertificates }: Unauthorized): void {
    this.authorizationError = reason;
    this.#refused = peerCertificates;
    tellOfUnheededSetting();
  }

  protected override _onError(error: Error): void {
    const { code } = error as { code?: unknown };
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') Object.assign(error, { cert: certificateOf(this.#refused, true) });
    if (error.message.startsWith('Client network socket disconnected')) Object.assign(error, this.#peer);
    super._onError(this.#isMetInWrite(code) ? protocolError(error) : error);
  }

  /** Node meets what OpenSSL says of a handshake that has begun in the write that waits for it. */
  #isMetInWrite(code: unknown): boolean {
    if (!this.secureConnecting || this.writableLength === 0 || code === 'ERR_SSL_NO_PROTOCOLS_AVAILABLE') return false;
    return String(code).startsWith('ERR_SSL_');
  }

  protected override _onTold(event: 'keylog' | 'OCSPResponse', bytes: Uint8Array | null): void {
    this.emit(event, bytes && Buffer.from(bytes));
  }

  protected override _onSession(facts: SessionFacts): void {
    this.#session = facts.session;
    this.#ticket = facts.ticket;
    super._onSession(facts);
  }

  /** What Node asks of the connection, which is gone once the socket is destroyed. */
  #fact<T>(read: (info: SecureInfo) => T, before: T): T | null {
    if (this.destroyed) return null;
    return this.#info === undefined ? before : read(this.#info);
  }

  getPeerCertificate(detailed = false): Record<string, unknown> | null {
    return this.#fact(({ peerCertificates }) => certificateOf(peerCertificates, detailed), {});
  }
  getCertificate(): object | null {
    return this.#fact(({ ownCertificate }) => certificateOf(ownCertificate ? [ownCertificate] : [], false), {});
  }
  getCipher(): unknown {
    return this.#fact(({ cipher }) => cipher, undefined);
  }
  getProtocol(): string | null {
    return this.#fact(({ protocol }) => protocol, null);
  }
  getEphemeralKeyInfo(): object | null {
    return this.#fact(({ ephemeralKey }) => ephemeralKey, {});
  }
  isSessionReused(): boolean | null {
    return this.#fact(({ sessionReused }) => sessionReused, false);
  }
  getSession(): Buffer | null | undefined {
    return this.#fact(() => bufferOf(this.#session), undefined);
  }
  getTLSTicket(): Buffer | null | undefined {
    return this.#fact(({ ticket }) => bufferOf(this.#ticket ?? ticket), undefined);
  }
  getFinished(): Buffer | null | undefined {
    return this.#fact(({ finished }) => bufferOf(finished), undefined);
  }
  getPeerFinished(): Buffer | null | undefined {
    return this.#fact(({ peerFinished }) => bufferOf(peerFinished), undefined);
  }
  getSharedSigalgs(): string[] | null {
    return this.#fact(() => [], []);
  }
  setMaxSendFragment(bytes: number): boolean {
    validateNumber(bytes, 'size');
    if (!Number.isInteger(bytes)) throw outOfRange('size', 'an integer', bytes);
    if (bytes > INT32_MAX || bytes < -INT32_MAX - 1) throw outOfRange('size', '>= -2147483648 && <= 2147483647', bytes);
    if (!(bytes >= FRAGMENT_MIN_BYTES && bytes <= FRAGMENT_MAX_BYTES)) return false;
    channelOf(this)?.option('maxSendFragment', true, bytes);
    return true;
  }
  setServername(name: string): void {
    validateString(name, 'name');
    this.servername = name;
  }
  enableTrace(): void {}
  disableRenegotiation(): void {}
  renegotiate(options: unknown, callback?: unknown): boolean | undefined {
    validateObject(options, 'options');
    if (callback !== undefined) validateFunction(callback, 'callback');
    if (this.destroyed) return undefined;
    if (this.getProtocol() !== 'TLSv1.3') throw unsupported('renegotiate');
    if (callback !== undefined) nextTick(callback as (error: unknown) => void, wrongVersion());
    return false;
  }
  exportKeyingMaterial(): never {
    throw unsupported('exportKeyingMaterial');
  }
  setKeyCert(): never {
    throw unsupported('setKeyCert');
  }
  getX509Certificate(): X509Certificate | undefined {
    return (
      this.#fact(({ ownCertificate }) => x509Chain(ownCertificate ? [ownCertificate] : []), undefined) ?? undefined
    );
  }
  getPeerX509Certificate(): X509Certificate | undefined {
    const sent = ({ peerCertificates, certificatesSent }: SecureInfo) => peerCertificates.slice(0, certificatesSent);
    return this.#fact((info) => x509Chain(sent(info)), undefined) ?? undefined;
  }
}
