/** How a connection that was to be kept ends where it cannot be: for its driver it broke. */
import type { Connection, Connections } from '../connections.ts';
import type { EventQueue } from '../event-queue.ts';
import type { ReuseTerms } from './reuse-terms.ts';

export type GiveUp = (id: number, connection: Connection) => void;

type GiveUpDeps = { readonly connections: Connections; readonly events: EventQueue };

const BROKEN = { message: 'read ECONNRESET', code: 'ECONNRESET', syscall: 'read' };

/** Breaks a connection off. */
export const createGiveUp =
  ({ connections, events }: GiveUpDeps): GiveUp =>
  (id, connection) => {
    connections.forget(id);
    connection.release?.();
    connection.socket?.on('error', () => undefined).destroy();
    connections.fail(id, BROKEN);
    events.emit([id, 'close', true]);
  };

/** The same for a driver that says something else than when the session was opened: it would do so with the next one, too. */
export const createBreakOff =
  (terms: ReuseTerms | undefined, giveUp: GiveUp): GiveUp =>
  (id, connection) => {
    if (connection.keeping !== undefined) terms?.lot.refuse(connection.keeping.key);
    giveUp(id, connection);
  };
