/** `net.Socket` over a connection that the host opens for the script. */
import type { SecureInfo, SessionFacts, SocketAddresses } from '../../../bridge/operations.ts';
import { uncaught } from '../../bridge.ts';
import { notAvailable } from '../../not-available.ts';
import { type Channel, type ChannelEvents, createChannel } from '../../socket-channel.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import { nodeError, validateFunction } from '../node-errors.ts';
import { Duplex, stream } from '../stream.ts';
import { timers } from '../timers.ts';
import { Attempts } from './attempts.ts';
import { type ConnectOptions, connectArguments, type Lookup } from './connect-arguments.ts';
import { isIP, isIPv6 } from './ip.ts';
import { createReadInto } from './on-read.ts';
import { lookUp } from './own-lookup.ts';
import { closedError, refuseWrite } from './refused-write.ts';
import { REUSE_KEY, reuseKeyOf, setWelcome, takeFirstWords } from './reuse-key.ts';
import { type SocketOptions, validateIdleTime, validateSocketOptions } from './socket-options.ts';

type Done = (error?: Error | null) => void;
type WriteChunk = { readonly chunk: unknown; readonly encoding: BufferEncoding };
/** Node emits `close` in a later phase of its loop: who waited for the error or the end goes first. */
const CLOSE_TURNS = 16;

const bytesOf = (chunk: unknown, encoding: BufferEncoding): Uint8Array =>
  typeof chunk === 'string' ? Buffer.from(chunk, encoding) : (chunk as Uint8Array);

type Buffering = { readonly _writableState: { getBuffer(): readonly WriteChunk[] } };

/** The channels behind sockets, for `tls`, which takes one over; nothing that a script can reach. */
const channels = new WeakMap<object, Channel>();
export const channelOf = (socket: object): Channel | undefined => channels.get(socket);

export class Socket extends Duplex {
  connecting = false;
  pending = true;
  bytesRead = 0;
  timeout = 0;
  remoteAddress: string | undefined;
  remotePort: number | undefined;
  remoteFamily: string | undefined;
  localAddress: string | undefined;
  localPort: number | undefined;
  #hasEnd = false;
  #paused = false;
  #noDelay: boolean | undefined;
  #keepAlive: { readonly enable: boolean; readonly delayMs: number } | undefined;
  #timer: unknown;
  #bytesSent = 0;
  /** By the script's own function, which has told. */
  #hasLookedUp = false;
  #attempts: Attempts | undefined;
  #sending: Uint8Array | undefined;
  readonly #readInto: ((chunk: Uint8Array) => boolean) | undefined;
  _host = '';

  constructor(options?: SocketOptions) {
    validateSocketOptions(options as Record<string, unknown> | undefined);
    super({
      allowHalfOpen: options?.allowHalfOpen === true,
      autoDestroy: true,
      emitClose: false,
      decodeStrings: false,
      ...(options?.highWaterMark === undefined ? {} : { highWaterMark: options.highWaterMark }),
    });
    this.#readInto = options?.onread && createReadInto(options.onread, this);
    // Not by the stream's own option: a signal that is aborted already would destroy what is not made yet.
    if (options?.signal) stream.addAbortSignal(options.signal, this as never);
    this.on('end', () => {
      if (!this.allowHalfOpen) this.write = refuseWrite as Socket['write'];
    });
  }

  /** Binds a new connection of the host to this socket. */
  protected _attach(more?: Partial<ChannelEvents>): Channel {
    const channel = createChannel({
      onConnect: (facts) => {
        if (facts.welcome !== undefined) setWelcome(this, facts.welcome);
        this._onConnect(facts);
      },
      onData: (bytes) => this._onData(bytes),
      onEnd: () => {
        this.#hasEnd = true;
        this.push(null);
        this.read(0);
      },
      onError: (error) => this._onError(error),
      // Not of an address that was tried before.
      onClose: (hadError) => channels.get(this) === channel && this._onClose(hadError),
      onSecure: (info) => this._onSecure(info),
      onSession: (facts) => this._onSession(facts),
      onTold: (event, bytes) => this._onTold(event, bytes),
      ...more,
    });
    channels.set(this, channel);
    this.connecting = true;
    return channel;
  }

  connect(...args: unknown[]): this {
    const { options, callback } = connectArguments(args);
    if (this.destroyed) this.#revive();
    if (callback) this.once('connect', callback);
    if (typeof options.path === 'string') {
      const error = notAvailable('Unix sockets are not available to scripts');
      nextTick(() => this.destroy(error));
      return this;
    }
    this.connecting = true;
    this._host = options.host;
    if (options.noDelay !== undefined) this.setNoDelay(options.noDelay);
    if (options.keepAlive !== undefined) this.setKeepAlive(options.keepAlive, options.keepAliveInitialDelay);
    if (options.timeout !== undefined) this.setTimeout(options.timeout);
    if (options.lookup && isIP(options.host) === 0) this.#openLookedUp(options, options.lookup);
    else {
      const words = takeFirstWords(this) ?? (options.given && takeFirstWords(options.given));
      this._attach().open(options.host, options.port, options.family, this.#reuseKey(options), words);
    }
    return this;
  }

  #reuseKey({ given, [REUSE_KEY]: key }: ConnectOptions): string | undefined {
    return key ?? reuseKeyOf(this) ?? (given && reuseKeyOf(given));
  }

  /** As in Node, a socket that is done may connect anew. */
  #revive(): void {
    (this as unknown as { _undestroy(): void })._undestroy();
    Reflect.deleteProperty(this, 'write');
    this.#hasEnd = false;
    this.#paused = false;
    this.#bytesSent = 0;
    this.bytesRead = 0;
    this.pending = true;
    this.#hasLookedUp = false;
  }

  #openLookedUp(options: ConnectOptions, lookup: Lookup): void {
    this.#hasLookedUp = true;
    let unused: Channel | undefined = this._attach();
    const open = (address: string): void => {
      const channel = unused ?? this._attach();
      unused = undefined;
      channel.open(address, options.port, 0);
    };
    const tell = (error: Error | null, address: unknown, kind: unknown): void => {
      if (this.connecting) this.emit('lookup', error, address, kind, options.host);
    };
    lookUp({ ...options, lookup }, tell, (error, addresses) => {
      if (!this.connecting) return;
      if (error) this.destroy(error);
      else this.#attempts = new Attempts(addresses, open);
    });
  }

  protected _onConnect(addresses: SocketAddresses): void {
    this._setAddresses(addresses);
    if (!this.#hasLookedUp && isIP(this._host) === 0) this.#tellLookup(addresses);
    this._ready();
    // What was written before goes out when the listeners that were there before it have been called.
    this.emit('connect');
    this.emit('ready');
    this.read(0);
  }

  #tellLookup({ remoteAddress, remoteFamily }: SocketAddresses): void {
    this.emit('lookup', null, remoteAddress, remoteFamily === 'IPv6' ? 6 : 4, this._host);
  }

  protected _setAddresses(addresses: SocketAddresses): void {
    this.remoteAddress = addresses.remoteAddress;
    this.remotePort = addresses.remotePort;
    this.remoteFamily = addresses.remoteFamily;
    this.localAddress = addresses.localAddress;
    this.localPort = addresses.localPort;
  }

  /** From here on writes go out. */
  protected _ready(): void {
    this.connecting = false;
    this.pending = false;
    this.#attempts = undefined;
    if (this.#noDelay !== undefined) this.setNoDelay(this.#noDelay);
    if (this.#keepAlive) this.setKeepAlive(this.#keepAlive.enable, this.#keepAlive.delayMs);
    this._touch();
  }

  protected _onError(error: Error & { syscall?: unknown; hostname?: string }): void {
    if (error.syscall === 'getaddrinfo') {
      error.hostname ??= this._host;
      if (this.connecting) this.emit('lookup', error, undefined, undefined, this._host);
    }
    const failure = this.#attempts === undefined ? error : this.#attempts.failed(error);
    if (failure !== undefined) this.destroy(failure);
  }

  protected _onSecure(_info: SecureInfo): void {}
  protected _onTold(_event: string, _bytes: Uint8Array | null): void {}

  protected _onSession({ session }: SessionFacts): void {
    this.emit('session', Buffer.from(session));
  }

  protected _onData(bytes: Uint8Array): void {
    this.bytesRead += bytes.byteLength;
    this._touch();
    const chunk = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
    if (this.#readInto ? this.#readInto(chunk) : this.push(chunk)) return;
    this.#paused = true;
    channelOf(this)?.pause();
  }

  protected _onClose(_hadError: boolean): void {
    channels.delete(this);
    if (this.destroyed) return;
    // What was read before the end is still the script's to take.
    if (this.#hasEnd && !this.readableEnded) this.once('end', () => this.destroy());
    else this.destroy();
  }

  override _read(): void {
    if (!this.#paused) return;
    this.#paused = false;
    channelOf(this)?.resume();
  }

  /** Runs `start` once the connection is there; `onClosed` when the socket is closed before. */
  #whenOpen(start: () => void, onClosed: () => void): void {
    const begin = (): void => {
      this.removeListener('close', onClosed);
      start();
    };
    this.once('close', onClosed);
    this._onceOpen(begin);
  }

  /** A socket of TLS is open when it is secure, later than its `connect`. */
  protected _onceOpen(begin: () => void): void {
    this.once('connect', begin);
  }

  protected _whyNotSent(): Error {
    return nodeError(
      Error,
      'ERR_SOCKET_CLOSED_BEFORE_CONNECTION',
      'Socket closed before the connection was established',
    );
  }

  #send(bytes: Uint8Array, done: Done): void {
    if (this.connecting) {
      this.#sending = bytes;
      this.#whenOpen(
        () => this.#send(bytes, done),
        () => done(this._whyNotSent()),
      );
      return;
    }
    const channel = channelOf(this);
    if (channel === undefined) {
      done(closedError());
      return;
    }
    this.#bytesSent += bytes.byteLength;
    this.#sending = undefined;
    this._touch();
    channel.write(bytes, () => done());
  }

  /** What was written, be it under way or still to go. */
  get bytesWritten(): number {
    const waiting = (this as unknown as Buffering)._writableState.getBuffer();
    const sum = this.#bytesSent + (this.#sending?.byteLength ?? 0);
    return waiting.reduce((total, { chunk, encoding }) => total + bytesOf(chunk, encoding).byteLength, sum);
  }

  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    this.#send(bytesOf(chunk, encoding), done);
  }

  override _writev(chunks: WriteChunk[], done: Done): void {
    this.#send(Buffer.concat(chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding))), done);
  }

  override _final(done: Done): void {
    if (this.connecting) {
      this.#whenOpen(
        () => this._final(done),
        () => undefined,
      );
      return;
    }
    channelOf(this)?.end();
    // The end is said to the network, which takes a turn of Node's loop.
    nextTick(done as () => void);
  }

  override _destroy(error: Error | null, done: Done): void {
    timers.clearTimeout(this.#timer);
    this.connecting = false;
    channelOf(this)?.destroy();
    channels.delete(this);
    done(error);
    void this.#emitClose(error !== null);
  }

  async #emitClose(hadError: boolean): Promise<void> {
    for (let turn = 0; turn < CLOSE_TURNS; turn++) await undefined;
    try {
      this.emit('close', hadError);
    } catch (error) {
      uncaught(error);
    }
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** A reset cannot be asked of the host: the connection is closed. */
  resetAndDestroy(): this {
    if (channelOf(this) === undefined) return this.destroy(nodeError(Error, 'ERR_SOCKET_CLOSED', 'Socket is closed'));
    if (this.connecting) this.once('connect', () => this.destroy());
    else this.destroy();
    return this;
  }

  setNoDelay(enable = true): this {
    this.#noDelay = enable;
    if (!this.connecting) channelOf(this)?.option('noDelay', enable, 0);
    return this;
  }

  setKeepAlive(enable = false, delayMs = 0): this {
    this.#keepAlive = { enable, delayMs };
    if (!this.connecting) channelOf(this)?.option('keepAlive', enable, delayMs);
    return this;
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (this.destroyed) return this;
    validateIdleTime(timeoutMs);
    if (callback !== undefined) validateFunction(callback, 'callback');
    this.timeout = timeoutMs;
    if (callback && timeoutMs === 0) this.removeListener('timeout', callback);
    else if (callback) this.once('timeout', callback);
    this._touch();
    return this;
  }

  /** Counts the idle time from now. */
  protected _touch(): void {
    timers.clearTimeout(this.#timer);
    this.#timer = this.timeout > 0 ? timers.setTimeout(() => this.emit('timeout'), this.timeout) : undefined;
  }

  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  address(): object {
    if (this.localAddress === undefined) return {};
    return { address: this.localAddress, family: this.localFamily, port: this.localPort };
  }

  get localFamily(): string | undefined {
    if (this.localAddress === undefined) return undefined;
    return isIPv6(this.localAddress) ? 'IPv6' : 'IPv4';
  }

  /** Older code asks whether there is one. */
  get _handle(): object | null {
    return channelOf(this) === undefined ? null : {};
  }

  get bufferSize(): number | undefined {
    return channelOf(this) === undefined ? undefined : this.writableLength;
  }

  get readyState(): string {
    if (this.connecting) return 'opening';
    if (this.readable && this.writable) return 'open';
    if (this.readable) return 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  get _connecting(): boolean {
    return this.connecting;
  }
}

export type { ConnectOptions };
