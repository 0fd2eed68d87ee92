/** Puts a PostgreSQL session back to what it was when it was opened. */
import { randomBytes } from 'node:crypto';
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
 * What a server may say meanwhile: that a query is done, that settings are back, notices, and what the last run had asked to be
 * notified of, which nobody gets any more.
 */
const HARMLESS = new Set(['C', 'S', 'N', 'A']);
const ROW_CHARACTERS_MAX = 64;

/**
 * What no reset gives back for sure: the role that the user or the database brings (servers before the minor releases of November
 * 2024 leave the session without it) and what a trigger has done at the login; and the process that let the session in, which
 * with a pooler between is another. Sources: release notes of PostgreSQL 12.22 to 17.2, "Event Triggers".
 */
const isAsLetIn = (processId: number): string => `pg_catalog.pg_backend_pid() = ${processId}
  AND current_user = session_user
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_event_trigger WHERE evtevent = 'login' AND evtenabled <> 'D')
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_db_role_setting
    WHERE pg_catalog.array_to_string(setconfig, ',') ~* '(^|,)(role|session_authorization)='
      AND setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
      AND setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user)))`;

/** Gives the mark as its one row: an answer that an earlier query still owes is another. */
const markQuery = (mark: string, processId: number | undefined): Buffer =>
  query(`SELECT '${mark}'${processId === undefined ? '' : ` WHERE ${isAsLetIn(processId)}`}`);

/** A row of one column, after the first byte. */
const rowOf = (text: string): string => `\x01\0\0\0${String.fromCharCode(text.length)}${text}`;

/** `processId` is asked for where the session has not been reset before. Needs the socket to flow, and to itself. */
export function resetPgSession(socket: Socket, processId: number | undefined): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const mark = randomBytes(12).toString('hex');
  let owed = 2;
  let row: string | undefined;
  const fail = (): void => resolve(false);
  const onMessage = (kind: string, first: number): void => {
    if (owed === 0) fail();
    else if (kind === 'Z' && first === 0x49) owed -= 1;
    else if (kind === 'D' && owed === 1 && row === undefined) row = '';
    else if (!HARMLESS.has(kind) && !(kind === 'T' && owed === 1 && row === undefined)) fail();
  };
  const onBody = (bytes: Buffer, kind: string): void => {
    if (kind === 'D' && row !== undefined && row.length < ROW_CHARACTERS_MAX) row += bytes.toString('latin1');
  };
  const reader = createMessageReader(onMessage, onBody);
  const onData = (bytes: Buffer): void => {
    reader.push(bytes);
    if (reader.isLost()) fail();
    else if (owed === 0) resolve(reader.isBetween() && row === rowOf(mark));
  };
  socket.on('data', onData);
  socket.on('close', fail);
  socket.write(Buffer.concat([DISCARD_ALL, markQuery(mark, processId)]));
  return promise.finally(() => {
    socket.removeListener('data', onData);
    socket.removeListener('close', fail);
  });
}
