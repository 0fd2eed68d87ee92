import { type CanonicalCode, ServiceError } from '@userferry/errors';
import type { FastifyReply } from 'fastify';

/** How the API says no. `message` is for people and holds no secret. */
export type Refusal = {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Where waiting helps. */
  readonly retryAfterMs?: number;
};

/** As google.rpc.Code maps them. */
const STATUSES: Readonly<Record<CanonicalCode, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

export const refusalOf = ({ code, reason, message, metadata }: ServiceError): Refusal => ({
  status: STATUSES[code],
  reason,
  message,
  metadata,
});

/** What Fastify itself refuses; anything else is nobody's fault but ours. */
export const knownRefusal = (error: unknown): Refusal | undefined => {
  const { statusCode } = error as { readonly statusCode?: unknown };
  switch (statusCode) {
    case 413:
      return { status: 413, reason: 'BODY_TOO_LARGE', message: 'the body is larger than 1 MiB' };
    case 415:
      return { status: 415, reason: 'CONTENT_TYPE_UNSUPPORTED', message: 'send content-type: application/json' };
    case 400:
      return { status: 400, reason: 'INVALID_ARGUMENT', message: 'the request cannot be read' };
    default:
      return error instanceof ServiceError ? refusalOf(error) : undefined;
  }
};

export const refuse = (reply: FastifyReply, refusal: Refusal): FastifyReply => {
  const { status, retryAfterMs } = refusal;
  if (retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.status(status).type('application/json; charset=utf-8').send(refusalText(refusal, reply.request.id));
};

export const refusalText = ({ reason, message, metadata = {} }: Refusal, requestId: string): string =>
  JSON.stringify({ error: { reason, message, metadata, requestId } });
