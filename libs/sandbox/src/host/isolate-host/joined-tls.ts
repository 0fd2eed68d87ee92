/**
 * TLS through a stream of the isolate, once both its ends are known to be here: the stream ends in a connection of this run.
 * From then on what is encrypted goes between the two without a way through the isolate.
 */
import type { TLSSocket } from 'node:tls';
import type { Connection, Connections } from './connections.ts';
import type { EventQueue } from './event-queue.ts';
import { noteSecure } from './reuse/keeping.ts';
import { secureInfoOf } from './tls-secure-info.ts';

export type Joining = {
  /** `bytesRead`: what the guest has read of the carrier; more has come when something is under way to it. */
  join(id: number, carrierId: number, bytesRead: number): void;
  /** The connection that speaks TLS over this one. */
  joinedTo(carrier: Connection): { readonly id: number; readonly connection: Connection } | undefined;
};

const UNDER_WAY = { message: 'read ECONNRESET', code: 'ECONNRESET', syscall: 'read' };

export function createJoining(connections: Connections, events: EventQueue): Joining {
  const joined = new Map<Connection, { readonly id: number; readonly connection: Connection }>();

  const giveUp = (id: number, connection: Connection): void => {
    connections.forget(id);
    connection.socket?.on('error', () => undefined).destroy();
    connections.fail(id, UNDER_WAY);
    events.emit([id, 'close', true]);
  };
  return {
    joinedTo: (carrier) => joined.get(carrier),
    join(id, carrierId, bytesRead) {
      const connection = connections.get(id);
      const carrier = connections.get(carrierId);
      const { virtual, socket } = connection ?? {};
      if (connection === undefined || virtual === undefined || carrier?.socket === undefined) return;
      if (carrier.bytesGiven !== bytesRead || !virtual.join(carrier.socket)) {
        giveUp(carrierId, carrier);
        return;
      }
      carrier.heard?.();
      connections.useEndsOf(carrierId, carrier);
      connection.isJoined = true;
      joined.set(carrier, { id, connection });
      if (carrier.keeping !== undefined) {
        connection.keeping = carrier.keeping;
        noteSecure(connection, secureInfoOf(socket as TLSSocket));
      }
      // What fails below is told of the carrier.
      carrier.socket.once('close', () => {
        connection.release?.();
        connections.forget(id);
        socket?.on('error', () => undefined).destroy();
      });
    },
  };
}
