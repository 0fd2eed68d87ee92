import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { ObjectId } from 'bson';
import { createCursors } from './data/cursors.ts';
import type { Fault, SeenCommand } from './double-options.ts';
import { createFaults, isHousekeeping } from './session/faults.ts';
import type { Deployment, Member } from './session/member.ts';
import { type Security, serveConnection } from './session/serve-connection.ts';

/** One running server: a double by itself, or a member of a set. */
export type MongodbServer = {
  readonly port: number;
  /** All commands so far, oldest first. */
  readonly commands: readonly SeenCommand[];
  /** Commands without what drivers send of their own accord: to connect, to watch, to clean up. */
  readonly ownCommands: () => SeenCommand[];
  /** Lets something go wrong. */
  readonly inject: (fault: Fault) => void;
  readonly openConnections: () => number;
  readonly openCursors: () => number;
  /** Ends every connection at once, as a server does that dies. */
  readonly dropConnections: () => void;
  /** Ends connections and listener; when it resolves nothing is left. */
  readonly stop: () => Promise<void>;
};

/** Starts a server on the loopback, on a free port unless one is given. */
export const startMember = async (
  deployment: Deployment,
  { index, security, port = 0 }: { index: number; security: Security | undefined; port?: number | undefined },
): Promise<MongodbServer> => {
  const member: Member = {
    deployment,
    index,
    processId: new ObjectId(),
    cursors: createCursors(),
    faults: createFaults(),
    commands: [],
  };
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    connections += 1;
    void serveConnection(socket, member, { id: connections, security });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the double has no port');
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  let stopped: Promise<unknown> | undefined;
  const stop = async (): Promise<void> => {
    stopped ??= Promise.all([server, ...sockets].map((open) => new Promise((resolve) => open.once('close', resolve))));
    server.close();
    dropConnections();
    await stopped;
  };
  return {
    port: address.port,
    commands: member.commands,
    ownCommands: () => member.commands.filter(({ name }) => !isHousekeeping(name)),
    inject: member.faults.add,
    openConnections: () => sockets.size,
    openCursors: member.cursors.count,
    dropConnections,
    stop,
  };
};
