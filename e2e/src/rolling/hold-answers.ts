import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web service that keeps whoever asks waiting until it is told to let go. */
export const holdAnswers = async () => {
  const [asked, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = createServer(async (_, response) => {
    asked.resolve();
    await free.promise;
    response.end('let go');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked: asked.promise,
    release: free.resolve,
    [Symbol.asyncDispose]: async () => {
      free.resolve();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
