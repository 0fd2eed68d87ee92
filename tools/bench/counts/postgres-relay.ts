import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What clients of a PostgreSQL have sent through a relay so far. */
export type Sent = { readonly connections: number; readonly statements: number; readonly messages: number };

export type PostgresRelay = AsyncDisposable & { readonly port: number; readonly sent: () => Sent };

/** `Query` and `Execute`: what makes the server run a statement. */
const STATEMENTS = new Set(['Q', 'E']);

/**
 * Counts the messages of one connection. Its first one, the start-up message, has a length and no letter before it; a
 * client that asks for TLS first is not understood here.
 */
const createCounter = (onMessage: (type: string) => void) => {
  let rest = Buffer.alloc(0);
  let started = false;
  return (chunk: Buffer): void => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const lengthAt = started ? 1 : 0;
      if (rest.length < lengthAt + 4) return;
      const end = lengthAt + rest.readUInt32BE(lengthAt);
      if (rest.length < end) return;
      onMessage(started ? String.fromCharCode(rest[0] ?? 0) : '');
      started = true;
      rest = rest.subarray(end);
    }
  };
};

/** A loopback port that leads to a PostgreSQL and counts what is sent to it. */
export const startPostgresRelay = async (target: () => number): Promise<PostgresRelay> => {
  const sent = { connections: 0, statements: 0, messages: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sent.connections += 1;
    const count = createCounter((type) => {
      sent.messages += 1;
      if (STATEMENTS.has(type)) sent.statements += 1;
    });
    const upstream = connect(target(), '127.0.0.1');
    client.on('data', count);
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one) && other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => ({ ...sent }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
