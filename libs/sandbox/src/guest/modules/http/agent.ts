/** `http.Agent`: the connections of requests, kept for the next ones where that is wanted. */
import { fix } from '../../integrity/fixed.ts';
import { endWithRun } from '../../run/run-end.ts';
import { EventEmitter } from '../events.ts';
import { isIP } from '../net/ip.ts';
import { setReuseKey } from '../net/reuse-key.ts';
import { net } from '../net.ts';
import { invalidArgType, invalidArgValue, outOfRange, validateString } from '../node-errors.ts';
import type { ClientRequest } from './client-request.ts';
import type { MarkedSocket } from './outgoing-message.ts';

export type AgentOptions = Record<string, unknown>;
type Sockets = Record<string, MarkedSocket[]>;
type OnCreated = (error: Error | null, socket?: MarkedSocket) => void;

/** What a connection of a request is kept for between runs; with TLS there is more to it. */
const HTTP_KEY = 'http ';
const KEEP_ALIVE_MS = 1000;
const FREE_SOCKETS_MAX = 256;

/** The options of requests that wait for a connection. */
const optionsOf = new WeakMap<object, AgentOptions>();
/** What takes an idle connection back into use. */
const wakers = new WeakMap<object, () => void>();

function onFreeError(this: MarkedSocket): void {
  this.destroy();
  this.emit('agentRemove');
}

/** A connection that says something while nobody has asked it anything is of no more use. */
function lay(socket: MarkedSocket): void {
  const spoil = (): void => void socket.destroy();
  const forget = endWithRun(spoil);
  socket.once('error', onFreeError);
  socket.on('data', spoil);
  socket.on('end', spoil);
  wakers.set(socket, () => {
    forget();
    socket.removeListener('error', onFreeError);
    socket.removeListener('data', spoil);
    socket.removeListener('end', spoil);
  });
  socket.once('close', forget);
}

/** The name that the certificate must be for: that of the `Host` header, but no address. */
function serverNameOf(options: AgentOptions, request: ClientRequest): unknown {
  const header = request.getHeader('host');
  if (!header) return isIP(options.host) ? '' : options.host;
  validateString(header, 'options.headers.host');
  const text = header as string;
  const bracketed = /^\[(.*?)\]/.exec(text)?.[1];
  const name = text.startsWith('[') ? (bracketed ?? text) : (text.split(':', 1)[0] as string);
  return isIP(name) ? '' : name;
}

function validateLimits(scheduling: unknown, maxTotalSockets: unknown): void {
  if (scheduling !== 'fifo' && scheduling !== 'lifo') {
    throw invalidArgValue('scheduling', scheduling, "must be one of: 'fifo', 'lifo'");
  }
  if (maxTotalSockets === undefined) return;
  if (typeof maxTotalSockets !== 'number') throw invalidArgType('maxTotalSockets', 'of type number', maxTotalSockets);
  if (!(maxTotalSockets >= 1)) throw outOfRange('maxTotalSockets', '>= 1', maxTotalSockets);
}

function listOf<T>(lists: Record<string, T[]>, name: string): T[] {
  const list = lists[name] ?? [];
  lists[name] = list;
  return list;
}

function drop(sockets: Sockets, name: string, socket: MarkedSocket): void {
  const list = sockets[name];
  const at = list?.indexOf(socket) ?? -1;
  if (list === undefined || at < 0) return;
  list.splice(at, 1);
  if (list.length === 0) delete sockets[name];
}

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : undefined;

export class Agent extends EventEmitter {
  static defaultMaxSockets = Number.POSITIVE_INFINITY;
  declare options: AgentOptions;
  declare defaultPort: unknown;
  declare protocol: unknown;
  declare requests: Record<string, ClientRequest[]>;
  declare sockets: Sockets;
  declare freeSockets: Sockets;
  declare keepAliveMsecs: number;
  declare keepAlive: boolean;
  declare maxSockets: number;
  declare maxFreeSockets: number;
  declare scheduling: 'fifo' | 'lifo';
  declare maxTotalSockets: number;
  declare totalSocketCount: number;
  declare agentKeepAliveTimeoutBuffer: number;

  constructor(options?: AgentOptions) {
    super();
    this._setUp(options);
  }

  _setUp(given?: AgentOptions): void {
    const options: AgentOptions = Object.assign(Object.create(null), given);
    this.options = options;
    this.defaultPort = options.defaultPort || 80;
    this.protocol = options.protocol || 'http:';
    options.noDelay ??= true;
    options.path = null;
    this.requests = Object.create(null);
    this.sockets = Object.create(null);
    this.freeSockets = Object.create(null);
    this.keepAliveMsecs = (options.keepAliveMsecs as number) || KEEP_ALIVE_MS;
    this.keepAlive = (options.keepAlive as boolean) || false;
    this.maxSockets = (options.maxSockets as number) || Agent.defaultMaxSockets;
    this.maxFreeSockets = (options.maxFreeSockets as number) || FREE_SOCKETS_MAX;
    this.scheduling = (options.scheduling as 'fifo') || 'lifo';
    this.maxTotalSockets = options.maxTotalSockets as number;
    this.totalSocketCount = 0;
    this.agentKeepAliveTimeoutBuffer = positive(options.agentKeepAliveTimeoutBuffer) ?? 1000;
    validateLimits(this.scheduling, this.maxTotalSockets);
    this.maxTotalSockets ??= Number.POSITIVE_INFINITY;
    this.on('free', (socket: MarkedSocket, ofSocket: AgentOptions) => this._onFree(socket, ofSocket));
  }

  createConnection(...args: unknown[]): unknown {
    return net.createConnection(...args);
  }

  getName(options: AgentOptions = {}): string {
    const { host, port, localAddress, family, socketPath } = options;
    const name = `${host || 'localhost'}:${port || ''}:${localAddress || ''}`;
    return `${name}${family === 4 || family === 6 ? `:${family}` : ''}${socketPath ? `:${socketPath}` : ''}`;
  }

  /** The options of the request under those of the agent, which count for more. */
  _merged(given: AgentOptions, request: ClientRequest): AgentOptions {
    const options: AgentOptions = Object.assign(Object.create(null), given, this.options);
    if (options.socketPath) options.path = options.socketPath;
    if (!options.servername && options.servername !== '') options.servername = serverNameOf(options, request);
    return options;
  }

  addRequest(request: ClientRequest, given: AgentOptions | string, port?: unknown, localAddress?: unknown): void {
    const options = this._merged(typeof given === 'string' ? { host: given, port, localAddress } : given, request);
    const name = this.getName(options);
    const active = listOf(this.sockets, name);
    const free = this.freeSockets[name] ?? [];
    const socket = this._takeFree(name, free);
    if (socket) {
      this.reuseSocket(socket, request);
      this._give(socket, request);
      active.push(socket);
    } else if (free.length + active.length < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
      this.createSocket(request, options, (error, created) => {
        if (error) request.onSocket(created, error);
        else this._give(created as MarkedSocket, request);
      });
    } else {
      optionsOf.set(request, options);
      listOf(this.requests, name).push(request);
    }
  }

  _takeFree(name: string, free: MarkedSocket[]): MarkedSocket | undefined {
    while (free[0]?.destroyed) free.shift();
    const socket = this.scheduling === 'fifo' ? free.shift() : free.pop();
    if (free.length === 0) delete this.freeSockets[name];
    return socket;
  }

  /** Hands a connection to a request, whose own timeout counts for more. */
  _give(socket: MarkedSocket, request: ClientRequest): void {
    request.onSocket(socket);
    const { timeout } = request;
    if (timeout !== undefined && timeout !== (this.options.timeout || 0)) socket.setTimeout(timeout);
  }

  createSocket(request: ClientRequest, given: AgentOptions, onCreated: OnCreated): void {
    const options = this._merged(given, request);
    const timeout = request.timeout || this.options.timeout;
    if (timeout) options.timeout = timeout;
    const name = this.getName(options);
    options._agentKey = name;
    options.encoding = null;
    if (this.keepAlive)
      Object.assign(options, { keepAlive: this.keepAlive, keepAliveInitialDelay: this.keepAliveMsecs });
    if (this.keepAlive) setReuseKey(options, HTTP_KEY);
    let isDone = false;
    const created: OnCreated = (error, socket) => {
      if (isDone) return;
      isDone = true;
      if (!error) this._adopt(socket as MarkedSocket, name, options);
      onCreated(error, socket);
    };
    const socket = this.createConnection(options, created);
    if (socket) created(null, socket as MarkedSocket);
  }

  _adopt(socket: MarkedSocket, name: string, options: AgentOptions): void {
    listOf(this.sockets, name).push(socket);
    this.totalSocketCount += 1;
    const leave = (): void => {
      this.totalSocketCount -= 1;
      this.removeSocket(socket, options);
    };
    const onFree = (): void => void this.emit('free', socket, options);
    const onTimeout = (): void => {
      if (Object.values(this.freeSockets).some((list) => list.includes(socket))) socket.destroy();
    };
    const onRemove = (): void => {
      leave();
      socket.removeListener('close', leave);
      socket.removeListener('free', onFree);
      socket.removeListener('timeout', onTimeout);
      socket.removeListener('agentRemove', onRemove);
    };
    socket.on('free', onFree);
    socket.on('close', leave);
    socket.on('timeout', onTimeout);
    socket.on('agentRemove', onRemove);
  }

  _onFree(socket: MarkedSocket, options: AgentOptions): void {
    const name = this.getName(options);
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const waiting = this.requests[name];
    const next = waiting?.shift();
    if (waiting?.length === 0) delete this.requests[name];
    if (next) this._give(socket, next);
    else if (this._wants(socket, name)) this._keep(socket, name, options);
    else socket.destroy();
  }

  _wants(socket: MarkedSocket, name: string): boolean {
    const request = socket._httpMessage as ClientRequest | null;
    if (!request?.shouldKeepAlive || !this.keepAlive) return false;
    const free = this.freeSockets[name]?.length ?? 0;
    const count = free + (this.sockets[name]?.length ?? 0);
    if (this.totalSocketCount > this.maxTotalSockets || count > this.maxSockets || free >= this.maxFreeSockets) {
      return false;
    }
    return this.keepSocketAlive(socket);
  }

  _keep(socket: MarkedSocket, name: string, options: AgentOptions): void {
    const free = listOf(this.freeSockets, name);
    socket._httpMessage = null;
    this.removeSocket(socket, options);
    free.push(socket);
    if (socket.readableLength > 0) socket.destroy();
    else lay(socket);
  }

  removeSocket(socket: MarkedSocket, options: AgentOptions): void {
    const name = this.getName(options);
    drop(this.sockets, name, socket);
    if (!socket.writable) drop(this.freeSockets, name, socket);
    const next = this._nextWaiting(name);
    if (next === undefined) return;
    const ofNext = this.requests[name]?.length ? options : (optionsOf.get(next) as AgentOptions);
    optionsOf.delete(next);
    this.createSocket(next, ofNext, (error, created) => {
      if (error) next.onSocket(null, error);
      else (created as MarkedSocket).emit('free');
    });
  }

  /** The first request that waits for a connection to this place, or to one that has none. */
  _nextWaiting(name: string): ClientRequest | undefined {
    if (this.requests[name]?.length) return this.requests[name][0];
    const [other] = Object.keys(this.requests);
    return other === undefined || this.sockets[other]?.length ? undefined : this.requests[other]?.[0];
  }

  /** Prepares an idle connection for its wait; false when it is not worth keeping. */
  keepSocketAlive(socket: MarkedSocket): boolean {
    socket.setKeepAlive(true, this.keepAliveMsecs);
    socket.unref();
    let timeoutMs = (this.options.timeout as number) || 0;
    const { res } = (socket._httpMessage ?? {}) as ClientRequest;
    const hint = /^timeout=(\d+)/.exec(String(res?.headers['keep-alive'] ?? ''))?.[1];
    if (hint) {
      // Given up a little before the server does, so that no request goes out on a connection that is being closed.
      const hintMs = Math.max(0, Number(hint) * 1000 - this.agentKeepAliveTimeoutBuffer);
      if (hintMs === 0) return false;
      if (hintMs < timeoutMs) timeoutMs = hintMs;
    }
    if (socket.timeout !== timeoutMs) socket.setTimeout(timeoutMs);
    return true;
  }

  reuseSocket(socket: MarkedSocket, request: ClientRequest): void {
    wakers.get(socket)?.();
    wakers.delete(socket);
    request.reusedSocket = true;
    socket.ref();
  }

  destroy(): void {
    for (const sockets of [this.freeSockets, this.sockets]) {
      for (const list of Object.values(sockets)) for (const socket of [...list]) socket.destroy();
    }
  }
}

/** A class that old code may also call without `new`, or on an object of its own that inherits from it. */
export function callable<T extends new (options?: AgentOptions) => Agent>(base: T): T {
  const made = function (this: unknown, options?: AgentOptions): unknown {
    if (new.target) return Reflect.construct(base, [options], new.target);
    if (!(this instanceof base)) return new base(options);
    EventEmitter.call(this as never);
    this._setUp(options);
    return undefined;
  } as unknown as T;
  Object.defineProperty(made, 'name', { value: 'Agent' });
  Object.defineProperty(made, 'prototype', { value: base.prototype });
  Object.defineProperty(made, 'defaultMaxSockets', {
    get: () => Agent.defaultMaxSockets,
    set: (count: number) => {
      Agent.defaultMaxSockets = count;
    },
    enumerable: true,
    configurable: true,
  });
  Object.defineProperty(base.prototype, 'constructor', { value: made, writable: true, configurable: true });
  return Object.setPrototypeOf(made, base);
}

fix(onFreeError);
