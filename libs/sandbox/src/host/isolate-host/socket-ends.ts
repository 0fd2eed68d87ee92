/** How the guest parts from a connection: with a driver's last word, or without one. */
import { asBytes } from './arguments.ts';
import { type Connections, cut } from './connections.ts';
import type { Joining } from './joined-tls.ts';
import type { LeavingSockets } from './leaving-sockets.ts';
import type { OrderedEvents } from './ordered-events.ts';
import type { ReuseDesk } from './reuse/reuse-desk.ts';
import type { SocketQuotas } from './socket-quotas.ts';

type LettingGoDeps = {
  readonly connections: Connections;
  readonly ordered: OrderedEvents;
  readonly joining: Joining;
  readonly desk: ReuseDesk;
};

/** What becomes of a connection that the guest is done with; what TLS says over it is what may be kept. */
export const createLettingGo =
  ({ connections, ordered, joining, desk }: LettingGoDeps) =>
  (id: number): void => {
    const connection = connections.get(id);
    if (connection === undefined) return;
    const secured = joining.joinedTo(connection);
    for (const known of secured === undefined ? [id] : [id, secured.id]) {
      connections.forget(known);
      ordered.forget(known);
    }
    connection.withdraw?.();
    connection.heard?.();
    secured?.connection.heard?.();
    if (desk.holds(secured?.connection ?? connection)) {
      connection.release?.();
      return;
    }
    cut(connection);
  };

type FarewellDeps = {
  readonly connections: Connections;
  readonly desk: ReuseDesk;
  readonly leaving: LeavingSockets;
  readonly countOut: SocketQuotas['countOut'];
};

export const createFarewell =
  ({ connections, desk, leaving, countOut }: FarewellDeps): ((id: unknown, bytes: unknown) => void) =>
  (id, bytes) => {
    const data = asBytes(bytes, 'bytes');
    const connection = connections.get(id);
    countOut(data.length, 'onConnections');
    if (connection === undefined || desk.keeps(id as number, connection, data)) return;
    connection.isLeft = true;
    connection.pausedByGuest = false;
    if (connection.socket === undefined) return;
    connections.read(connection);
    leaving.add(connection.socket.end(data));
  };
