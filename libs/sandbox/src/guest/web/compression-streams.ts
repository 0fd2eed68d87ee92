/** `CompressionStream` and `DecompressionStream`, on the streams of `zlib`. */
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { ReadableStream, WritableStream } from 'web-streams-polyfill';

const COMPRESS = {
  deflate: zlib.createDeflate,
  'deflate-raw': zlib.createDeflateRaw,
  gzip: zlib.createGzip,
  brotli: zlib.createBrotliCompress,
} as const;
const DECOMPRESS = {
  deflate: zlib.createInflate,
  'deflate-raw': zlib.createInflateRaw,
  gzip: zlib.createGunzip,
  brotli: zlib.createBrotliDecompress,
} as const;
type Format = keyof typeof COMPRESS;
type Pair = { readonly readable: ReadableStream; readonly writable: WritableStream };

function asFormat(value: unknown, name: string): Format {
  const format = String(value);
  if (Object.hasOwn(COMPRESS, format)) return format as Format;
  const error = new TypeError(
    `Failed to construct '${name}': 1st argument '${format}' is not a valid enum value of type CompressionFormat.`,
  );
  throw Object.assign(error, { code: 'ERR_INVALID_ARG_VALUE' });
}

function asChunk(value: unknown): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  const error = new TypeError(
    'The "chunk" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.',
  );
  throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/** By the standard broken data is a TypeError; as in Node it keeps the code of the engine. */
function asTypeError(error: Error & { readonly code?: string }): Error {
  if (error instanceof TypeError || !/^(?:Z_|ERR__|ZSTD_)/.test(String(error.code))) return error;
  return Object.assign(new TypeError('', { cause: error }), { code: error.code });
}

/** Both ends of a transform as streams of the web: neither goes further than the other side takes. */
function pairOf(transform: Transform): Pair {
  const failed = new Promise<never>((_, reject) => transform.once('error', (error) => reject(asTypeError(error))));
  failed.catch(() => undefined);
  const write = (chunk: unknown): Promise<void> =>
    new Promise((resolve) => {
      if (transform.write(asChunk(chunk))) resolve();
      else transform.once('drain', resolve);
    });
  const writable = new WritableStream({
    write: (chunk) => Promise.race([write(chunk), failed]),
    close: () => Promise.race([new Promise<void>((resolve) => transform.end(resolve)), failed]),
    abort: (reason) => void transform.destroy(reason),
  });
  transform.pause();
  const readable = new ReadableStream(
    {
      start(controller) {
        transform.on('data', (chunk: Buffer) => {
          controller.enqueue(new Uint8Array(chunk));
          if ((controller.desiredSize ?? 0) <= 0) transform.pause();
        });
        transform.once('end', () => controller.close());
        transform.once('error', (error) => controller.error(asTypeError(error)));
      },
      pull: () => void transform.resume(),
      cancel: (reason) => void transform.destroy(reason),
    },
    { highWaterMark: 1 },
  );
  return { readable, writable };
}

export class CompressionStream {
  readonly #pair: Pair;
  constructor(format: unknown) {
    this.#pair = pairOf(COMPRESS[asFormat(format, 'CompressionStream')]());
  }
  get readable(): ReadableStream {
    return this.#pair.readable;
  }
  get writable(): WritableStream {
    return this.#pair.writable;
  }
  get [Symbol.toStringTag](): string {
    return 'CompressionStream';
  }
}

export class DecompressionStream {
  readonly #pair: Pair;
  constructor(format: unknown) {
    const make = DECOMPRESS[asFormat(format, 'DecompressionStream')] as (options: object) => Transform;
    this.#pair = pairOf(make({ rejectGarbageAfterEnd: true }));
  }
  get readable(): ReadableStream {
    return this.#pair.readable;
  }
  get writable(): WritableStream {
    return this.#pair.writable;
  }
  get [Symbol.toStringTag](): string {
    return 'DecompressionStream';
  }
}
