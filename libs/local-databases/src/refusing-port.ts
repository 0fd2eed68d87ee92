import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

export type RefusingPort = AsyncDisposable & { readonly port: number };

/**
 * A loopback TCP port that refuses whoever dials it, and that nobody else can take meanwhile: a connection of ours holds it as
 * its own end. A port that is only free may be anybody's server by the time it is dialled.
 */
export async function holdRefusingPort(): Promise<RefusingPort> {
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const holder = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(holder, 'connect');
  return {
    port: (holder.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      holder.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
