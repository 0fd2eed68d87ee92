/** Puts a PostgreSQL session back to what it was when it was opened. */
import type { Socket } from 'node:net';
import { createMessageReader } from './messages.ts';

function query(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeUInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

const DISCARD_ALL = query('DISCARD ALL');
/**
 * What a server may say meanwhile: that a query is done, what it gave, that settings are back, notices, and what the last
 * run had asked to be notified of, which nobody gets any more.
 */
const HARMLESS = new Set(['C', 'T', 'D', 'S', 'N', 'A']);

/** Fails unless the process that answers is the one that let the session in: with a pooler between, it is not. */
const sameProcess = (processId: number): Buffer =>
  query(`SELECT 1 / (CASE pg_catalog.pg_backend_pid() WHEN ${processId} THEN 1 ELSE 0 END)`);

/** `processId` is asked for where the session has not been reset before. Needs the socket to flow, and to itself. */
export function resetPgSession(socket: Socket, processId: number | undefined): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let owed = processId === undefined ? 1 : 2;
  const reader = createMessageReader((kind, status) => {
    if (owed === 0) resolve(false);
    else if (kind === 'Z' && status === 0x49) owed -= 1;
    else if (!HARMLESS.has(kind)) resolve(false);
  });
  const onData = (bytes: Buffer): void => {
    reader.push(bytes);
    if (reader.isLost()) resolve(false);
    else if (owed === 0) resolve(reader.isBetween());
  };
  const onClose = (): void => resolve(false);
  socket.on('data', onData);
  socket.on('close', onClose);
  socket.write(processId === undefined ? DISCARD_ALL : Buffer.concat([DISCARD_ALL, sameProcess(processId)]));
  return promise.finally(() => {
    socket.removeListener('data', onData);
    socket.removeListener('close', onClose);
  });
}
