import { randomUUID } from 'node:crypto';
import type { handleUnaryCall, Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { ServiceError, toServiceError } from '@userferry/errors';
import type { Logger } from '@userferry/process';
import { type CallFacts, REQUEST_ID_HEADER } from '../call-facts.ts';
import { shavedDeadline } from '../deadline.ts';
import { toStatus } from '../status.ts';
import type { Authenticate } from './authenticate.ts';
import { isMalformed } from './malformed-request.ts';

export type Handler<Request, Response> = (request: Request, call: CallFacts) => Promise<Response>;

export type UnaryOptions = {
  readonly authenticate: Authenticate;
  readonly log: Logger;
  /** No call takes longer, whatever deadline its caller set. */
  readonly callMsMax: number;
};

/**
 * Stands around every handler: request id, deadline, who calls, one log line for each call, errors as statuses.
 * The log line holds the method, the caller, the time and the reason; nothing of request or response.
 */
export const unary =
  <Request, Response>(handler: Handler<Request, Response>, options: UnaryOptions): handleUnaryCall<Request, Response> =>
  (call, callback) => {
    const started = performance.now();
    const requestId = requestIdOf(call.metadata);
    const log = options.log.child({ requestId, method: call.getPath() });
    const ms = () => Math.round((performance.now() - started) * 10) / 10;
    respond(call, handler, { ...options, log }, requestId).then(
      (response) => {
        log.info({ ms: ms() }, 'call');
        callback(null, response);
      },
      (thrown: unknown) => {
        const error = toServiceError(thrown);
        const facts = { ms: ms(), reason: error.reason };
        if (error.reason === 'INTERNAL') log.error({ ...facts, err: error.cause ?? error }, 'call failed');
        else log.warn({ ...facts, detail: error.message }, 'call refused');
        callback(toStatus(error));
      },
    );
  };

const respond = async <Request, Response>(
  call: ServerUnaryCall<Request, Response>,
  handler: Handler<Request, Response>,
  { authenticate, log, callMsMax }: UnaryOptions,
  requestId: string,
): Promise<Response> => {
  const deadlineMs = shavedDeadline(call.getDeadline(), Date.now(), callMsMax);
  const caller = await authenticate(call.metadata);
  if (isMalformed(call.request)) throw new ServiceError('INVALID_ARGUMENT', 'the request is no message of this call');
  const hungUp = new AbortController();
  call.on('cancelled', () => hungUp.abort());
  const timedOut = AbortSignal.timeout(Math.max(1, deadlineMs - Date.now()));
  const signal = AbortSignal.any([hungUp.signal, timedOut]);
  const facts: CallFacts = { method: call.getPath(), requestId, deadlineMs, signal, caller, log };
  return Promise.race([handler(call.request, facts), aborted(signal, timedOut)]);
};

const aborted = (signal: AbortSignal, timedOut: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const onAbort = () =>
      reject(
        timedOut.aborted
          ? new ServiceError('DEADLINE_EXCEEDED', 'the call ran out of time')
          : new ServiceError('CANCELLED', 'the caller hung up'),
      );
    signal.addEventListener('abort', onAbort, { once: true });
  });

/** A caller's own id where it sent a harmless one, so that one id runs through all services; else a new one. */
const requestIdOf = (metadata: Metadata): string => {
  const sent = String(metadata.get(REQUEST_ID_HEADER)[0] ?? '');
  return /^[\w.-]{8,128}$/.test(sent) ? sent : randomUUID();
};
