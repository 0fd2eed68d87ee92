import { once } from 'node:events';
import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { toServiceError } from '@userferry/errors';
import type { CallFacts } from '../call-facts.ts';
import { toStatus } from '../status.ts';
import { type AdmissionOptions, aborted, admitCall, requestIdOf } from './admit-call.ts';
import { logFailure } from './log-failure.ts';
import { wellFormed } from './malformed-request.ts';
import { watchCall } from './watch-call.ts';

/**
 * Answers with one message after the other. The next one is only asked for when the caller can take it, so that what a
 * slow caller has not read yet piles up in the handler, which knows what may be left out, or nowhere.
 */
export type StreamHandler<Request, Response> = (request: Request, call: CallFacts) => AsyncIterable<Response>;

export type StreamOptions = AdmissionOptions & {
  /**
   * Aborts when the server stops: open streams of answers end at once, as UNAVAILABLE, and are opened anew elsewhere; calls of
   * several requests hear that no more come, and are answered.
   */
  readonly stopping: AbortSignal;
};

/**
 * Stands around a handler that streams, as `unary` does around the others. A stream that reaches the server's own
 * maximum ends with OK: its caller opens it again.
 */
export const serverStream =
  <Request, Response>(
    handler: StreamHandler<Request, Response>,
    options: StreamOptions,
  ): handleServerStreamingCall<Request, Response> =>
  (call) => {
    const watched = watchCall(call.getPath(), call.metadata, { isStream: true });
    const requestId = requestIdOf(call.metadata);
    const log = options.log.child({ requestId, method: call.getPath(), ...watched.span.ids });
    const endsOnItsOwn = Number(call.getDeadline()) > Date.now() + options.callMsMax;
    // A caller that is gone already is told nothing; without a listener its broken stream would end the process.
    call.on('error', () => undefined);
    let messages = 0;
    const facts = () => ({ ms: Math.round(watched.ms()), messages });
    const end = () => {
      log.info(facts(), 'call');
      watched.ended();
      call.end();
    };
    const sent = watched.span.run(() => send(call, handler, { ...options, log }, requestId, () => messages++));
    sent.then(end, (thrown: unknown) => {
      const error = toServiceError(thrown);
      if (error.reason === 'CANCELLED' || (error.reason === 'DEADLINE_EXCEEDED' && endsOnItsOwn)) return end();
      logFailure(log, error, facts());
      watched.ended(error);
      call.emit('error', toStatus(error));
    });
  };

const send = async <Request, Response>(
  call: ServerWritableStream<Request, Response>,
  handler: StreamHandler<Request, Response>,
  options: StreamOptions,
  requestId: string,
  onMessage: () => void,
): Promise<void> => {
  const { facts, isTimedOut, close } = await admitCall(call, options, requestId);
  // A signal made of others is kept for as long as any of them may abort while somebody listens: every stream would be.
  const over = new AbortController();
  const signal = AbortSignal.any([facts.signal, options.stopping, over.signal]);
  const ended = aborted(signal, isTimedOut, options.stopping);
  ended.catch(() => undefined);
  try {
    const messages = handler(wellFormed(call.request), { ...facts, signal })[Symbol.asyncIterator]();
    await sendAll(call, messages, { ended, onMessage });
  } finally {
    close();
    over.abort();
  }
};

const sendAll = async <Response>(
  call: ServerWritableStream<unknown, Response>,
  messages: AsyncIterator<Response>,
  { ended, onMessage }: { readonly ended: Promise<never>; readonly onMessage: () => void },
): Promise<void> => {
  try {
    for (;;) {
      const next = await Promise.race([messages.next(), ended]);
      if (next.done) return;
      onMessage();
      if (!call.write(next.value)) await Promise.race([once(call, 'drain'), ended]);
    }
  } finally {
    // Not awaited: a handler that is stuck must not keep the call.
    messages.return?.().catch(() => undefined);
  }
};
