import { randomUUID } from 'node:crypto';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { ServiceError } from '@userferry/errors';
import type { Logger } from '@userferry/process';
import { type CallFacts, REQUEST_ID_HEADER } from '../call-facts.ts';
import { shavedDeadline } from '../deadline.ts';
import type { Authenticate } from './authenticate.ts';
import { watchStandstill } from './standstill.ts';

/** What every call is looked at with before its handler sees it. */
export type AdmissionOptions = {
  readonly authenticate: Authenticate;
  readonly log: Logger;
  /** No call takes longer, whatever deadline its caller set. */
  readonly callMsMax: number;
};

/** A call that may begin. */
export type AdmittedCall = {
  readonly facts: CallFacts;
  /** Tells the end of its time from its caller's hanging up. */
  readonly isTimedOut: () => boolean;
  /** It has its answer: from now on nothing aborts. A deadline that is left running costs as much as a short call. */
  readonly close: () => void;
};

/** What unary and streaming calls have in common, and those that came as JSON. */
export type ServerCall = Pick<
  ServerUnaryCall<unknown, unknown>,
  'cancelled' | 'metadata' | 'getDeadline' | 'getPath'
> & {
  on(event: 'cancelled', listener: () => void): unknown;
};

/** Longer than a process that lives is held up, and long before its callers have given it up: they ask it every ten seconds. */
const STILL_MS_MAX = 5_000;
let stoodStill: (() => boolean) | undefined;

/**
 * What lay in the sockets of a process that stood still was sent by callers who may have made the call elsewhere since, and
 * others after it: a change that was begun now would undo theirs. gRPC says how long a caller waits, and not since when.
 */
const refuseOld = (): void => {
  stoodStill ??= watchStandstill(STILL_MS_MAX);
  if (stoodStill())
    throw new ServiceError(
      'SERVICE_UNAVAILABLE',
      'this replica stood still, and begins nothing that may be old: repeat it',
      {
        metadata: { begun: 'no' },
      },
    );
};

/**
 * Deadline, then who calls. Whether the request is a message at all is looked at after that.
 * @throws ServiceError SERVICE_UNAVAILABLE, DEADLINE_EXCEEDED, UNAUTHENTICATED, CANCELLED
 */
export const admitCall = async (
  call: ServerCall,
  { authenticate, log, callMsMax }: AdmissionOptions,
  requestId: string,
): Promise<AdmittedCall> => {
  refuseOld();
  const deadlineMs = shavedDeadline(call.getDeadline(), Date.now(), callMsMax);
  const { signal, ...end } = endOf(call, deadlineMs);
  try {
    // Whoever is gone meanwhile is not waited for.
    const caller = await Promise.race([aborted(signal, end.isTimedOut), authenticate(call.metadata)]);
    return { facts: { method: call.getPath(), requestId, deadlineMs, signal, caller, log }, ...end };
  } catch (error) {
    end.close();
    throw error;
  }
};

const endOf = (call: ServerCall, deadlineMs: number) => {
  const ending = new AbortController();
  let [timedOut, closed] = [false, false];
  const onDeadline = () => {
    timedOut = true;
    ending.abort();
  };
  const timer = setTimeout(onDeadline, Math.max(1, deadlineMs - Date.now())).unref();
  if (call.cancelled) ending.abort();
  // gRPC says so of calls that were answered, too.
  call.on('cancelled', () => {
    if (!closed) ending.abort();
  });
  const close = () => {
    closed = true;
    clearTimeout(timer);
  };
  return { signal: ending.signal, isTimedOut: () => timedOut, close };
};

/** Rejects when the signal aborts, and says which of the ends it was: the server's stop, the deadline, or the caller. */
export const aborted = (signal: AbortSignal, isTimedOut: () => boolean, stopping?: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const onAbort = () => {
      if (stopping?.aborted) reject(new ServiceError('SERVICE_UNAVAILABLE', 'the server stops; open the stream again'));
      else if (isTimedOut()) reject(new ServiceError('DEADLINE_EXCEEDED', 'the call ran out of time'));
      else reject(new ServiceError('CANCELLED', 'the caller hung up'));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });

/** A caller's own id where it sent a harmless one, so that one id runs through all services; else a new one. */
export const requestIdOf = (metadata: Metadata): string => requestIdFrom(metadata.get(REQUEST_ID_HEADER)[0]);

/** The same, from what a header holds. */
export const requestIdFrom = (sent: unknown): string =>
  typeof sent === 'string' && /^[\w.-]{8,128}$/.test(sent) ? sent : randomUUID();
