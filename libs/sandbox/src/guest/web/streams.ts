/** The web's streams: `web-streams-polyfill`, with the marks by which Node's own streams look into them. */
import {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
} from 'web-streams-polyfill';

/** What the polyfill keeps in its streams. */
type State = { readonly _state: string; readonly _disturbed: boolean; readonly _storedError: unknown };
type Ended = { readonly promise: Promise<void> };

declare function require(path: '#undo'): (undo: () => void) => void;

/** The end of each stream that somebody has asked about in this run, be it none at all. */
let ends = new WeakMap<State, Ended>();
const NativeWeakMap = WeakMap;
require('#undo')(() => {
  ends = new NativeWeakMap();
});

/** Resolves when a stream closes, rejects when it fails. The polyfill tells nobody but its readers, so its state is watched. */
function endOf(stream: State): Ended {
  const known = ends.get(stream);
  if (known !== undefined) return known;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined);
  let state = stream._state;
  const settle = (): void => {
    // The reason is stored right after the state.
    if (state === 'errored') void Promise.resolve().then(() => reject(stream._storedError));
    else if (state === 'closed') resolve();
  };
  const set = (next: string): void => {
    state = next;
    settle();
  };
  Object.defineProperty(stream, '_state', { get: () => state, set, enumerable: true, configurable: true });
  settle();
  const ended = { promise };
  ends.set(stream, ended);
  return ended;
}

const mark = (name: string, read: (stream: State) => unknown): void => {
  function get(this: State): unknown {
    return read(this);
  }
  Object.defineProperty(ReadableStream.prototype, Symbol.for(`nodejs.${name}`), { get, configurable: true });
};
mark('stream.disturbed', (stream) => stream._disturbed);
mark('stream.errored', (stream) => stream._state === 'errored');
mark('stream.readable', (stream) => stream._state === 'readable');
mark('webstream.isClosedPromise', endOf);

// Each run has the same two.
for (const Strategy of [ByteLengthQueuingStrategy, CountQueuingStrategy])
  Object.freeze(new Strategy({ highWaterMark: 1 }).size);

export { CompressionStream, DecompressionStream } from './compression-streams.ts';
export { TextDecoderStream, TextEncoderStream } from './text-streams.ts';
export {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
};
