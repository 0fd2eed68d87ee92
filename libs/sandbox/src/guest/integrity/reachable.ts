import { getOwnPropertyDescriptor, getPrototypeOf, isArrayBufferView, ownKeys } from '../primordials.ts';
import { isObject, type Key } from './picture.ts';

/** Every object that can be got at from the roots by own properties, accessors' functions and prototypes, but no getter is called. */
export function reachableFrom(roots: readonly unknown[], known: ReadonlySet<object>): object[] {
  const seen = new Set<object>();
  const queue = [...roots];
  for (let at = 0; at < queue.length; at++) {
    const value = queue[at];
    if (!isObject(value) || seen.has(value) || known.has(value) || isArrayBufferView(value)) continue;
    seen.add(value);
    queue.push(getPrototypeOf(value));
    for (const key of ownKeys(value) as Key[]) {
      const slot = getOwnPropertyDescriptor(value, key);
      queue.push(slot?.value, slot?.get, slot?.set);
    }
  }
  return [...seen];
}
