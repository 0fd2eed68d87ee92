/** What an object looked like at one moment, to tell later whether it still does, or to put it back. */
import {
  deleteProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  is,
  isExtensible,
  ownKeys,
  setPrototypeOf,
  tryDefine,
} from '../primordials.ts';

export type Key = string | symbol;
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
};

/** What of an object is looked at: which of its properties, and whether others may be added. */
export type Regard = {
  readonly isOpen: boolean;
  readonly looksAt: (key: Key, slot: PropertyDescriptor) => boolean;
};

const EVERYTHING: Regard = { isOpen: false, looksAt: () => true };

export const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** What nobody can change, what tells nothing of a function, and a prototype's way back to its class. */
function isIdle(object: object, key: Key, slot: PropertyDescriptor): boolean {
  if (slot.configurable !== true && slot.writable !== true) return true;
  return typeof object === 'function' ? key === 'length' || key === 'name' : key === 'constructor';
}

/** Undefined when there is nothing to look at: of most functions there is only that they are there. */
export function takePicture(object: object, regard: Regard = EVERYTHING): Picture | undefined {
  const names = ownKeys(object) as Key[];
  const keys: Key[] = [];
  const slots: PropertyDescriptor[] = [];
  for (let i = 0; i < names.length; i++) {
    const key = names[i] as Key;
    const slot = getOwnPropertyDescriptor(object, key);
    if (slot === undefined || isIdle(object, key, slot) || !regard.looksAt(key, slot)) continue;
    keys[keys.length] = key;
    slots[slots.length] = slot;
  }
  const prototype = getPrototypeOf(object);
  const isBare = keys.length === 0 && names.length > 0;
  if (isBare || (!isExtensible(object) && keys.length === 0)) return undefined;
  return { object, prototype, isExtensible: isExtensible(object), names, keys, slots, isOpen: regard.isOpen };
}

function isSame(was: PropertyDescriptor, now: PropertyDescriptor | undefined): boolean {
  return (
    now !== undefined &&
    is(was.value, now.value) &&
    was.get === now.get &&
    was.set === now.set &&
    was.writable === now.writable
  );
}

/** Whether the object still has these properties and no others, is as open to change, and inherits from where it did. */
export function isAsPictured(picture: Picture): boolean {
  const { object, keys, slots } = picture;
  if (getPrototypeOf(object) !== picture.prototype || isExtensible(object) !== picture.isExtensible) return false;
  if (!picture.isOpen && ownKeys(object).length !== picture.names.length) return false;
  for (let i = 0; i < keys.length; i++) {
    if (!isSame(slots[i] as PropertyDescriptor, getOwnPropertyDescriptor(object, keys[i] as Key))) return false;
  }
  return true;
}

export function hasName({ names }: Picture, key: Key): boolean {
  for (let i = 0; i < names.length; i++) if (names[i] === key) return true;
  return false;
}

function removeAdded(picture: Picture): boolean {
  const now = ownKeys(picture.object) as Key[];
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
  if (!isOpen && !removeAdded(picture)) return false;
  for (let i = 0; i < keys.length; i++) {
    const was = slots[i] as PropertyDescriptor;
    if (isSame(was, getOwnPropertyDescriptor(object, keys[i] as Key))) continue;
    if (!tryDefine(object, keys[i] as Key, was)) return false;
  }
  return isAsPictured(picture);
}
