import { decodeDecimal, encodeDecimal, fromScaled, toScaled } from './decimal-codec.ts';
import { printSqlType, type SqlType } from './sql-type.ts';
import { decodeTemporal, encodeTemporal } from './temporal-codec.ts';
import { decodeUuid, encodeUuid } from './uuid-codec.ts';
import { decodeWindows1252, encodeWindows1252 } from './windows-1252.ts';

const INTEGER_BYTES = { tinyint: 1, smallint: 2, int: 4, bigint: 8 } as const;

const wholeOf = (value: unknown): bigint => {
  if (typeof value === 'number') return BigInt(Math.trunc(value));
  return BigInt(typeof value === 'boolean' ? value : String(value));
};

const encodeInteger = (name: keyof typeof INTEGER_BYTES, value: unknown): Buffer => {
  const whole = wholeOf(value);
  const bytes = Buffer.alloc(INTEGER_BYTES[name]);
  if (name === 'tinyint') bytes.writeUInt8(Number(whole));
  else if (name === 'bigint') bytes.writeBigInt64LE(whole);
  else bytes.writeIntLE(Number(whole), 0, bytes.length);
  return bytes;
};

const encodeFloat = (bytes: number, value: unknown): Buffer => {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) throw new SyntaxError('not a number');
  const buffer = Buffer.alloc(bytes);
  if (bytes === 4) buffer.writeFloatLE(number);
  else buffer.writeDoubleLE(number);
  return buffer;
};

const encodeMoney = (bytes: number, value: unknown): Buffer => {
  const scaled = toScaled(value, 4);
  const buffer = Buffer.alloc(bytes);
  if (bytes === 4) {
    buffer.writeInt32LE(Number(scaled));
  } else {
    buffer.writeInt32LE(Number(scaled >> 32n), 0);
    buffer.writeUInt32LE(Number(scaled & 0xffffffffn), 4);
  }
  return buffer;
};

const decodeMoney = (bytes: Buffer): string =>
  bytes.length === 4
    ? fromScaled(BigInt(bytes.readInt32LE()), 4)
    : fromScaled((BigInt(bytes.readInt32LE(0)) << 32n) | BigInt(bytes.readUInt32LE(4)), 4);

const bytesOf = (value: unknown): Buffer => {
  if (value instanceof Uint8Array) return Buffer.from(value);
  throw new SyntaxError('not bytes');
};

const textOf = (value: unknown): string => {
  if (value instanceof Uint8Array || (typeof value === 'object' && !(value instanceof Date))) {
    throw new SyntaxError('not a text');
  }
  return value instanceof Date ? value.toISOString() : String(value);
};

const bitOf = (value: unknown): number => {
  const text = String(value).toLowerCase();
  if (text === 'true' || text === 'false') return Number(text === 'true');
  if (Number.isNaN(Number(text))) throw new SyntaxError('not a bit');
  return Number(Number(text) !== 0);
};

/** The bytes of a value that is not NULL, without its length. Throws SyntaxError or RangeError where it does not fit. */
export const encodeValue = (type: SqlType, value: unknown): Buffer => {
  const { name, length, precision, scale } = type;
  switch (name) {
    case 'bit':
      return Buffer.from([bitOf(value)]);
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return encodeInteger(name, value);
    case 'real':
    case 'float':
      return encodeFloat(name === 'real' ? 4 : 8, value);
    case 'smallmoney':
    case 'money':
      return encodeMoney(name === 'smallmoney' ? 4 : 8, value);
    case 'decimal':
    case 'numeric':
      return encodeDecimal(value, precision, scale);
    case 'char':
      return encodeWindows1252(textOf(value).padEnd(length));
    case 'varchar':
    case 'text':
      return encodeWindows1252(textOf(value));
    case 'nchar':
      return Buffer.from(textOf(value).padEnd(length), 'utf16le');
    case 'nvarchar':
    case 'ntext':
    case 'xml':
      return Buffer.from(textOf(value), 'utf16le');
    case 'binary':
      return Buffer.concat([bytesOf(value), Buffer.alloc(Math.max(length - bytesOf(value).length, 0))]);
    case 'varbinary':
    case 'image':
      return bytesOf(value);
    case 'uniqueidentifier':
      return encodeUuid(value);
    default:
      return encodeTemporal(name, value, scale);
  }
};

/** The value of bytes that are not NULL: bigint for `bigint`, texts for decimals and money, Dates, Buffers, numbers. */
export const decodeValue = (type: SqlType, bytes: Buffer): unknown => {
  switch (type.name) {
    case 'bit':
      return bytes.readUInt8() !== 0;
    case 'tinyint':
      return bytes.readUInt8();
    case 'smallint':
    case 'int':
      return bytes.readIntLE(0, bytes.length);
    case 'bigint':
      return bytes.readBigInt64LE();
    case 'real':
      return bytes.readFloatLE();
    case 'float':
      return bytes.readDoubleLE();
    case 'smallmoney':
    case 'money':
      return decodeMoney(bytes);
    case 'decimal':
    case 'numeric':
      return decodeDecimal(bytes, type.scale);
    case 'char':
    case 'varchar':
    case 'text':
      return decodeWindows1252(bytes);
    case 'nchar':
    case 'nvarchar':
    case 'ntext':
    case 'xml':
      return bytes.toString('utf16le');
    case 'binary':
    case 'varbinary':
    case 'image':
      return Buffer.from(bytes);
    case 'uniqueidentifier':
      return decodeUuid(bytes);
    default:
      return decodeTemporal(type.name, bytes, type.scale);
  }
};

/** The value as a column of that type keeps it: '42' is 42 in an `int`. NULL stays null. Throws where it cannot be. */
export const convertValue = (type: SqlType, value: unknown): unknown => {
  if (value === null || value === undefined) return null;
  try {
    return decodeValue(type, encodeValue(type, value));
  } catch {
    throw new SyntaxError(`the value does not fit ${printSqlType(type)}`);
  }
};
