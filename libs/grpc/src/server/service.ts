import type {
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServiceDefinition,
} from '@grpc/grpc-js';
import type { Handler } from './answer-call.ts';
import type { ListeningHandler } from './client-stream.ts';
import type { ServiceHandlers } from './create-server.ts';
import type { StreamHandler } from './server-stream.ts';

type HandlersOf<Server> = {
  readonly [Method in keyof Server as string extends Method ? never : Method]: Server[Method] extends handleUnaryCall<
    infer Request,
    infer Response
  >
    ? Handler<Request, Response>
    : Server[Method] extends handleServerStreamingCall<infer Request, infer Response>
      ? StreamHandler<Request, Response>
      : Server[Method] extends handleClientStreamingCall<infer Request, infer Response>
        ? ListeningHandler<Request, Response>
        : never;
};

/** Ties handlers to the generated server type, so that a missing or mistyped RPC does not compile. */
export const service = <Server>(definition: ServiceDefinition, handlers: HandlersOf<Server>): ServiceHandlers => ({
  definition,
  handlers: handlers as ServiceHandlers['handlers'],
});
