import { constants, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { Server as NetServer } from 'node:net';
import type { Server } from '@grpc/grpc-js';

/** What grpc-js (1.14.7) keeps to itself. Where it is not there, connections are closed as it closes them. */
type Inside = {
  readonly http2Servers?: ReadonlyMap<Http2Server, { readonly sessions: ReadonlySet<ServerHttp2Session> }>;
};

const ANY_STREAM = 2 ** 31 - 1;
/** Many times what a message takes between two services; a caller that hangs up instead of answering is not waited for. */
const ANSWER_MS_MAX = 100;

/**
 * Takes no new connections, and tells the callers on those that are there to go elsewhere; resolves when each has heard it.
 * What they sent before that is still answered. `tryShutdown` alone closes a connection without a running call at once, and
 * a call that is on its way there is lost. Source: RFC 9113, 6.8 (GOAWAY with the highest id, then a PING).
 */
export const sendAway = async (server: Server): Promise<void> => {
  const servers = [...((server as unknown as Inside).http2Servers ?? [])];
  for (const [listener] of servers) NetServer.prototype.close.call(listener);
  await Promise.all(servers.flatMap(([, { sessions }]) => Array.from(sessions, heard)));
};

const heard = (session: ServerHttp2Session): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ANSWER_MS_MAX);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    session.once('close', done);
    try {
      session.goaway(constants.NGHTTP2_NO_ERROR, ANY_STREAM);
      if (!session.ping(done)) done();
    } catch {
      // It is closed already.
      done();
    }
  });
