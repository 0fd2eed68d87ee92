import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type WebAnswers = AsyncDisposable & {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly requests: readonly { readonly method: string; readonly path: string }[];
};

export type WebHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on loopback that answers as the handler does. */
export const startWebAnswers = async (handler: WebHandler): Promise<WebAnswers> => {
  const requests: { method: string; path: string }[] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', path: request.url ?? '' });
    handler(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
