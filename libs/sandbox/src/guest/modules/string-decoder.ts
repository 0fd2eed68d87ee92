/** `string_decoder`: text of bytes that come in pieces; what is not whole yet waits for the next. */
import { unknownEncoding } from './buffer/bounds.ts';
import { unfinishedUtf8 } from './buffer/utf8.ts';
import { Buffer } from './buffer.ts';
import { invalidArgType, nodeError } from './node-errors.ts';

type Kind = 'utf8' | 'utf16le' | 'base64' | 'base64url' | 'latin1' | 'ascii' | 'hex';
type Unfinished = { readonly length: number; readonly missing: number };
type State = { readonly encoding: Kind; readonly pending: Buffer; readonly missing: number };

const KINDS: Readonly<Record<string, Kind>> = {
  utf8: 'utf8',
  'utf-8': 'utf8',
  ucs2: 'utf16le',
  'ucs-2': 'utf16le',
  utf16le: 'utf16le',
  'utf-16le': 'utf16le',
  latin1: 'latin1',
  binary: 'latin1',
  base64: 'base64',
  base64url: 'base64url',
  ascii: 'ascii',
  hex: 'hex',
};

const states = new WeakMap<object, State>();
const NOTHING: Unfinished = { length: 0, missing: 0 };

function kindOf(encoding: unknown): Kind {
  if (encoding === undefined || encoding === null || encoding === '') return 'utf8';
  const kind = typeof encoding === 'string' ? KINDS[encoding.toLowerCase()] : undefined;
  if (kind === undefined) throw unknownEncoding(encoding);
  return kind;
}

/** `waiting` bytes of these were there before: what completes a unit is given out at once, as in Node. */
function unfinishedUtf16(bytes: Uint8Array, waiting: number): Unfinished {
  if (waiting >= 2 && bytes.length === 3) return { length: 3, missing: 1 };
  if (waiting > 0 && bytes.length === waiting + 1 && waiting % 2 === 1) return NOTHING;
  if (bytes.length % 2 === 1) return { length: 1, missing: 1 };
  const high = bytes[bytes.length - 1] as number;
  return bytes.length > 0 && high >= 0xd8 && high <= 0xdb ? { length: 2, missing: 2 } : NOTHING;
}

function unfinishedOf(encoding: Kind, bytes: Uint8Array, waiting: number): Unfinished {
  if (encoding === 'utf8') return unfinishedUtf8(bytes);
  if (encoding === 'utf16le') return unfinishedUtf16(bytes, waiting);
  if (encoding !== 'base64' && encoding !== 'base64url') return NOTHING;
  const length = bytes.length % 3;
  return length === 0 ? NOTHING : { length, missing: 3 - length };
}

function stateOf(decoder: object): State {
  const state = states.get(decoder);
  if (state === undefined) {
    throw nodeError(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type StringDecoder');
  }
  return state;
}

function StringDecoderFunction(this: { encoding: string }, encoding?: unknown): void {
  this.encoding = kindOf(encoding);
  states.set(this, { encoding: this.encoding as Kind, pending: Buffer.alloc(0), missing: 0 });
}
Object.defineProperty(StringDecoderFunction, 'name', { value: 'StringDecoder', configurable: true });

function bytesOf(chunk: unknown): Buffer {
  if (!ArrayBuffer.isView(chunk)) throw invalidArgType('buf', 'an instance of Buffer, TypedArray, or DataView', chunk);
  return Buffer.from(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength);
}

Object.assign(StringDecoderFunction.prototype, {
  write(chunk: unknown): string {
    if (typeof chunk === 'string') return chunk;
    const bytes = bytesOf(chunk);
    const { encoding, pending } = stateOf(this);
    const all = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    const { length, missing } = unfinishedOf(encoding, all, pending.length);
    const end = all.length - length;
    states.set(this, { encoding, pending: Buffer.from(all.subarray(end)), missing });
    return all.toString(encoding, 0, end);
  },
  end(chunk?: unknown): string {
    const begun = chunk === undefined ? '' : (this as unknown as { write(chunk: unknown): string }).write(chunk);
    const { encoding, pending } = stateOf(this);
    states.set(this, { encoding, pending: Buffer.alloc(0), missing: 0 });
    return begun + pending.toString(encoding);
  },
  text(chunk: Uint8Array, offset: number): string {
    const { encoding } = stateOf(this);
    states.set(this, { encoding, pending: Buffer.alloc(0), missing: 0 });
    return (this as unknown as { write(chunk: unknown): string }).write(bytesOf(chunk).subarray(offset));
  },
});

const fact = (get: (state: State) => unknown): PropertyDescriptor => ({
  configurable: true,
  enumerable: true,
  get(this: object) {
    return get(stateOf(this));
  },
});
Object.defineProperties(StringDecoderFunction.prototype, {
  lastChar: fact(({ pending }) => Buffer.concat([pending], 4)),
  lastNeed: fact(({ missing }) => missing),
  lastTotal: fact(({ pending, missing }) => (missing === 0 ? 0 : pending.length + missing)),
});

const StringDecoder = StringDecoderFunction as unknown as typeof import('node:string_decoder').StringDecoder;
export const stringDecoder = { StringDecoder };
