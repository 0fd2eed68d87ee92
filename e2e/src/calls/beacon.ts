import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { findFreePort } from '@userferry/local-databases';

/** A port that scripts dial to say that they have begun, and one that refuses them. */
export type Beacon = AsyncDisposable & {
  readonly port: number;
  readonly deadPort: number;
  /** Resolves at the next dialling. */
  readonly dialled: () => Promise<void>;
  /** How often it was dialled until now. */
  readonly count: () => number;
};

export const startBeacon = async (): Promise<Beacon> => {
  const sockets = new Set<Socket>();
  let dialled = 0;
  const server = createServer((socket) => {
    dialled += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    server.emit('dialled');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return {
    port: (server.address() as AddressInfo).port,
    deadPort: await findFreePort(),
    dialled: async () => void (await once(server, 'dialled')),
    count: () => dialled,
    [Symbol.asyncDispose]: close,
  };
};
