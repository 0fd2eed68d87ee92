/** What an object looked like at one moment, to tell later whether it still does, or to put it back. */
import {
  deleteProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  is,
  isExtensible,
  objectKeys,
  ownKeys,
  setPrototypeOf,
  symbolsOf,
  tryDefine,
} from '../primordials.ts';
import type { Key, Seen } from './reachable.ts';
import { needsCloseLook, watch } from './tripwires.ts';

export type Picture = {
  readonly object: object;
  readonly prototype: object | null;
  readonly isExtensible: boolean;
  /** Every property that it had. */
  readonly names: readonly Key[];
  /** Those that are looked at, and what they were. */
  readonly keys: readonly Key[];
  readonly slots: readonly PropertyDescriptor[];
  /** Whether properties may be added. */
  readonly isOpen: boolean;
  readonly glance: Glance;
};

/** What a glance at an object takes in. */
type Glance = {
  /** How many properties are listed, and symbols, which no list has. */
  readonly count: number;
  /** Properties with values that are looked at, and the values. */
  readonly keys: readonly Key[];
  readonly values: readonly unknown[];
  /** Listed ones without: with a value in its place, the object would list as many. */
  readonly accessors: readonly Key[];
  readonly slots: readonly PropertyDescriptor[];
  /** Those of which it is enough that they are there. */
  readonly present: readonly Key[];
};

/** What of an object is looked at: which of its properties, and whether others may be added. */
export type Regard = {
  readonly isOpen: boolean;
  readonly looksAt: (key: Key) => boolean;
};

const EVERYTHING: Regard = { isOpen: false, looksAt: () => true };

/** What nobody can change. */
const isFixed = ({ configurable, writable }: PropertyDescriptor): boolean => configurable !== true && writable !== true;

/** A value that is inherited as well would be found although it is gone. */
const isOwnAlone = ({ value }: PropertyDescriptor, key: Key, prototype: object | null): boolean =>
  value !== undefined && !(prototype !== null && key in prototype);

const isAccessor = ({ get, set }: PropertyDescriptor): boolean => get !== undefined || set !== undefined;

/** Assigning does not change it, and what takes its place once it is deleted is listed. */
const isHiddenConstant = ({ writable, enumerable }: PropertyDescriptor): boolean => writable === false && !enumerable;

/** How many properties are listed, and symbols, which no list has. */
export const countOf = (object: object): number => objectKeys(object).length + symbolsOf(object).length;

const noGlance = (object: object) => ({
  count: countOf(object),
  keys: [] as Key[],
  values: [] as unknown[],
  accessors: [] as Key[],
  slots: [] as PropertyDescriptor[],
  present: [] as Key[],
});

/** At those of the properties of an object that are given, of which `keys` are looked at. */
function glanceAt({ object, names, slots }: Seen, keys: readonly Key[]): Glance {
  const glance = noGlance(object);
  const prototype = getPrototypeOf(object);
  // Those that are looked at stand in the order of all.
  let seen = 0;
  for (let i = 0; i < names.length; i++) {
    const key = names[i] as Key;
    const slot = slots[i];
    if (slot === undefined) continue;
    const isSeen = seen < keys.length && keys[seen] === key;
    if (isSeen) seen += 1;
    const isRead = isSeen && !isAccessor(slot) && !isHiddenConstant(slot);
    if (isRead) {
      glance.values[glance.keys.length] = slot.value;
      glance.keys[glance.keys.length] = key;
    } else if (isSeen && slot.enumerable) {
      glance.slots[glance.accessors.length] = slot;
      glance.accessors[glance.accessors.length] = key;
    }
    const isFound = isRead && isOwnAlone(slot, key, prototype);
    if (slot.configurable && !isFound) glance.present[glance.present.length] = key;
  }
  return glance;
}

/** Of an object that has not changed since it was looked at. Undefined when nothing of it can change. */
export function takePicture(seen: Seen, regard: Regard = EVERYTHING): Picture | undefined {
  const { object, names } = seen;
  const keys: Key[] = [];
  const slots: PropertyDescriptor[] = [];
  for (let i = 0; i < names.length; i++) {
    const key = names[i] as Key;
    const slot = seen.slots[i];
    if (slot === undefined || isFixed(slot)) continue;
    if (!regard.looksAt(key)) continue;
    keys[keys.length] = key;
    slots[slots.length] = slot;
  }
  const canGrow = isExtensible(object);
  if (!canGrow && keys.length === 0) return undefined;
  watch(object);
  const glance = glanceAt(regard.isOpen ? { object, names: keys, slots } : seen, keys);
  const prototype = getPrototypeOf(object);
  return { object, prototype, isExtensible: canGrow, names, keys, slots, isOpen: regard.isOpen, glance };
}

function isSame(was: PropertyDescriptor, now: PropertyDescriptor | undefined): boolean {
  return (
    now !== undefined &&
    is(was.value, now.value) &&
    was.get === now.get &&
    was.set === now.set &&
    was.writable === now.writable &&
    was.enumerable === now.enumerable
  );
}

function areSame(object: object, keys: readonly Key[], slots: readonly PropertyDescriptor[]): boolean {
  for (let i = 0; i < keys.length; i++) {
    if (!isSame(slots[i] as PropertyDescriptor, getOwnPropertyDescriptor(object, keys[i] as Key))) return false;
  }
  return true;
}

/** Tells as much as a close look where no tripwire was touched: no value has become an accessor, and nothing is hidden. */
function looksAsPictured({ object, isOpen, glance }: Picture): boolean {
  const { count, keys, values, present } = glance;
  if (!isOpen && countOf(object) !== count) return false;
  for (let i = 0; i < keys.length; i++) {
    if (!is((object as Record<Key, unknown>)[keys[i] as Key], values[i])) return false;
  }
  for (let i = 0; i < present.length; i++) if (!hasOwn(object, present[i] as Key)) return false;
  return areSame(object, glance.accessors, glance.slots);
}

/** Whether the object still has these properties and no others, is as open to change, and inherits from where it did. */
export function isAsPictured(picture: Picture): boolean {
  const { object, keys, slots } = picture;
  if (getPrototypeOf(object) !== picture.prototype || isExtensible(object) !== picture.isExtensible) return false;
  if (!needsCloseLook()) return looksAsPictured(picture);
  if (!picture.isOpen && ownKeys(object).length !== picture.names.length) return false;
  return areSame(object, keys, slots);
}

function hasName({ names }: Picture, key: Key): boolean {
  for (let i = 0; i < names.length; i++) if (names[i] === key) return true;
  return false;
}

/** Removes those properties of these that were not there; false when one does not let itself be removed. */
export function removeAdded(picture: Picture, now: readonly Key[]): boolean {
  for (let i = 0; i < now.length; i++) {
    const key = now[i] as Key;
    if (!hasName(picture, key) && !deleteProperty(picture.object, key)) return false;
  }
  return true;
}

/** Puts the object back to what it was; false when it does not let itself be changed. */
export function putBack(picture: Picture): boolean {
  const { object, prototype, keys, slots, isOpen } = picture;
  if (getPrototypeOf(object) !== prototype && !setPrototypeOf(object, prototype)) return false;
  if (!isOpen && !removeAdded(picture, ownKeys(object))) return false;
  for (let i = 0; i < keys.length; i++) {
    const was = slots[i] as PropertyDescriptor;
    if (isSame(was, getOwnPropertyDescriptor(object, keys[i] as Key))) continue;
    if (!tryDefine(object, keys[i] as Key, was)) return false;
  }
  return isAsPictured(picture);
}
