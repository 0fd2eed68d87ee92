import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What happens on the way to a database. */
export type Fault =
  | { readonly kind: 'none' }
  /** Every packet takes that long, either way. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Whoever dials is reset at once. */
  | { readonly kind: 'reset' }
  /** Whoever dials is accepted, and nothing ever comes back. */
  | { readonly kind: 'silent' }
  /** The line is cut when the client sends its n-th packet: by an orderly end, or by a reset. */
  | { readonly kind: 'cut'; readonly packet: number; readonly how: 'end' | 'reset' };

/** A line to a port of this machine that can be made to fail. */
export type FaultyLink = AsyncDisposable & {
  readonly port: number;
  readonly set: (fault: Fault) => void;
};

type Line = { readonly client: Socket; readonly server: Socket };

const later = (ms: number, work: () => void): void => void setTimeout(work, ms);

const cut = ({ client, server }: Line, how: 'end' | 'reset'): void => {
  server.destroy();
  if (how === 'reset') client.resetAndDestroy();
  else client.destroy();
};

const join = (line: Line, fault: Fault): void => {
  const { client, server } = line;
  const ms = fault.kind === 'slow' ? fault.ms : 0;
  let packets = 0;
  client.on('data', (bytes) => {
    packets += 1;
    if (fault.kind === 'cut' && packets >= fault.packet) return cut(line, fault.how);
    if (fault.kind !== 'silent') later(ms, () => server.writable && server.write(bytes));
  });
  server.on('data', (bytes) => later(ms, () => client.writable && client.write(bytes)));
  client.on('close', () => later(ms, () => server.destroy()));
  server.on('close', () => later(ms, () => client.destroy()));
};

/** Opens a line to that port. A fault holds for whoever dials from then on, and all do: the lines that there are, are cut. */
export const openFaultyLink = async (target: number): Promise<FaultyLink> => {
  let fault: Fault = { kind: 'none' };
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const link = createServer((client) => {
    keep(client);
    if (fault.kind === 'reset') return void client.resetAndDestroy();
    join({ client, server: keep(connect(target, '127.0.0.1')) }, fault);
  });
  link.listen(0, '127.0.0.1');
  await once(link, 'listening');
  return {
    port: (link.address() as AddressInfo).port,
    set: (next) => {
      fault = next;
      for (const socket of sockets) socket.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      link.close();
      await once(link, 'close');
    },
  };
};
