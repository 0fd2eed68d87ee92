/** Opens connections: the supervisor makes them, and what is to be said first is said once they stand. */
import type { Connection, Connections, ConnectionsDeps } from './connections.ts';
import { LIMITS } from './limits.ts';
import type { ReuseDesk } from './reuse/reuse-desk.ts';
import type { SupervisorLink } from './supervisor-link.ts';
import type { RunWaits } from './wait-clock.ts';

type Question = Parameters<SupervisorLink['connect']>[0];

type OpenerDeps = Pick<ConnectionsDeps, 'transport' | 'events'> & {
  readonly link: SupervisorLink;
  readonly waits: RunWaits;
  readonly connections: Connections;
  readonly counts: { opened: number };
  readonly desk: ReuseDesk;
  readonly say: (id: number, connection: Connection, bytes: Buffer) => void;
};

export const createOpener =
  ({ link, connections, events, transport, waits, counts, desk, say }: OpenerDeps) =>
  (id: number, connection: Connection, question: Question, words: Buffer | undefined): void => {
    const over = waits.connect.begin();
    const withdraw = link.connect(question, (answer) => {
      over();
      if ('error' in answer) {
        connections.forget(id);
        connections.fail(id, answer.error);
        events.emit([id, 'close', true]);
        return;
      }
      const { socket, addresses } = answer.value;
      counts.opened += 1;
      transport.succeeded();
      desk.note(connection, addresses);
      socket.setNoDelay(true);
      if (words === undefined) events.emit([id, 'connect', addresses]);
      else {
        connection.untold = [id, 'connect', { ...addresses, hasSpoken: true }];
        // A script may wait for that to speak first itself, and its server for what it says.
        setTimeout(() => connections.tellUntold(connection), LIMITS.untoldMs).unref();
      }
      connections.use(id, connection, socket);
      if (words !== undefined && words.length > 0) say(id, connection, words);
    });
    const withdrawAll = (): void => {
      over();
      withdraw();
    };
    connection.withdraw = withdrawAll;
  };
