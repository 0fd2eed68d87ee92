import { getOwnPropertyDescriptor, getPrototypeOf, isArrayBufferView, ownKeys, setForEach } from '../primordials.ts';

export type Key = string | symbol;

/** An object with every property of its own, as they were when it was looked at. To ask V8 for each of them is what takes time. */
export type Seen = {
  readonly object: object;
  readonly names: readonly Key[];
  /** In the order of the names. Undefined where a proxy names what it has not. */
  readonly slots: readonly (PropertyDescriptor | undefined)[];
};

export const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

export function lookAt(object: object): Seen {
  const names = ownKeys(object) as Key[];
  const slots: (PropertyDescriptor | undefined)[] = [];
  for (let i = 0; i < names.length; i++) slots[i] = getOwnPropertyDescriptor(object, names[i] as Key);
  return { object, names, slots };
}

export function slotOf({ names, slots }: Seen, key: Key): PropertyDescriptor | undefined {
  for (let i = 0; i < names.length; i++) if (names[i] === key) return slots[i];
  return undefined;
}

/**
 * Visits every object that can be got at from the roots by own properties, accessors' functions and prototypes, but not past
 * those that are known; no getter is called. One after the other, so that what was seen of one is gone before the next.
 */
export function visitReachable(
  roots: readonly unknown[],
  isKnown: (object: object) => boolean,
  visit: (seen: Seen) => void,
): void {
  const met = new Set<object>();
  const meet = (value: unknown): void => {
    if (isObject(value) && !isKnown(value) && !isArrayBufferView(value)) met.add(value);
  };
  for (let i = 0; i < roots.length; i++) meet(roots[i]);
  // What is added meanwhile comes last, and has its turn. V8 optimizes a loop of our own while it goes round: that takes a
  // tenth of what making an isolate costs, and is for nothing.
  setForEach(met, (object) => {
    const seen = lookAt(object);
    meet(getPrototypeOf(object));
    meetParts(seen, meet);
    visit(seen);
  });
}

function meetParts({ slots }: Seen, meet: (value: unknown) => void): void {
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i];
    if (slot?.get === undefined && slot?.set === undefined) meet(slot?.value);
    else {
      meet(slot.get);
      meet(slot.set);
    }
  }
}
