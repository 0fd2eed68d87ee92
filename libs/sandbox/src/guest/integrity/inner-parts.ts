/** Classes within classes of ours: nothing but an instance leads to them. */
import { getPrototypeOf, hasOwn } from '../primordials.ts';
import { type Seen, slotOf } from './reachable.ts';

// biome-ignore lint/suspicious/noExplicitAny: each class is something else.
type Class = new () => any;

const iterator = (List: Class): unknown[] => [getPrototypeOf(new List().entries())];

const PARTS: Readonly<Record<string, (made: Class) => unknown[]>> = {
  URLSearchParams: iterator,
  Headers: iterator,
  FormData: iterator,
  Readable: (Readable) => [getPrototypeOf(new Readable()._readableState.buffer)],
  Transform: (Transform) => [new Transform()._events.prefinish],
  ReadableStream: (ReadableStream) => {
    const stream = new ReadableStream();
    const { _queue: queue } = stream._readableStreamController;
    return [getPrototypeOf(queue), getPrototypeOf(stream[Symbol.asyncIterator]()._asyncIteratorImpl)];
  },
};

/** What instances of what is seen lead to; nothing of a class that has only its name in common with one of ours. */
export function innerParts(seen: Seen): unknown[] {
  const name = typeof seen.object === 'function' ? (slotOf(seen, 'name')?.value as unknown) : undefined;
  if (typeof name !== 'string' || !hasOwn(PARTS, name)) return [];
  try {
    return PARTS[name]?.(seen.object as Class) ?? [];
  } catch {
    return [];
  }
}
