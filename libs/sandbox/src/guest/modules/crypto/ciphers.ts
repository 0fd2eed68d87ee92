/** Ciphers: the state lies in the host, each `update` crosses. */
import { Buffer } from '../buffer.ts';
import { validateString } from '../node-errors.ts';
import { Transform } from '../stream.ts';
import { stringDecoder } from '../string-decoder.ts';
import { toBytes } from './bytes.ts';
import { hashOf } from './hashes.ts';
import { callNative, type NativeObject, openNative } from './native.ts';

type Options = { readonly [option: string]: unknown };
type Info = { readonly keyLength: number; readonly ivLength?: number };

const PIECE_BYTES = 4 * 1024 * 1024;
/** The host's cipher of each object, so that no property of it is the script's to call. */
const natives = new WeakMap<object, NativeObject>();
const nativeOf = (cipher: object): NativeObject => natives.get(cipher) as NativeObject;

function updateInPieces(native: NativeObject, bytes: Uint8Array): Buffer {
  if (bytes.byteLength <= PIECE_BYTES) return native.call('update', bytes) as Buffer;
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) {
    parts.push(native.call('update', bytes.subarray(at, at + PIECE_BYTES)) as Buffer);
  }
  return Buffer.concat(parts);
}

class CipherBase extends Transform {
  #decoder: InstanceType<typeof stringDecoder.StringDecoder> | undefined;
  #tag: Buffer | undefined;
  readonly #encrypts: boolean;
  constructor(kind: 'cipher' | 'decipher', args: readonly unknown[], options?: Options) {
    super(options);
    this.#encrypts = kind === 'cipher';
    natives.set(this, openNative(kind, ...args));
  }
  #show(bytes: Buffer, encoding: string | undefined, last: boolean): unknown {
    if (!encoding || encoding === 'buffer') return bytes;
    this.#decoder ??= new stringDecoder.StringDecoder(encoding as BufferEncoding);
    return last ? this.#decoder.end(bytes) : this.#decoder.write(bytes);
  }
  update(data: unknown, inputEncoding?: string, outputEncoding?: string): unknown {
    const bytes = typeof data === 'string' || ArrayBuffer.isView(data) ? toBytes(data, inputEncoding) : data;
    const native = nativeOf(this);
    const result = bytes instanceof Uint8Array ? updateInPieces(native, bytes) : native.call('update', bytes);
    return this.#show(result as Buffer, outputEncoding, false);
  }
  final(outputEncoding?: string): unknown {
    return this.#show(nativeOf(this).call('final') as Buffer, outputEncoding, true);
  }
  setAutoPadding(on?: unknown): this {
    nativeOf(this).call('setAutoPadding', ...(on === undefined ? [] : [on]));
    return this;
  }
  setAAD(data: unknown, options?: unknown): this {
    nativeOf(this).call('setAAD', data, options);
    return this;
  }
  protected _getAuthTag(): unknown {
    this.#tag ??= nativeOf(this).call('getAuthTag') as Buffer;
    return Buffer.from(this.#tag);
  }
  protected _setAuthTag(tag: unknown, encoding?: string): this {
    nativeOf(this).call('setAuthTag', typeof tag === 'string' ? toBytes(tag, encoding) : tag);
    return this;
  }
  override _transform(chunk: unknown, encoding: string, done: (error?: Error) => void): void {
    try {
      this.push(this.update(chunk, encoding) as Buffer);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
  override _flush(done: (error?: Error) => void): void {
    try {
      this.push(this.final() as Buffer);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
  get [Symbol.toStringTag](): string {
    return this.#encrypts ? 'Cipheriv' : 'Decipheriv';
  }
}

export class Cipheriv extends CipherBase {
  constructor(cipher: unknown, key: unknown, iv: unknown, options?: Options) {
    super('cipher', [cipher, key, iv, options], options);
  }
  getAuthTag(): unknown {
    return this._getAuthTag();
  }
}

export class Decipheriv extends CipherBase {
  constructor(cipher: unknown, key: unknown, iv: unknown, options?: Options) {
    super('decipher', [cipher, key, iv, options], options);
  }
  setAuthTag(tag: unknown, encoding?: string): this {
    return this._setAuthTag(tag, encoding);
  }
}

export const createCipheriv = (cipher: unknown, key: unknown, iv: unknown, options?: Options): Cipheriv =>
  new Cipheriv(cipher, key, iv, options);
export const createDecipheriv = (cipher: unknown, key: unknown, iv: unknown, options?: Options): Decipheriv =>
  new Decipheriv(cipher, key, iv, options);

/** OpenSSL's old way from a password to a key: MD5 over and over, no salt. Node had it until version 22. */
function keyOfPassword(cipher: string, password: unknown): readonly [key: Buffer, iv: Buffer | null] {
  validateString(cipher, 'cipher');
  const info = callNative('getCipherInfo', cipher) as Info | undefined;
  if (info === undefined) throw Object.assign(new Error('Unknown cipher'), { code: 'ERR_CRYPTO_UNKNOWN_CIPHER' });
  const secret = toBytes(password, 'latin1', 'password');
  const ivLength = info.ivLength ?? 0;
  let made = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  while (made.length < info.keyLength + ivLength) {
    last = Buffer.from(hashOf('md5', Buffer.concat([last, secret])));
    made = Buffer.concat([made, last]);
  }
  const iv = ivLength === 0 ? null : made.subarray(info.keyLength, info.keyLength + ivLength);
  return [made.subarray(0, info.keyLength), iv];
}

export const createCipher = (cipher: string, password: unknown, options?: Options): Cipheriv =>
  new Cipheriv(cipher, ...keyOfPassword(cipher, password), options);
export const createDecipher = (cipher: string, password: unknown, options?: Options): Decipheriv =>
  new Decipheriv(cipher, ...keyOfPassword(cipher, password), options);
