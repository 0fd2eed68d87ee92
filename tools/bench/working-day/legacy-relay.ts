import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a legacy database is like: as it should be, slow to answer, silent, or not there. */
export type Condition = 'fine' | 'slow' | 'silent' | 'refusing';

export type LegacyRelay = AsyncDisposable & {
  readonly port: number;
  become(condition: Condition): Promise<void>;
};

/** Each answer of a slow one comes later by this. */
const SLOW_MS = 150;

const pass = async (from: Socket, to: Socket, condition: () => Condition): Promise<void> => {
  for await (const chunk of from) {
    if (condition() === 'slow') await sleep(SLOW_MS);
    if (condition() !== 'silent') to.write(chunk);
  }
  to.end();
};

/** A port before a database that can be told to fail as databases do; it breaks what is open when it refuses. */
export const startLegacyRelay = async (target: number): Promise<LegacyRelay> => {
  let condition: Condition = 'fine';
  const open = new Set<Socket>();
  const track = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) track(socket);
    client.once('close', () => upstream.destroy());
    client.on('data', (chunk) => condition !== 'silent' && upstream.write(chunk));
    pass(upstream, client, () => condition).catch(() => client.destroy());
  });
  const port = await listenOn(server, 0);
  const breakAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    breakAll();
    await once(server, 'close');
  };
  return {
    port,
    async become(next) {
      condition = next;
      if (next === 'refusing') await close();
      else if (!server.listening) await listenOn(server, port);
    },
    [Symbol.asyncDispose]: close,
  };
};

const listenOn = async (server: Server, port: number): Promise<number> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
