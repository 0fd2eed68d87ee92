/** `stream`: the npm package, which is Node's own code of an older day, brought to today's. */
import './stream/own-codes.ts';
import readable from 'readable-stream/lib/ours/browser.js';
import { Buffer } from './buffer.ts';
import { undoneAtEnd } from './run-setting.ts';
import { createDuplexPair } from './stream/duplex-pair.ts';
import { toWebFunctions } from './stream/to-web.ts';

/** Node's since version 22. */
const HIGH_WATER_MARK_BYTES = 64 * 1024;

type Done = (error?: Error | null) => void;
type End = (this: import('node:stream').Writable, ...args: unknown[]) => unknown;
type Hidden = { _isUint8Array(value: unknown): boolean; _uint8ArrayToBuffer(view: ArrayBufferView): Buffer };

/** The module is the base of all streams, as Node's is, and not `Readable`, as the package's: the rest hangs on it. */
const stream = readable.Stream as unknown as typeof import('node:stream');

const setHighWaterMark = stream.setDefaultHighWaterMark;
const standardObjects = stream.getDefaultHighWaterMark(true);
const putBack = (): void => {
  setHighWaterMark(false, HIGH_WATER_MARK_BYTES);
  setHighWaterMark(true, standardObjects);
};
putBack();
const changes = undoneAtEnd(putBack);
stream.setDefaultHighWaterMark = function setDefaultHighWaterMark(objectMode, value) {
  changes();
  setHighWaterMark(objectMode, value);
};

// Any view of bytes may be written, not just `Uint8Array`.
Object.assign(stream as unknown as Hidden, {
  _isUint8Array: (value: unknown) => ArrayBuffer.isView(value),
  _uint8ArrayToBuffer: ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength),
});

/** The callback of `end` is told `null` when all went well. */
const tellingNull = (plain: End): End =>
  function end(this, ...args) {
    const last = args.at(-1);
    if (typeof last !== 'function' || this.writableFinished) return plain.apply(this, args);
    return plain.call(this, ...args.slice(0, -1), ((error) => (last as Done)(error ?? null)) satisfies Done);
  };

const aborted = (cause?: Error): Error =>
  Object.assign(new Error('The operation was aborted', cause && { cause }), { name: 'AbortError', code: 'ABORT_ERR' });

async function disposeWritable(this: import('node:stream').Writable): Promise<void> {
  if (!this.destroyed) this.destroy(this.writableFinished ? undefined : aborted());
  await new Promise<void>((resolve, reject) => {
    stream.finished(this, (error) => (error && error.name !== 'AbortError' ? reject(error) : resolve()));
  });
}

for (const kind of [stream.Writable, stream.Duplex]) {
  kind.prototype.end = tellingNull(kind.prototype.end as End) as never;
  Object.defineProperty(kind.prototype, Symbol.asyncDispose, {
    value: disposeWritable,
    writable: true,
    configurable: true,
  });
}

Object.assign(stream, { duplexPair: (options?: object) => createDuplexPair(stream.Duplex, options) });

// The package's asks for streams of the web that it has not.
stream.Readable.fromWeb = function fromWeb(web, options) {
  return stream.Readable.from(web, { objectMode: false, ...options });
};

const toWeb = toWebFunctions({ finished: stream.finished as never, aborted });
stream.Readable.toWeb = toWeb.readable as typeof stream.Readable.toWeb;
stream.Writable.toWeb = toWeb.writable as typeof stream.Writable.toWeb;
stream.Duplex.toWeb = toWeb.duplex as unknown as typeof stream.Duplex.toWeb;

// The bundle numbers what has the same name twice, and errors and printed objects would show it.
for (const name of ['Stream', 'Readable', 'Writable', 'Duplex', 'Transform', 'PassThrough'] as const)
  Object.defineProperty(stream[name], 'name', { value: name, configurable: true });

export { stream };
export const { Duplex, Readable, Writable, Transform, PassThrough } = stream;
