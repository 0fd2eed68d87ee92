/** Servers for tests of `http`: a real one of Node, and one that answers in whatever bytes a test wants. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { LocalCertificate } from '@userferry/local-databases';

export type TestServer = { readonly port: string; stop(): Promise<void> };

/** What answers on a bare connection: called with the head of every request, as text. */
export type RawAnswer = (socket: Socket, head: string) => void;

const QUIET_MS = 40;
const LARGE_BYTES = 100e6;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function drip(response: ServerResponse, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    response.write(part);
    await pause(15);
  }
  response.end();
}

/** Megabytes, as fast as they are taken. */
function pour(response: ServerResponse, bytes: number): void {
  const piece = Buffer.alloc(64 * 1024, 'abcdefgh');
  const pieces = function* () {
    for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
  };
  pipeline(Readable.from(pieces()), response, () => undefined);
}

const TEXT = 'packed \u00fc '.repeat(5000);
const PACKERS = {
  gzip: gzipSync,
  deflate: deflateSync,
  raw: deflateRawSync,
  br: brotliCompressSync,
  none: (text: string) => Buffer.from(text),
};

type Route = (request: IncomingMessage, response: ServerResponse) => unknown;

const ROUTES: Readonly<Record<string, Route>> = {
  '/hello': (_, response) => response.end('hello'),
  '/echo': async (request, response) => {
    const body = await bodyOf(request);
    const { method, url, rawHeaders, httpVersion } = request;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, url, rawHeaders, httpVersion, body: body.toString('latin1') }));
  },
  '/headers': (_, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    response.setHeader('X-Many', ['one', 'two']);
    response.setHeader('ETag', 'x');
    response.writeHead(207, 'Quite Fine', { 'X-Latin': 'h\u00e9' });
    response.end();
  },
  '/trailers': (_, response) => {
    response.writeHead(200, { Trailer: 'X-Sum' });
    response.write('part');
    response.addTrailers({ 'X-Sum': 'abc' });
    response.end();
  },
  '/drip': (_, response) => drip(response, ['one', 'two', 'three']),
  '/large': (_, response) => pour(response, LARGE_BYTES),
  '/early': (_, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.writeProcessing();
    response.end('after hints');
  },
  '/nothing': (_, response) => response.writeHead(204).end(),
  '/unchanged': (_, response) => response.writeHead(304, { etag: 'y' }).end(),
  '/last': (_, response) => response.writeHead(200, { connection: 'close' }).end('bye'),
  '/never': () => undefined,
  '/cut': (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => setTimeout(() => response.destroy(), 20));
  },
  '/never-more': (_, response) => void response.writeHead(200).write('part'),
  '/count': async (request, response) => {
    let bytes = 0;
    for await (const part of request) bytes += (part as Buffer).length;
    response.end(String(bytes));
  },
  '/hinting': (request, response) => {
    response.setHeader('Keep-Alive', (request.url as string).split('?')[1] as string);
    response.setHeader('Connection', 'keep-alive');
    response.end();
  },
  '/tls': (request, response) => {
    const socket = request.socket as TLSSocket & { readonly servername: unknown };
    const { CN } = socket.getPeerCertificate().subject ?? {};
    response.end(
      JSON.stringify([socket.isSessionReused(), socket.authorized, CN, socket.getProtocol(), socket.servername]),
    );
  },
  '/packed': (request, response) => {
    const { searchParams } = new URL(request.url as string, 'http://x');
    const way = searchParams.get('way') as keyof typeof PACKERS;
    const encoding = searchParams.get('as') ?? way;
    response.writeHead(200, { 'content-encoding': encoding, 'content-type': 'text/plain' });
    response.end(searchParams.has('cut') ? PACKERS[way](TEXT).subarray(0, 40) : PACKERS[way](TEXT));
  },
  '/redirect': (request, response) => {
    const { searchParams } = new URL(request.url as string, 'http://x');
    const location = searchParams.get('to') as string;
    response.writeHead(Number(searchParams.get('status') ?? 302), { location }).end('elsewhere');
  },
  '/slow-head': (_, response) => setTimeout(() => response.end('late'), 300),
};

export const answerRoutes: RequestListener = (request, response) => {
  const { pathname } = new URL(request.url as string, 'http://x');
  const route = ROUTES[pathname];
  if (route) void route(request, response);
  else response.writeHead(404, { 'content-type': 'text/plain' }).end('no such thing');
};

function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      const stop = async (): Promise<void> => {
        for (const socket of sockets) socket.destroy();
        await new Promise((done) => server.close(done));
      };
      resolve({ port: String(port), stop });
    });
  });
}

export const startHttpServer = (listener: RequestListener = answerRoutes): Promise<TestServer> => {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    response.writeContinue();
    answerRoutes(request, response);
  });
  server.on('upgrade', (_request, socket: Socket, head: Buffer) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhi ');
    socket.write(head);
    socket.on('data', (bytes: Buffer) => socket.end(bytes));
  });
  return listening(server);
};

export const startHttpsServer = (
  { certificate, privateKey }: LocalCertificate,
  more: object = {},
  listener: RequestListener = answerRoutes,
): Promise<TestServer> => {
  const server = createSecureServer({ cert: certificate, key: privateKey, ...more }, listener);
  server.on('tlsClientError', () => undefined);
  return listening(server as unknown as Server);
};

/** Answers every request by `answer`, as soon as its head is there; says `greeting` before any. */
export const startRawServer = (answer: RawAnswer, greeting = ''): Promise<TestServer> =>
  listening(
    createTcpServer((socket) => {
      let text = '';
      socket.write(greeting);
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
        const end = text.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        answer(socket, head);
      });
    }),
  );

/** Answers with the bytes of the request, once no more of them come. */
export const startMirror = (): Promise<TestServer> =>
  listening(
    createTcpServer((socket) => {
      let text = '';
      let timer: NodeJS.Timeout | undefined;
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
        clearTimeout(timer);
        timer = setTimeout(() => {
          const body = Buffer.from(text, 'latin1');
          text = '';
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
          socket.write(body);
        }, QUIET_MS);
      });
    }),
  );
