/** TLS on a connection that is kept: it was agreed on when the session was opened, and is told of again. */
import type { TlsOptions } from '../../../bridge/operations.ts';
import type { Connection, Connections } from '../connections.ts';
import type { EventQueue } from '../event-queue.ts';
import type { TransportLog } from '../transport-log.ts';
import type { GiveUp } from './give-up.ts';

export type KeptTls = {
  /** Whether TLS is there already on what `parent` was. */
  secures(id: number, parent: Connection, options: TlsOptions): boolean;
};

type KeptTlsDeps = {
  readonly connections: Connections;
  readonly events: EventQueue;
  readonly transport: TransportLog;
};

/** Answers a driver that begins TLS where it is there already. */
export const createKeptTls =
  ({ connections, events, transport }: KeptTlsDeps, breakOff: GiveUp): KeptTls['secures'] =>
  (id, parent, options) => {
    const { keeping, socket, release } = parent;
    if (keeping === undefined || socket === undefined) return false;
    const isSame = keeping.follower.onTls(options);
    if (!('encrypted' in socket)) return false;
    const connection = connections.add(id);
    release?.();
    connection.keeping = keeping;
    connections.use(id, connection, socket);
    const known = isSame ? keeping.follower.replaySecure() : undefined;
    if (known === undefined) {
      breakOff(id, connection);
      return true;
    }
    transport.succeeded();
    events.emit([id, 'secure', known.info]);
    if (known.bytes.length > 0) connections.giveData(id, known.bytes);
    return true;
  };
