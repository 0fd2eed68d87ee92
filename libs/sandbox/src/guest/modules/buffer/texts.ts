/** Text in and out of buffers: what Node has and the npm package lacks, with Node's checks. */
import * as base from 'buffer/';
import { textFromHost } from '../host-text.ts';
import { invalidArgType } from '../node-errors.ts';
import { outside, unknownEncoding, validateInteger } from './bounds.ts';
import { type Bytes, isEncoding } from './making.ts';
import { decodeUtf8, isUtf8, utf8Length, writeUtf8 } from './utf8.ts';

type Coded = (this: unknown, ...args: unknown[]) => never;
const plainToString = base.Buffer.prototype.toString as unknown as Coded;
const plainWrite = base.Buffer.prototype.write as unknown as Coded;
const plainByteLength = base.Buffer.byteLength as unknown as Coded;

const toBase64 = (text: string): string => text.replace(/-/g, '+').replace(/_/g, '/');
const isBase64Url = (encoding: unknown): boolean =>
  typeof encoding === 'string' && encoding.toLowerCase() === 'base64url';

const isHex = (encoding: string): boolean => encoding.toLowerCase() === 'hex';

function slice(bytes: Bytes, encoding: string, start: number, end: number): string {
  const long = textFromHost(bytes, encoding, start, end);
  if (long !== undefined) return long;
  if (isUtf8(encoding)) return decodeUtf8(bytes, start, end);
  if (!isBase64Url(encoding)) return plainToString.call(bytes, encoding, start, end);
  const text = plainToString.call(bytes, 'base64', start, end) as string;
  return text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function toText(this: Bytes, ...args: unknown[]): string {
  if (args.length === 0) return slice(this, 'utf8', 0, this.length);
  const [encoding, from, to] = args;
  const { length } = this;
  const start = (from as number) > 0 ? Math.trunc(from as number) : 0;
  const end = to === undefined || (to as number) > length ? length : Math.trunc(Number(to)) || 0;
  if (start >= length || end <= start) return '';
  if (encoding !== undefined && !isEncoding(`${encoding as string}`)) throw unknownEncoding(encoding);
  return slice(this, encoding === undefined ? 'utf8' : `${encoding as string}`, start, end);
}

function put(bytes: Bytes, text: string, offset: number, length: number, encoding: string): number {
  if (isUtf8(encoding)) return writeUtf8(bytes, text, offset, length);
  if (isBase64Url(encoding)) return plainWrite.call(bytes, toBase64(text), offset, length, 'base64');
  // Half a byte is none; the package makes one of it.
  const whole = isHex(encoding) && text.length % 2 === 1 ? text.slice(0, -1) : text;
  return plainWrite.call(bytes, whole, offset, length, encoding);
}

/** `write(text[, offset[, length]][, encoding])`; returns how many bytes were written. */
export function write(this: Bytes, text: unknown, ...rest: unknown[]): number {
  if (typeof text !== 'string') {
    throw Object.assign(new TypeError('argument must be a string'), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  const encodingAt = rest.findIndex((value) => typeof value === 'string');
  const numbers = encodingAt < 0 ? rest : rest.slice(0, encodingAt);
  const encoding = encodingAt < 0 ? rest[2] : rest[encodingAt];
  const offset = numbers[0] === undefined ? 0 : validateInteger(numbers[0], 'offset', 0, this.length);
  const room = this.length - offset;
  const asked = numbers[1] === undefined ? room : validateInteger(numbers[1], 'length', 0, this.length);
  if (encoding && !isEncoding(encoding)) throw unknownEncoding(encoding);
  const length = Math.min(asked, room);
  return length === 0 ? 0 : put(this, text, offset, length, String(encoding || 'utf8'));
}

export function byteLength(value: unknown, encoding?: unknown): number {
  if (typeof value !== 'string') {
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
    throw invalidArgType('string', 'of type string or an instance of Buffer or ArrayBuffer', value);
  }
  if (encoding === undefined || (typeof encoding === 'string' && isUtf8(encoding))) return utf8Length(value);
  return isBase64Url(encoding)
    ? plainByteLength.call(undefined, toBase64(value), 'base64')
    : plainByteLength.call(undefined, value, encoding);
}

const DIRECT_ENCODINGS = ['utf8', 'latin1', 'ascii', 'hex', 'base64', 'base64url', 'ucs2'] as const;

/** Drivers call these undocumented methods where they find them: mysql2 requires `utf8Slice`. */
export function directMethods(): Record<string, unknown> {
  const methods: Record<string, unknown> = {};
  for (const encoding of DIRECT_ENCODINGS) {
    methods[`${encoding}Slice`] = function (this: Bytes, start = 0, end = this.length) {
      return slice(this, encoding, start, Math.min(end, this.length));
    };
    methods[`${encoding}Write`] = function (this: Bytes, text: string, at = 0, length = this.length - at) {
      if (at < 0 || at > this.length) throw outside('offset');
      if (length < 0 || length > this.length - at) throw outside('length');
      return put(this, text, at, length, encoding);
    };
  }
  return methods;
}
