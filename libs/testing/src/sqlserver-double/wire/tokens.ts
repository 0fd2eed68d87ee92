import { writeTypeInfo } from '../types/type-info.ts';
import { writeValue } from '../types/value-framing.ts';
import { hasTableName, type WireType } from '../types/wire-type.ts';
import type { ByteWriter } from './byte-writer.ts';
import { createByteWriter } from './byte-writer.ts';

/** A column as COLMETADATA sends it. */
export type WireColumn = { name: string; type: WireType; nullable: boolean; identity: boolean };

/** An ERROR's or INFO's fields, all of them. */
export type WireMessage = {
  number: number;
  state: number;
  class: number;
  message: string;
  serverName: string;
  procedure: string;
  line: number;
};

const TOKEN = {
  returnStatus: 0x79,
  columns: 0x81,
  order: 0xa9,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAcknowledged: 0xad,
  features: 0xae,
  row: 0xd1,
  rowWithNulls: 0xd2,
  environment: 0xe3,
  done: 0xfd,
  doneProcedure: 0xfe,
  doneInProcedure: 0xff,
} as const;

/** Status bits of the DONE tokens (MS-TDS 2.2.7.6). */
export const DONE = { final: 0, more: 0x01, error: 0x02, count: 0x10, attention: 0x20 } as const;

/** Types of ENVCHANGE (MS-TDS 2.2.7.9). */
export const ENVIRONMENT = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  begin: 8,
  commit: 9,
  rollback: 10,
  reset: 18,
  routing: 20,
} as const;

const NULLABLE = 0x01;
const MAYBE_WRITABLE = 0x08;
const IDENTITY = 0x10;

const withLength = (writer: ByteWriter, token: number, fill: (body: ByteWriter) => void): void => {
  const body = createByteWriter();
  fill(body);
  writer.u8(token);
  writer.u16(body.length());
  writer.bytes(body.take());
};

/** ERROR, or INFO where the class is 10 or lower. */
export const writeMessage = (writer: ByteWriter, message: WireMessage): void =>
  withLength(writer, message.class > 10 ? TOKEN.error : TOKEN.info, (body) => {
    body.i32(message.number);
    body.u8(message.state);
    body.u8(message.class);
    body.longText(message.message.slice(0, 4000));
    body.shortText(message.serverName);
    body.shortText(message.procedure);
    body.u32(message.line);
  });

/** DONE, DONEINPROC or DONEPROC. */
export const writeDone = (
  writer: ByteWriter,
  kind: 'done' | 'doneProcedure' | 'doneInProcedure',
  status: number,
  rows = 0,
): void => {
  writer.u8(TOKEN[kind]);
  writer.u16(status);
  writer.u16(0);
  writer.u64(BigInt(rows));
};

/** ENVCHANGE with texts. */
export const writeEnvironmentText = (writer: ByteWriter, type: number, now: string, before: string): void =>
  withLength(writer, TOKEN.environment, (body) => {
    body.u8(type);
    body.shortText(now);
    body.shortText(before);
  });

/** ENVCHANGE with bytes: a collation, or a transaction's descriptor. */
export const writeEnvironmentBytes = (writer: ByteWriter, type: number, now: Buffer, before: Buffer): void =>
  withLength(writer, TOKEN.environment, (body) => {
    body.u8(type);
    body.u8(now.length);
    body.bytes(now);
    body.u8(before.length);
    body.bytes(before);
  });

/** ENVCHANGE that sends the client to another server. */
export const writeRouting = (writer: ByteWriter, host: string, port: number): void =>
  withLength(writer, TOKEN.environment, (body) => {
    body.u8(ENVIRONMENT.routing);
    body.u16(5 + host.length * 2);
    body.u8(0);
    body.u16(port);
    body.longText(host);
    body.u16(0);
  });

/** LOGINACK. */
export const writeLoginAcknowledged = (writer: ByteWriter, tdsVersion: number, version: readonly number[]): void =>
  withLength(writer, TOKEN.loginAcknowledged, (body) => {
    body.u8(1);
    body.u32be(tdsVersion);
    body.shortText('SQL Server double');
    const [major = 0, minor = 0, build = 0] = version;
    body.u8(major);
    body.u8(minor);
    body.u16be(build);
  });

const UTF8_SUPPORT = 0x0a;

/** FEATUREEXTACK: of all features the double has UTF-8 support only. Nothing is sent when that was not asked for. */
export const writeFeatures = (writer: ByteWriter, asked: readonly number[]): void => {
  if (asked.includes(UTF8_SUPPORT)) writer.bytes([TOKEN.features, UTF8_SUPPORT, 1, 0, 0, 0, 1, 0xff]);
};

/** COLMETADATA. */
export const writeColumns = (writer: ByteWriter, columns: readonly WireColumn[]): void => {
  writer.u8(TOKEN.columns);
  writer.u16(columns.length);
  for (const { name, type, nullable, identity } of columns) {
    writer.u32(0);
    writer.u16((nullable ? NULLABLE : 0) | MAYBE_WRITABLE | (identity ? IDENTITY : 0));
    writeTypeInfo(writer, type);
    if (hasTableName(type)) writer.bytes([0]);
    writer.shortText(name);
  }
};

/** ORDER: the numbers of the columns, from 1, that the rows are sorted by. */
export const writeOrder = (writer: ByteWriter, columns: readonly number[]): void =>
  withLength(writer, TOKEN.order, (body) => {
    for (const column of columns) body.u16(column);
  });

const nullBitmap = (values: readonly unknown[]): Buffer => {
  const bitmap = Buffer.alloc(Math.ceil(values.length / 8));
  values.forEach((value, at) => {
    if (value === null || value === undefined) bitmap.writeUInt8(bitmap.readUInt8(at >> 3) | (1 << (at & 7)), at >> 3);
  });
  return bitmap;
};

/** ROW, or NBCROW where a value is NULL and the client knows that token. */
export const writeRow = (
  writer: ByteWriter,
  columns: readonly WireColumn[],
  values: readonly unknown[],
  knowsNullBitmap: boolean,
): void => {
  const compress = knowsNullBitmap && columns.some((_, at) => values[at] === null || values[at] === undefined);
  writer.u8(compress ? TOKEN.rowWithNulls : TOKEN.row);
  if (compress) writer.bytes(nullBitmap(columns.map((_, at) => values[at])));
  columns.forEach(({ type }, at) => {
    const value = values[at];
    if (!compress || (value !== null && value !== undefined)) writeValue(writer, type, value);
  });
};

/** RETURNSTATUS. */
export const writeReturnStatus = (writer: ByteWriter, status: number): void => {
  writer.u8(TOKEN.returnStatus);
  writer.i32(status);
};

/** RETURNVALUE: what an output parameter became. `ordinal` counts the call's parameters from 0. */
export const writeReturnValue = (
  writer: ByteWriter,
  parameter: { ordinal: number; name: string; type: WireType; value: unknown },
): void => {
  writer.u8(TOKEN.returnValue);
  writer.u16(parameter.ordinal);
  writer.shortText(parameter.name === '' ? '' : `@${parameter.name}`);
  writer.u8(1);
  writer.u32(0);
  writer.u16(NULLABLE);
  writeTypeInfo(writer, parameter.type);
  writeValue(writer, parameter.type, parameter.value);
};
