/**
 * What undici's `fetch` sends its requests through, in the place of undici's own client: our `http` and `https`. Headers
 * are checked and written as undici does, errors of the connection are named as it names them.
 */
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { ConnectTimeoutError, HTTPParserError, SocketError } from 'undici/lib/core/errors.js';
import Request from 'undici/lib/core/request.js';
import { getSocketInfo } from 'undici/lib/core/util.js';

type Options = { readonly origin: string; readonly path: string; readonly method: string; readonly body: unknown };
type Socket = import('node:net').Socket;

const CONNECT_TIMEOUT_MS = 10_000;

/** Connections are kept as by undici, which speaks nothing but HTTP/1.1 here. */
const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true, ALPNProtocols: ['http/1.1'] }),
};

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** All headers in undici's order. */
function headersOf(request: Request, host: string): string[] {
  const { contentLength, body, method } = request;
  const stays = request.reset === null && method !== 'HEAD';
  const headers = ['host', request.host ?? host, 'connection', stays ? 'keep-alive' : 'close'];
  headers.push(...request.headers.flat());
  if (contentLength !== null) headers.push('content-length', String(contentLength));
  else if (body !== null) headers.push('transfer-encoding', 'chunked');
  else if (method === 'POST' || method === 'PUT' || method === 'PATCH') headers.push('content-length', '0');
  return headers;
}

function start(request: Request): ClientRequest {
  const { protocol, hostname, port, host } = new URL(request.origin);
  const isSecure = protocol === 'https:';
  const agent = isSecure ? agents['https:'] : agents['http:'];
  return (isSecure ? https : http).request({
    protocol,
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    path: request.path,
    method: request.method,
    headers: headersOf(request, host),
    agent: agent as never,
    setDefaultHeaders: false,
    ...(isSecure && request.servername ? { servername: request.servername } : {}),
  });
}

/** Undici's name for an answer that is no HTTP, and for a connection that the other side closed too early. */
function nameError(error: Error & { code?: string; reason?: string }, socket: Socket | null): Error {
  // What a request is aborted with may be anything.
  const { code: given, message } = Object(error) as typeof error;
  const code = String(given ?? '');
  if (code.startsWith('HPE_')) {
    const reason = error.reason ?? message.replace(/^Parse Error: /, '');
    return new HTTPParserError(`Response does not match the HTTP/1.1 protocol (${reason})`);
  }
  const isClosed = code === 'ECONNRESET' && /^(?:socket hang up|aborted)$/.test(message);
  return isClosed ? new SocketError('other side closed', socket ? getSocketInfo(socket) : undefined) : error;
}

function limitConnecting(outgoing: ClientRequest, origin: string): void {
  outgoing.once('socket', (socket: Socket) => {
    if (!socket.connecting) return;
    const { hostname, port, protocol } = new URL(origin);
    const place = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
    const expire = (): void => {
      const error = new ConnectTimeoutError(
        `Connect Timeout Error (attempted address: ${place}, timeout: ${CONNECT_TIMEOUT_MS}ms)`,
      );
      outgoing.destroy(error);
    };
    const timer = setTimeout(expire, CONNECT_TIMEOUT_MS);
    for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer));
  });
}

/** Writes the body piece by piece, no faster than it is taken. */
async function sendBody(outgoing: ClientRequest, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of body) {
    if (outgoing.destroyed) return;
    if (outgoing.write(piece)) continue;
    await new Promise<void>((resolve) => {
      outgoing.once('drain', resolve);
      outgoing.once('close', resolve);
    });
  }
  outgoing.end();
}

type Ending = { readonly fail: (error: Error) => void; readonly complete: () => void };

/** Hands an answer to undici: its head, its body with back-pressure, its end. */
function receive(request: Request, incoming: IncomingMessage, { fail, complete }: Ending): void {
  const resume = (): void => void incoming.resume();
  incoming.on('error', fail);
  incoming.on('aborted', () => fail(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })));
  incoming.on('data', (bytes: Buffer) => {
    if (!request.aborted && request.onData(bytes) === false) incoming.pause();
  });
  incoming.on('end', () => {
    if (incoming.complete) complete();
  });
  request.onHeaders(
    incoming.statusCode as number,
    incoming.rawHeaders.map(latin1),
    resume,
    incoming.statusMessage ?? '',
  );
}

/** Follows a request to its one end. */
function follow(request: Request, outgoing: ClientRequest): void {
  let isOver = false;
  const ending: Ending = {
    fail(error) {
      if (isOver) return;
      isOver = true;
      request.onError(nameError(error, outgoing.socket));
      outgoing.destroy();
    },
    complete() {
      if (isOver) return;
      isOver = true;
      request.onComplete([]);
    },
  };
  outgoing.on('error', ending.fail);
  outgoing.on('response', (incoming: IncomingMessage) => receive(request, incoming, ending));
  request.onConnect((reason: Error) => {
    ending.fail(reason);
  });
  if (isOver) return;
  limitConnecting(outgoing, request.origin);
  if (request.body === null) outgoing.end();
  else sendBody(outgoing, request.body as AsyncIterable<Uint8Array>).catch(ending.fail);
}

const dispatcher = {
  dispatch(options: Options, handler: { onError(error: unknown): void }): boolean {
    let request: Request;
    try {
      request = new Request(options.origin, options, handler);
    } catch (error) {
      handler.onError(error);
      return true;
    }
    try {
      follow(request, start(request));
    } catch (error) {
      request.onError(error);
    }
    return true;
  },
};

export const getGlobalDispatcher = (): typeof dispatcher => dispatcher;
