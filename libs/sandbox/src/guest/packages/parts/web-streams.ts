/** What streams of the web keep for those who read them: every piece of a body goes through these. */
import { neverMind, prototypesOf } from './instances.ts';

// biome-ignore lint/suspicious/noExplicitAny: what the polyfill keeps in its objects has no types.
type Kept = any;
type Streams = Readonly<Record<'ReadableStream' | 'WritableStream', new (source?: object) => Kept>>;

const firstOf = (queue: Kept): Kept => queue._front._elements[0];

/** What waits in a reader for the next piece, in each way to read. */
function requests({ ReadableStream }: Streams): object[] {
  const reader = new ReadableStream().getReader();
  neverMind(reader.read());
  const ofBytes = new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' });
  neverMind(ofBytes.read(new Uint8Array(1)));
  const iterator = new ReadableStream().values();
  neverMind(iterator.next());
  const { _reader: ofIterator } = iterator._asyncIteratorImpl;
  return [firstOf(reader._readRequests), firstOf(ofBytes._readIntoRequests), firstOf(ofIterator._readRequests)];
}

function ofPipe({ ReadableStream, WritableStream }: Streams): object[] {
  const stream = new ReadableStream();
  neverMind(stream.pipeTo(new WritableStream()));
  const request = firstOf(stream._reader._readRequests);
  return [request, request._state];
}

/** What stands for the end in the queue of what is written. */
function endOfWriting({ WritableStream }: Streams): object {
  const stream = new WritableStream();
  neverMind(stream.close());
  return firstOf(stream._writableStreamController._queue).value;
}

export function ofWebStreams(streams: Streams): unknown[] {
  const stream = new streams.ReadableStream();
  const iterator = stream.values();
  const { _queue: queue } = stream._readableStreamController;
  const instances = [queue, iterator, iterator._asyncIteratorImpl, ...requests(streams), ...ofPipe(streams)];
  return [...prototypesOf(...instances), endOfWriting(streams)];
}
