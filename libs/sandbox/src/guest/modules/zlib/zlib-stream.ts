/** What all streams of `zlib` share: a Transform over an engine, which goes no further than its reader. */
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import { nodeError } from '../node-errors.ts';
import { stream, Transform } from '../stream.ts';
import { constant } from './constants.ts';
import { type Engine, openEngine, type Stepped } from './engine.ts';
import {
  asSettings,
  type Flushes,
  inRangeOr,
  type Options,
  type StreamSettings,
  tooLarge,
  trailingJunk,
} from './options.ts';

type Callback = (error?: Error | null) => void;

/** Above it an answer would be larger than the host gives at once. */
const CHUNK_MAX = 4 * 1024 * 1024;
/** Node's own since version 22. */
const HIGH_WATER_MARK = 64 * 1024;
/** What one answer brings where nobody sees the single buffers. */
const WHOLE_ANSWER = 1024 * 1024;

/** Strength of flush values, weakest first: that of `Z_BLOCK` is between none and partial. */
const FLUSHINESS = ['Z_NO_FLUSH', 'Z_BLOCK', 'Z_PARTIAL_FLUSH', 'Z_SYNC_FLUSH', 'Z_FULL_FLUSH', 'Z_FINISH'].map(
  constant,
);
const stronger = (a: number, b: number): number => (FLUSHINESS.indexOf(a) > FLUSHINESS.indexOf(b) ? a : b);

/** Empty chunks by which a flush takes its place among the writes. */
const flushOf = new WeakMap<object, number>();
const flushChunks = FLUSHINESS.map((_, flush) => {
  const chunk = Buffer.alloc(0);
  flushOf.set(chunk, flush);
  return chunk;
});

/** The engine of each open stream, so that no property of it is the script's to use. */
const engines = new WeakMap<object, Engine>();
/** Streams of one-shot calls, whose reader is ours. */
const whole = new WeakSet<object>();
/** A step that waits until the reader wants more. */
const waiting = new WeakMap<object, () => void>();

const bufferOf = ({ output }: Stepped): Buffer =>
  Buffer.from(output.buffer as ArrayBuffer, output.byteOffset, output.byteLength);

/** The buffers that an answer filled: the first goes on where the last answer stopped. */
function* chunksOf(stepped: Stepped, outputAt: number, chunkSize: number): Generator<Buffer> {
  const all = bufferOf(stepped);
  for (let from = 0, to = chunkSize - outputAt; from < all.length; from = to, to += chunkSize) {
    yield all.subarray(from, to);
  }
}

export class ZlibBase extends Transform {
  bytesWritten = 0;
  readonly _chunkSize: number;
  readonly _defaultFlushFlag: number;
  readonly _finishFlushFlag: number;
  readonly _defaultFullFlushFlag: number;
  readonly _maxOutputLength: number;
  readonly _info: unknown;
  readonly #flushMax: number;
  readonly #rejectsGarbage: boolean;
  #outputAt = 0;

  constructor(name: string, options: Options | undefined, flushes: Flushes) {
    const engine = openEngine(name, options);
    let settings: StreamSettings;
    try {
      settings = asSettings(options, flushes);
    } catch (error) {
      engine.close();
      throw error;
    }
    const modes = { encoding: null, objectMode: false, writableObjectMode: false };
    super({ autoDestroy: true, highWaterMark: HIGH_WATER_MARK, ...options, ...modes } as object);
    engines.set(this, engine);
    this._chunkSize = settings.chunkSize;
    this._defaultFlushFlag = settings.flush;
    this._finishFlushFlag = settings.finishFlush;
    this._defaultFullFlushFlag = flushes.full;
    this._maxOutputLength = settings.maxOutputLength;
    this._info = options?.info;
    this.#flushMax = flushes.max;
    this.#rejectsGarbage = settings.rejectsGarbage;
  }

  get _closed(): boolean {
    return !engines.has(this);
  }

  reset(): void {
    engineOf(this).reset();
  }

  flush(kindOrCallback?: unknown, given?: Callback): void {
    const isDefault = typeof kindOrCallback === 'function' || (kindOrCallback === undefined && !given);
    const callback = (isDefault ? kindOrCallback : given) as Callback | undefined;
    const full = this._defaultFullFlushFlag;
    const kind = isDefault ? full : inRangeOr(kindOrCallback, 'kind', 0, this.#flushMax, full);
    if (this.writableFinished) {
      if (callback) nextTick(callback as () => void);
    } else if (this.writableEnded) {
      if (callback) this.once('end', callback);
    } else this.write(flushChunks[kind] as Buffer, '' as BufferEncoding, callback);
  }

  close(callback?: Callback): void {
    if (callback) stream.finished(this, callback);
    this.destroy();
  }

  override _destroy(error: Error | null, callback: Callback): void {
    closeEngine(this);
    callback(error);
  }

  override _final(callback: Callback): void {
    callback();
  }

  override _flush(callback: Callback): void {
    this._transform(Buffer.alloc(0), '', callback);
  }

  override _read(size: number): void {
    const goOn = waiting.get(this);
    waiting.delete(this);
    goOn?.();
    super._read(size);
  }

  override _transform(chunk: Buffer, _encoding: string, callback: Callback): void {
    const flush = flushOf.get(chunk) ?? this._defaultFlushFlag;
    const isLast = this.writableEnded && this.writableLength === chunk.byteLength;
    this._processChunk(chunk, isLast ? stronger(flush, this._finishFlushFlag) : flush, callback);
  }

  /** Old code calls it: with a callback it goes on in the thread pool, without one it returns what was made. */
  _processChunk(chunk: Uint8Array, flush: number, callback?: Callback): Buffer | undefined {
    if (typeof callback !== 'function') return this.#processNow(chunk, flush);
    if (this._closed) nextTick(callback as () => void);
    else this.#step(chunk, flush, chunk.byteLength, callback);
    return undefined;
  }

  #asked(flush: number): { flush: number; outputAt: number; chunkSize: number; wanted: number } {
    const chunkSize = Math.min(Math.trunc(this._chunkSize), CHUNK_MAX);
    return { flush, outputAt: this.#outputAt, chunkSize, wanted: this.#wanted() };
  }

  /** A reader that listens gets every buffer by itself anyway; one that reads shall find what it would find in Node. */
  #wanted(): number {
    if (whole.has(this)) return WHOLE_ANSWER;
    const room = this.readableFlowing ? this.readableHighWaterMark - this.readableLength : 1;
    return Math.min(Math.max(1, room), CHUNK_MAX);
  }

  #step(chunk: Uint8Array | undefined, flush: number, left: number, callback: Callback): void {
    engineOf(this).step(chunk, this.#asked(flush), (error, stepped) => {
      if (error !== null) this.destroy(error);
      else if (this.destroyed || stepped === undefined) callback();
      else this.#take(stepped, flush, left, callback);
    });
  }

  #take(stepped: Stepped, flush: number, left: number, callback: Callback): void {
    this.bytesWritten += left - stepped.inputLeft;
    const isFull = this.#pushAll(stepped);
    if (this.destroyed) callback();
    else if (stepped.more) {
      const goOn = (): void => this.#step(undefined, flush, stepped.inputLeft, callback);
      if (isFull) waiting.set(this, goOn);
      else goOn();
    } else this.#finishChunk(stepped.inputLeft, callback);
  }

  /** True when the reader has enough. */
  #pushAll(stepped: Stepped): boolean {
    const { chunkSize, outputAt } = this.#asked(0);
    this.#outputAt = stepped.outputAt;
    let isFull = false;
    for (const chunk of chunksOf(stepped, outputAt, chunkSize)) {
      isFull = !this.push(chunk);
      if (this.destroyed) break;
    }
    return isFull;
  }

  /** Input that nobody wanted follows the end of what was compressed. */
  #finishChunk(inputLeft: number, callback: Callback): void {
    if (inputLeft > 0 && this.#rejectsGarbage) {
      const error = trailingJunk();
      this.destroy(error);
      callback(error);
      return;
    }
    if (inputLeft > 0) this.push(null);
    callback();
  }

  #processNow(chunk: Uint8Array, flush: number): Buffer {
    whole.add(this);
    try {
      return this.#gather(chunk, flush);
    } catch (error) {
      this.on('error', () => undefined);
      this.destroy(error as Error);
      throw error;
    } finally {
      closeEngine(this);
    }
  }

  #gather(chunk: Uint8Array, flush: number): Buffer {
    const engine = engineOf(this);
    const parts: Buffer[] = [];
    let bytes = 0;
    let stepped = engine.stepNow(chunk, this.#asked(flush));
    for (;;) {
      this.#outputAt = stepped.outputAt;
      parts.push(bufferOf(stepped));
      bytes += stepped.output.byteLength;
      if (bytes > this._maxOutputLength) throw tooLarge(this._maxOutputLength);
      if (!stepped.more) break;
      stepped = engine.stepNow(undefined, this.#asked(flush));
    }
    if (stepped.inputLeft > 0 && this.#rejectsGarbage) throw trailingJunk();
    this.bytesWritten = chunk.byteLength - stepped.inputLeft;
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, bytes);
  }
}

/** Node's words for what is a mistake of the caller, not of Node. */
const CLOSED = [
  'zlib binding closed',
  'This is caused by either a bug in Node.js or incorrect usage of Node.js internals.',
  'Please open an issue with this stack trace at https://github.com/nodejs/node/issues\n',
].join('\n');

/** The engine of an open stream. Throws as Node's own assertion does when it is closed. */
export function engineOf(zlibStream: ZlibBase): Engine {
  const engine = engines.get(zlibStream);
  if (engine !== undefined) return engine;
  throw nodeError(Error, 'ERR_INTERNAL_ASSERTION', CLOSED);
}

function closeEngine(zlibStream: ZlibBase): void {
  engines.get(zlibStream)?.close();
  engines.delete(zlibStream);
}

/** Marks a stream whose output is gathered: single buffers need not be told apart. */
export const gatherAll = (zlibStream: ZlibBase): void => void whole.add(zlibStream);
