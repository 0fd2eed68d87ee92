import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { requestIdFrom } from '@userferry/grpc';
import { count } from '@userferry/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_PREFIX } from './api/add-api.ts';
import { type Refusal, refusalText, refuse } from './api/refusal.ts';
import { refuseElsewhere } from './refuse-elsewhere.ts';
import { securityHeaders } from './security-headers.ts';

const BAD_PATH = 'the path cannot be read; a % in it is written as %25';

/**
 * What Fastify is given to say to requests that reach no route. No hook is called for these: they are counted here, and
 * browsers are told here what they are told with every answer.
 */
export const unreadableRequests = (options: { readonly tls: boolean }) => ({
  frameworkErrors: (_: Error, request: FastifyRequest, reply: FastifyReply): void => {
    count('userferry_http_requests_total', { route: 'none', status: '4xx' });
    reply.headers(securityHeaders(options));
    if (!request.url.startsWith(`${API_PREFIX}/`)) return void refuseElsewhere(reply, 400, BAD_PATH);
    reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' });
    refuse(reply, { status: 400, reason: 'INVALID_ARGUMENT', message: BAD_PATH });
  },
  clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    count('userferry_http_requests_total', { route: 'none', status: '4xx' });
    if (socket.writable) socket.write(answerOf(refusalOf(error.code), securityHeaders(options)));
    socket.destroy(error);
  },
});

const refusalOf = (code: string | undefined): Refusal => {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, reason: 'REQUEST_TOO_SLOW', message: 'the request did not come in time' };
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, reason: 'HEADERS_TOO_LARGE', message: 'the headers are larger than 16 KiB' };
    default:
      return { status: 400, reason: 'INVALID_ARGUMENT', message: 'the request is no HTTP that can be read' };
  }
};

/** Nobody knows which path it was for, or where in these bytes a next request would begin. */
const answerOf = (refusal: Refusal, always: Readonly<Record<string, string>>): string => {
  const requestId = requestIdFrom(undefined);
  const body = refusalText(refusal, requestId);
  const headers = {
    ...always,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-request-id': requestId,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${body}`;
};
