/** Classes within classes of ours: nothing but an instance leads to them. */
import { getPrototypeOf, hasOwn } from '../primordials.ts';
import { lookAt, type Seen, slotOf } from './reachable.ts';

// biome-ignore lint/suspicious/noExplicitAny: each class is something else.
type Class = (new (options?: object) => any) & Record<string, any>;

const iterator = (List: Class): unknown[] => [getPrototypeOf(new List().entries())];

/** What a stream keeps in place of a callback that it was not given. */
function noCallback(Writable: Class): unknown {
  const stream = new Writable({ write: () => undefined });
  stream.write('x');
  return stream._writableState.writecb;
}

const PARTS: Readonly<Record<string, (made: Class) => unknown[]>> = {
  URLSearchParams: iterator,
  Headers: iterator,
  FormData: iterator,
  Readable: (Readable) => {
    const stream = new Readable();
    const { buffer, decoder } = stream.setEncoding('utf8')._readableState;
    return [buffer, decoder, stream[Symbol.asyncIterator]()].map(getPrototypeOf);
  },
  Writable: (Writable) => [noCallback(Writable)],
  // Of what is no stream to read or to write it makes one that is closed.
  Duplex: (Duplex) => [getPrototypeOf(Duplex.from({ _readableState: {} }))],
  Transform: (Transform) => [new Transform()._events.prefinish],
};

const ofOurs = new Map<unknown, () => readonly unknown[]>();

/** Has something of ours remembered with what leads to it by ways that are no property. */
export function alsoLeadsTo(object: object, parts: () => readonly unknown[]): void {
  ofOurs.set(object, parts);
}

/** What instances of what is seen lead to; nothing of a class that has only its name in common with one of ours. */
export function innerParts(seen: Seen): readonly unknown[] {
  const name = typeof seen.object === 'function' ? (slotOf(seen, 'name')?.value as unknown) : undefined;
  try {
    const ours = ofOurs.get(seen.object);
    if (ours !== undefined) return ours();
    return typeof name === 'string' && hasOwn(PARTS, name) ? (PARTS[name]?.(seen.object as Class) ?? []) : [];
  } catch {
    return [];
  }
}

/** The same of several, for what leads to them in turn. */
export const innerPartsOf = (objects: readonly object[]): unknown[] =>
  objects.flatMap((object) => innerParts(lookAt(object)));
