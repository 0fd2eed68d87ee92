import type { handleUnaryCall } from '@grpc/grpc-js';
import { toStatus } from '../status.ts';
import type { AdmissionOptions } from './admit-call.ts';
import { answerCall, type Handler } from './answer-call.ts';
import { wellFormed } from './malformed-request.ts';

/** Stands between gRPC and a handler: see `answerCall`; errors as statuses. */
export const unary =
  <Request, Response>(
    handler: Handler<Request, Response>,
    options: AdmissionOptions,
  ): handleUnaryCall<Request, Response> =>
  (call, callback) => {
    const answered = answerCall(call, { read: () => wellFormed(call.request), handler }, options);
    answered.then(
      (response) => callback(null, response),
      (error) => callback(toStatus(error)),
    );
  };
