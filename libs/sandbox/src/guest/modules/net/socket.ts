/** `net.Socket` over a connection that the host opens for the script. */
import type { SecureInfo, SocketAddresses } from '../../../bridge/operations.ts';
import { uncaught } from '../../bridge.ts';
import { type Channel, type ChannelEvents, createChannel } from '../../socket-channel.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import { Duplex } from '../stream.ts';
import { timers } from '../timers.ts';
import { type ConnectOptions, connectArguments } from './connect-arguments.ts';
import { isIPv6 } from './ip.ts';

type Done = (error?: Error | null) => void;
type WriteChunk = { readonly chunk: unknown; readonly encoding: BufferEncoding };
export type SocketOptions = {
  readonly allowHalfOpen?: boolean;
  readonly readable?: boolean;
  readonly writable?: boolean;
};

/** Node emits `close` in a later phase of its loop: who waited for the error or the end goes first. */
const CLOSE_TURNS = 16;

const bytesOf = (chunk: unknown, encoding: BufferEncoding): Uint8Array =>
  typeof chunk === 'string' ? Buffer.from(chunk, encoding) : (chunk as Uint8Array);

function closedError(): Error {
  return Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' });
}

/** The channels behind sockets, for `tls`, which takes one over; nothing that a script can reach. */
const channels = new WeakMap<object, Channel>();
export const channelOf = (socket: object): Channel | undefined => channels.get(socket);

export class Socket extends Duplex {
  connecting = false;
  pending = true;
  bytesRead = 0;
  bytesWritten = 0;
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
  #whenConnected: (() => void)[] = [];
  _host = '';

  constructor(options?: SocketOptions) {
    super({
      allowHalfOpen: options?.allowHalfOpen === true,
      autoDestroy: true,
      emitClose: false,
      decodeStrings: false,
    });
    this.on('end', () => {
      if (!this.allowHalfOpen) this.write = refuseWrite as typeof this.write;
    });
  }

  /** Binds a new connection of the host to this socket. */
  protected _attach(more?: Partial<ChannelEvents>): Channel {
    const channel = createChannel({
      onConnect: (addresses) => this._onConnect(addresses),
      onData: (bytes) => this._onData(bytes),
      onEnd: () => {
        this.#hasEnd = true;
        this.push(null);
        this.read(0);
      },
      onError: (error) => this._onError(error),
      onClose: (hadError) => this._onClose(hadError),
      onSecure: (info) => this._onSecure(info),
      onSession: (session) => this._onSession(session),
      ...more,
    });
    channels.set(this, channel);
    this.connecting = true;
    return channel;
  }

  connect(...args: unknown[]): this {
    const { options, callback } = connectArguments(args);
    if (callback) this.once('connect', callback);
    if (options.path !== undefined) {
      const error = new Error('Unix sockets are not available to scripts');
      nextTick(() => this.destroy(Object.assign(error, { code: 'EACCES' })));
      return this;
    }
    const channel = this._attach();
    this._host = options.host;
    if (options.noDelay !== undefined) this.setNoDelay(options.noDelay);
    if (options.keepAlive !== undefined) this.setKeepAlive(options.keepAlive, options.keepAliveInitialDelay);
    if (options.timeout !== undefined) this.setTimeout(options.timeout);
    channel.open(options.host, options.port, options.family);
    return this;
  }

  protected _onConnect(addresses: SocketAddresses): void {
    this._setAddresses(addresses);
    this._ready();
    this.emit('connect');
    this.emit('ready');
    this.read(0);
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
    if (this.#noDelay !== undefined) this.setNoDelay(this.#noDelay);
    if (this.#keepAlive) this.setKeepAlive(this.#keepAlive.enable, this.#keepAlive.delayMs);
    this._touch();
    for (const start of this.#whenConnected.splice(0)) start();
  }

  protected _onError(error: Error): void {
    this.destroy(error);
  }

  protected _onSecure(_info: SecureInfo): void {}

  protected _onSession(session: Uint8Array): void {
    this.emit('session', Buffer.from(session));
  }

  protected _onData(bytes: Uint8Array): void {
    this.bytesRead += bytes.byteLength;
    this._touch();
    const chunk = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
    if (this.push(chunk)) return;
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

  #send(bytes: Uint8Array, done: Done): void {
    if (this.connecting) {
      this.#whenConnected.push(() => this.#send(bytes, done));
      return;
    }
    const channel = channelOf(this);
    if (channel === undefined) {
      done(closedError());
      return;
    }
    this.bytesWritten += bytes.byteLength;
    this._touch();
    channel.write(bytes, () => done());
  }

  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    this.#send(bytesOf(chunk, encoding), done);
  }

  override _writev(chunks: WriteChunk[], done: Done): void {
    this.#send(Buffer.concat(chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding))), done);
  }

  override _final(done: Done): void {
    if (this.connecting) {
      this.#whenConnected.push(() => this._final(done));
      return;
    }
    channelOf(this)?.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    timers.clearTimeout(this.#timer);
    this.connecting = false;
    this.#whenConnected = [];
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

  resetAndDestroy(): this {
    return this.destroy();
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
    const family = isIPv6(this.localAddress) ? 'IPv6' : 'IPv4';
    return { address: this.localAddress, family, port: this.localPort };
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

function refuseWrite(this: Socket, _chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
  const done = typeof encoding === 'function' ? encoding : callback;
  const error = closedError();
  nextTick(() => {
    if (typeof done === 'function') done(error);
    this.destroy(error);
  });
  return false;
}

export type { ConnectOptions };
