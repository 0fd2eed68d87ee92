/** `http.ClientRequest`: one request, from its options to the end of its response. */
import { fix } from '../../integrity/fixed.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import { net } from '../net.ts';
import { invalidArgType } from '../node-errors.ts';
import { stream } from '../stream.ts';
import type { Agent, AgentOptions } from './agent.ts';
import { attach, followResponse, onSocketError } from './connection-events.ts';
import { globalAgents } from './global-agents.ts';
import type { HeaderValue } from './header-list.ts';
import type { IncomingMessage } from './incoming-message.ts';
import { type MarkedSocket, OutgoingMessage } from './outgoing-message.ts';
import {
  durationOf,
  hostHeaderOf,
  hostOfOptions,
  methodOf,
  type RequestOptions,
  requestArguments,
  validateParserOptions,
  validatePath,
  validateProtocol,
  validateSignal,
} from './request-options.ts';
import type { ResponseReader } from './response-reader.ts';
import { connectionReset, headersSent } from './validate.ts';

const WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

function emitTimeout(this: MarkedSocket): void {
  (this._httpMessage as ClientRequest | null)?.emit('timeout');
}
// Scripts have it as `timeoutCb`.
fix(emitTimeout);

/** The agent of a request; `undefined` where it brings its connection itself. */
function agentOf({ agent, createConnection }: RequestOptions, defaultAgent: Agent): Agent | undefined {
  if (agent === false) return new (defaultAgent.constructor as typeof Agent)();
  if (agent === null || agent === undefined) return typeof createConnection === 'function' ? undefined : defaultAgent;
  if (typeof (agent as Agent).addRequest === 'function') return agent as Agent;
  throw invalidArgType('options.agent', 'one of Agent-like Object, undefined, or false', agent);
}

function setTimeoutOf(socket: MarkedSocket, timeoutMs: number): void {
  if (socket.connecting) socket.once('connect', () => socket.setTimeout(timeoutMs));
  else socket.setTimeout(timeoutMs);
}

export class ClientRequest extends OutgoingMessage {
  agent: Agent | undefined;
  method: string;
  host: string;
  protocol: unknown;
  socketPath: unknown;
  declare timeout: number | undefined;
  maxHeaderSize: unknown;
  insecureHTTPParser: unknown;
  httpValidation: unknown;
  joinDuplicateHeaders: unknown;
  maxHeadersCount: number | null = null;
  _ended = false;
  res: IncomingMessage | null = null;
  aborted = false;
  timeoutCb: (() => void) | null = null;
  upgradeOrConnect = false;
  parser: ResponseReader | null = null;
  reusedSocket = false;
  #path: string;
  #error: Error | undefined;

  constructor(input: unknown, given?: unknown, whenAnswered?: unknown) {
    super();
    const { options, callback } = requestArguments(input, given, whenAnswered);
    if (options.highWaterMark !== null && options.highWaterMark !== undefined) {
      this._highWaterMark = options.highWaterMark as number;
    }
    const defaultAgent = (options._defaultAgent as Agent) || globalAgents.http;
    this.agent = agentOf(options, defaultAgent);
    this.protocol = options.protocol || defaultAgent.protocol;
    if (options.path) validatePath(String(options.path));
    validateProtocol(this.protocol, this.agent?.protocol || defaultAgent.protocol);
    const connecting = this.#connectOptions(options);
    this.host = connecting.host as string;
    const hasDefaults = options.setDefaultHeaders !== false;
    this._removedConnection = !hasDefaults;
    this._removedContLen = !hasDefaults;
    this._removedTE = !hasDefaults;
    this.socketPath = options.socketPath;
    if (options.timeout !== undefined) this.timeout = durationOf(options.timeout, 'timeout');
    if (options.signal) {
      validateSignal(options.signal);
      stream.addAbortSignal(options.signal, this as never);
    }
    this.method = methodOf(options.method);
    validateParserOptions(options);
    this.maxHeaderSize = options.maxHeaderSize;
    this.insecureHTTPParser = options.insecureHTTPParser;
    this.httpValidation = options.httpValidation;
    this.joinDuplicateHeaders = options.joinDuplicateHeaders;
    this.#path = (options.path as string) || '/';
    if (callback) this.once('response', callback);
    this.useChunkedEncodingByDefault = !WITHOUT_BODY.has(this.method);
    this.#chooseKeepAlive();
    this.#setHeadersOf(options, connecting);
    this._setUnique(options.uniqueHeaders);
    this.#connect(connecting);
  }

  #connectOptions(options: RequestOptions): AgentOptions {
    const { signal: _signal, ...rest } = options;
    const defaultPort = options.defaultPort || this.agent?.defaultPort;
    return Object.assign(Object.create(null), rest, {
      port: options.port || defaultPort || 80,
      host: hostOfOptions(options),
    });
  }

  /** Connections are asked to stay only where the agent will use them again. */
  #chooseKeepAlive(): void {
    if (!this.agent) return;
    const stays = this.agent.keepAlive || Number.isFinite(this.agent.maxSockets);
    this._last = !stays;
    this.shouldKeepAlive = stays;
  }

  #setHeadersOf(options: RequestOptions, { host, port }: AgentOptions): void {
    const { headers } = options;
    if (Array.isArray(headers)) {
      this._storeHeader(this.#firstLine(), headers);
      return;
    }
    for (const [name, value] of Object.entries((headers ?? {}) as Record<string, HeaderValue>)) {
      this.setHeader(name, value);
    }
    const setHost = options.setHost === undefined ? options.setDefaultHeaders !== false : Boolean(options.setHost);
    if (setHost && !this.getHeader('host')) {
      this.setHeader('Host', hostHeaderOf(host as string, port, options.defaultPort || this.agent?.defaultPort));
    }
    if (options.auth && !this.getHeader('Authorization')) {
      this.setHeader('Authorization', `Basic ${Buffer.from(options.auth as string).toString('base64')}`);
    }
    if (this.getHeader('expect')) this._storeHeader(this.#firstLine());
  }

  #connect(options: AgentOptions): void {
    if (this.agent) {
      this.agent.addRequest(this, options);
      return;
    }
    this._last = true;
    this.shouldKeepAlive = false;
    const given = { ...options, path: options.socketPath || undefined };
    if (typeof options.createConnection === 'function') {
      this.#connectBy(options.createConnection as (...args: unknown[]) => unknown, given);
    } else this.onSocket(net.createConnection(given) as MarkedSocket);
  }

  #connectBy(create: (...args: unknown[]) => unknown, options: AgentOptions): void {
    let isDone = false;
    const created = (error: unknown, socket?: unknown): void => {
      if (isDone) return;
      isDone = true;
      if (error) nextTick(() => this.emit('error', error));
      else this.onSocket(socket as MarkedSocket);
    };
    try {
      const socket = create(options, created);
      if (socket) created(null, socket);
    } catch (error) {
      created(error);
    }
  }

  get path(): string {
    return this.#path;
  }
  set path(value: string) {
    this.#path = validatePath(String(value));
  }

  #firstLine(): string {
    return `${this.method} ${this.path} HTTP/1.1\r\n`;
  }

  override _isLenientHeaderValidation(): boolean {
    return this.httpValidation === undefined ? this.insecureHTTPParser === true : this.httpValidation !== 'strict';
  }

  override _implicitHeader(): void {
    if (this._header !== null) throw headersSent('render');
    this._storeHeader(this.#firstLine());
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit('abort'));
    this.destroy();
  }

  override destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.res?._dump();
    this.#error = error;
    this.socket?.destroy(error);
    return this;
  }

  /** The agent has found a connection, or could not make one. */
  onSocket(socket: MarkedSocket | null | undefined, error?: Error): void {
    if (socket && !error) {
      socket._httpMessage = this;
      socket.on('error', onSocketError);
    }
    nextTick(() => {
      if (this.destroyed || error) this.#giveUp(socket, error);
      else this.#begin(socket as MarkedSocket);
    });
  }

  #begin(socket: MarkedSocket): void {
    attach(this, socket);
    if (this.timeout !== undefined || this.agent?.options?.timeout) this.#listenForTimeout();
    this.emit('socket', socket);
    this._flush();
  }

  /** The request was destroyed while it waited, or there is no connection. */
  #giveUp(socket: MarkedSocket | null | undefined, error: Error | undefined): void {
    this.destroyed = true;
    if (socket && !error && this.agent && !socket.destroyed) {
      socket.emit('free');
      socket.removeListener('error', onSocketError);
    } else if (socket) {
      socket.destroy(error ?? this.#error);
      stream.finished(socket, (found) => {
        const isEarlyEnd = (found as { code?: unknown } | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE';
        this.#fail(socket, (isEarlyEnd ? undefined : found) ?? error);
      });
      return;
    }
    this.#fail(socket, error ?? this.#error);
  }

  #fail(socket: MarkedSocket | null | undefined, error: Error | undefined): void {
    const shown = error ?? (this.aborted ? undefined : connectionReset('socket hang up'));
    if (shown && !socket?._hadError) this.emit('error', shown);
    this._closed = true;
    this.emit('close');
  }

  _onInformation(message: IncomingMessage): void {
    const { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders } = message;
    if (statusCode === 100) this.emit('continue');
    this.emit('information', {
      statusCode,
      statusMessage,
      httpVersion,
      httpVersionMajor,
      httpVersionMinor,
      headers,
      rawHeaders,
    });
  }

  _onResponse(response: IncomingMessage, staysOpen: boolean): void {
    if (!staysOpen && !this.upgradeOrConnect) this.shouldKeepAlive = false;
    this.res = response;
    response.req = this;
    followResponse(this, response);
    // What nobody asks for is read all the same, so that the connection becomes free.
    if (this.aborted || !this.emit('response', response)) response._dump();
  }

  /** Calls a method of the connection as soon as there is one that is open. */
  _deferToConnect(method: string | null, args: readonly unknown[]): void {
    const call = (): void => {
      if (method) (this.socket as unknown as Record<string, (...args: unknown[]) => void>)[method]?.(...args);
    };
    const onSocket = (): void => {
      if (this.socket?.writable) call();
      else this.socket?.once('connect', call);
    };
    if (this.socket) onSocket();
    else this.once('socket', onSocket);
  }

  #listenForTimeout(): void {
    if (this.timeoutCb) return;
    this.timeoutCb = emitTimeout;
    if (this.socket) this.socket.once('timeout', emitTimeout);
    else this.on('socket', (socket: MarkedSocket) => socket.once('timeout', emitTimeout));
  }

  override setTimeout(timeoutMs: number, callback?: () => void): this {
    if (this._ended) return this;
    this.#listenForTimeout();
    const duration = durationOf(timeoutMs, 'msecs');
    if (callback) this.once('timeout', callback);
    if (this.socket) setTimeoutOf(this.socket, duration);
    else this.once('socket', (socket: MarkedSocket) => setTimeoutOf(socket, duration));
    return this;
  }
  setNoDelay(noDelay?: boolean): void {
    this._deferToConnect('setNoDelay', [noDelay]);
  }
  setSocketKeepAlive(enable?: boolean, initialDelayMs?: number): void {
    this._deferToConnect('setKeepAlive', [enable, initialDelayMs]);
  }
  clearTimeout(callback?: () => void): void {
    this.setTimeout(0, callback);
  }
}
