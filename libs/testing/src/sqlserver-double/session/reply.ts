import type { SqlColumn, SqlMessage, SqlRow } from '../query.ts';
import { parseSqlType } from '../types/sql-type.ts';
import { wireType } from '../types/wire-type.ts';
import { createPacketWriter, PACKET } from '../wire/packets.ts';
import {
  DONE,
  type WireColumn,
  type WireMessage,
  writeColumns,
  writeDone,
  writeEnvironmentBytes,
  writeMessage,
  writeOrder,
  writeRow,
} from '../wire/tokens.ts';
import type { SessionState } from './session-state.ts';
import type { TransactionChange } from './transactions.ts';
import { untilAborted } from './wait.ts';

const KNOWS_NULL_BITMAP = 0x730b0003;
const TDS_8 = 0x08000000;
const SEND_AT_BYTES = 32_768;

/** One reply being written. Statements' DONE tokens are held back until it is known whether more follows. */
export type Reply = ReturnType<typeof createReply>;

const wireColumn = ({ name, type, nullable = true, identity = false }: SqlColumn): WireColumn => ({
  name,
  type: wireType(typeof type === 'string' ? parseSqlType(type) : type, nullable),
  nullable,
  identity,
});

const valuesOf = (row: SqlRow, columns: readonly SqlColumn[]): readonly unknown[] =>
  Array.isArray(row) ? row : columns.map(({ name }) => (row as Readonly<Record<string, unknown>>)[name]);

/** A reply to a batch, a call or a login in a session. `serverName` stands in messages that name no other. */
export const createReply = (
  state: SessionState,
  kind: 'batch' | 'call',
  serverName: string,
  send: (bytes: Buffer) => Promise<void>,
) => {
  const packets = createPacketWriter(PACKET.reply, state.packetBytes, send);
  const writer = packets.content;
  const knowsNullBitmap = state.tdsVersion >= KNOWS_NULL_BITMAP || state.tdsVersion === TDS_8;
  let held: { status: number; rows: number } | undefined;
  let errorNumber = 0;
  const release = (more: boolean): void => {
    if (held === undefined) return;
    writeDone(writer, kind === 'call' ? 'doneInProcedure' : 'done', held.status | (more ? DONE.more : 0), held.rows);
    held = undefined;
  };
  const statementDone = (rows: number): void => {
    held = state.countsRows ? { status: DONE.count, rows } : { status: DONE.final, rows: 0 };
    state.lastRowCount = rows;
  };
  const message = (given: SqlMessage, defaults: Pick<WireMessage, 'number' | 'class'>): void => {
    release(true);
    const full = { ...defaults, state: 1, serverName, procedure: '', line: 1, ...given };
    writeMessage(writer, full);
    if (full.class > 10) errorNumber = full.number;
  };
  const wholeRow = (columns: readonly WireColumn[], values: readonly unknown[]): void => {
    const start = writer.length();
    try {
      writeRow(writer, columns, values, knowsNullBitmap);
    } catch (error) {
      writer.truncate(start);
      throw error;
    }
  };
  return {
    writer,
    print: (text: string | SqlMessage): void =>
      message(typeof text === 'string' ? { message: text } : text, { number: 0, class: 0 }),
    error: (error: SqlMessage & { number: number }): void => {
      message(error, { number: error.number, class: 16 });
      held = { status: DONE.error, rows: 0 };
    },
    rowsAffected: (rows: number): void => {
      release(true);
      statementDone(rows);
    },
    transaction: (change: TransactionChange | undefined): void => {
      release(true);
      if (change) writeEnvironmentBytes(writer, change.environment, change.now, change.before);
    },
    /** Writes the head and the rows; the caller says when to stop and ends the set with `rowsAffected`. */
    resultSet: async (
      set: { columns: readonly SqlColumn[]; rows: Iterable<SqlRow> | AsyncIterable<SqlRow> },
      orderedBy: readonly number[],
      signal: AbortSignal,
    ): Promise<number> => {
      release(true);
      const columns = set.columns.map(wireColumn);
      writeColumns(writer, columns);
      if (orderedBy.length > 0) writeOrder(writer, orderedBy);
      let count = 0;
      for await (const row of untilAborted(set.rows, signal)) {
        wholeRow(columns, valuesOf(row, set.columns));
        count += 1;
        if (writer.length() > SEND_AT_BYTES) await packets.flush(SEND_AT_BYTES);
      }
      return count;
    },
    flush: packets.flushUnfinished,
    errorNumber: () => errorNumber,
    /** Ends the reply. A call's status and output values are written by `tail`, right before its end. */
    finish: async (tail: () => void = () => {}): Promise<void> => {
      if (kind === 'call') {
        const failed = errorNumber !== 0;
        if (held?.status !== DONE.error) release(true);
        tail();
        writeDone(writer, 'doneProcedure', failed ? DONE.error : DONE.final);
      } else {
        held ??= { status: DONE.final, rows: 0 };
        release(false);
      }
      await packets.end();
    },
  };
};
