/** `buffer`: the npm package plus the encodings and methods that Node has and it lacks. */
import * as base from 'buffer/';

const { Buffer } = base;
type Bytes = InstanceType<typeof Buffer>;

const toBase64 = (text: string): string => text.replace(/-/g, '+').replace(/_/g, '/');
const isBase64Url = (encoding: unknown): boolean =>
  typeof encoding === 'string' && encoding.toLowerCase() === 'base64url';

const plainFrom = Buffer.from as (...args: unknown[]) => Bytes;
const plainToString = Buffer.prototype.toString;
const plainWrite = Buffer.prototype.write as (...args: unknown[]) => number;
const plainIsEncoding = Buffer.isEncoding;
const plainByteLength = Buffer.byteLength as (...args: unknown[]) => number;

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
}

function addBase64Url(): void {
  define(Buffer, 'from', (value: unknown, encoding?: unknown, length?: unknown) =>
    typeof value === 'string' && isBase64Url(encoding)
      ? plainFrom(toBase64(value), 'base64')
      : plainFrom(value, encoding, length),
  );
  define(Buffer, 'isEncoding', (encoding: string) => isBase64Url(encoding) || plainIsEncoding(encoding));
  define(Buffer, 'byteLength', (value: unknown, encoding?: unknown) =>
    isBase64Url(encoding) ? plainByteLength(toBase64(String(value)), 'base64') : plainByteLength(value, encoding),
  );
  define(Buffer.prototype, 'toString', function (this: Bytes, ...args: [BufferEncoding?, number?, number?]) {
    if (!isBase64Url(args[0])) return plainToString.apply(this, args);
    const text = plainToString.call(this, 'base64', args[1], args[2]);
    return text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  });
  define(Buffer.prototype, 'write', function write(this: Bytes, text: string, ...rest: unknown[]) {
    const last = rest[rest.length - 1];
    if (!isBase64Url(last)) return plainWrite.call(this, text, ...rest);
    return plainWrite.call(this, toBase64(text), ...rest.slice(0, -1), 'base64');
  });
}

const DIRECT_ENCODINGS = ['utf8', 'latin1', 'ascii', 'hex', 'base64', 'base64url', 'ucs2'] as const;

/** Drivers call these undocumented methods where they find them: mysql2 requires `utf8Slice`. */
function addDirectMethods(): void {
  for (const encoding of DIRECT_ENCODINGS) {
    define(Buffer.prototype, `${encoding}Slice`, function slice(this: Bytes, start?: number, end?: number) {
      return this.toString(encoding, start, end);
    });
    define(Buffer.prototype, `${encoding}Write`, function write(this: Bytes, text: string, at = 0, length?: number) {
      return this.write(text, at, length ?? this.length - at, encoding);
    });
  }
}

/** By this mark on the prototype libraries (bson) tell the npm package from Node's own; instances need it. */
function hideMark(): void {
  const get = function (this: object): boolean | undefined {
    return this === Buffer.prototype ? undefined : true;
  };
  Object.defineProperty(Buffer.prototype, '_isBuffer', { get, enumerable: false, configurable: true });
}

addBase64Url();
addDirectMethods();
hideMark();

const atob = (text: unknown): string => {
  const compact = String(text).replace(/[\t\n\f\r ]/g, '');
  if (/[^A-Za-z0-9+/=]/.test(compact) || compact.replace(/=+$/, '').length % 4 === 1) {
    throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
  }
  return plainFrom(compact, 'base64').toString('latin1');
};

const btoa = (text: unknown): string => {
  const binary = String(text);
  for (let i = 0; i < binary.length; i++) {
    if (binary.charCodeAt(i) > 255) throw new DOMException('Invalid character', 'InvalidCharacterError');
  }
  return plainFrom(binary, 'latin1').toString('base64');
};

export const buffer = {
  ...base,
  Buffer,
  atob,
  btoa,
  isUtf8: (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString('utf8')).equals(bytes),
  isAscii: (bytes: Uint8Array) => bytes.every((byte) => byte < 128),
  constants: { MAX_LENGTH: base.kMaxLength, MAX_STRING_LENGTH: 536870888 },
};
export { Buffer };
