/** What the guest says over a connection, and the wait for its answer, which is the query's time. */
import type { Connection } from './connections.ts';
import type { ReuseDesk } from './reuse/reuse-desk.ts';
import type { RunWaits, WaitClock } from './wait-clock.ts';

/** What is written to a stream of the isolate goes on to a connection as another write, unless the two are joined. */
function awaitAnswer(connection: Connection, queries: WaitClock): void {
  const isWrittenOn = connection.virtual !== undefined && connection.isJoined !== true;
  if (connection.heard !== undefined || isWrittenOn) return;
  const over = queries.begin();
  const heard = (): void => {
    over();
    delete connection.heard;
  };
  connection.heard = heard;
}

export const createSaying =
  (desk: ReuseDesk, { query }: RunWaits) =>
  (id: number, connection: Connection, bytes: Buffer, onWritten?: () => void): void => {
    if (desk.takes(id, connection, bytes)) return void onWritten?.();
    awaitAnswer(connection, query);
    connection.socket?.write(bytes, onWritten);
  };
