/**
 * Functions with nothing of their own but a name, a length and, where they once could be called with `new`, an empty
 * prototype. A module has thousands: they are looked at like all that is remembered, but each takes two places in a list
 * instead of a picture.
 */
import {
  FunctionPrototype,
  freeze,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  isExtensible,
  ObjectPrototype,
  ownKeys,
} from '../primordials.ts';
import { countOf } from './picture.ts';
import { lookAt, type Seen, slotOf } from './reachable.ts';
import { needsCloseLook, watch } from './tripwires.ts';

type Plain = { readonly prototype: unknown; readonly constructor: unknown };

export type PlainFunctions = {
  /** False for what is none, and no prototype of one: it needs a picture. */
  add(seen: Seen): boolean;
  areIntact(): boolean;
};

/** A prototype as functions are made with, and on its way back. */
function isPlainPrototype(prototype: unknown, owner: object): prototype is object {
  if (typeof prototype !== 'object' || prototype === null || getPrototypeOf(prototype) !== ObjectPrototype)
    return false;
  const slot = getOwnPropertyDescriptor(prototype, 'constructor');
  const isOwners = slot !== undefined && slot.value === owner && slot.writable === true && slot.enumerable === false;
  return isOwners && isExtensible(prototype) && ownKeys(prototype).length === 1;
}

const hasValue = (seen: Seen, name: string): boolean => {
  const slot = slotOf(seen, name);
  return slot !== undefined && slot.get === undefined && slot.set === undefined;
};

/** What a close look finds of a plain function that was made with this prototype, or none. */
function isPlain(seen: Seen, prototype: object | undefined): boolean {
  const { object, names } = seen;
  if (names.length !== (prototype === undefined ? 2 : 3)) return false;
  if (getPrototypeOf(object) !== FunctionPrototype || !isExtensible(object)) return false;
  if (!hasValue(seen, 'length') || !hasValue(seen, 'name')) return false;
  if (prototype === undefined) return true;
  const slot = slotOf(seen, 'prototype');
  const isItsOwn = slot !== undefined && slot.value === prototype && slot.writable === true;
  return isItsOwn && isPlainPrototype(prototype, object);
}

const isStillPlain = (object: object, prototype: object | undefined): boolean => isPlain(lookAt(object), prototype);

/** The same, of what no tripwire has told: nothing is hidden, and no value has become an accessor. */
function looksPlain(object: object, prototype: object | undefined): boolean {
  if (getPrototypeOf(object) !== FunctionPrototype || !isExtensible(object) || countOf(object) !== 0) return false;
  if (!hasOwn(object, 'length') || !hasOwn(object, 'name')) return false;
  if (prototype === undefined) return true;
  if ((object as Plain).prototype !== prototype || getPrototypeOf(prototype) !== ObjectPrototype) return false;
  if (!isExtensible(prototype) || countOf(prototype) !== 0) return false;
  return hasOwn(prototype, 'constructor') && (prototype as Plain).constructor === object;
}

const prototypeIn = (seen: Seen): object | undefined => slotOf(seen, 'prototype')?.value as object | undefined;

/** The plain function that is seen, or whose prototype is. A prototype comes with its function: one leads to the other. */
function plainFunctionOf(seen: Seen): { readonly owner: object; readonly prototype: object | undefined } | undefined {
  if (typeof seen.object === 'function') {
    const prototype = prototypeIn(seen);
    return isPlain(seen, prototype) ? { owner: seen.object, prototype } : undefined;
  }
  const owner = seen.names.length === 1 ? (slotOf(seen, 'constructor')?.value as unknown) : undefined;
  if (typeof owner !== 'function') return undefined;
  const ofOwner = lookAt(owner);
  return prototypeIn(ofOwner) === seen.object && isPlain(ofOwner, seen.object)
    ? { owner, prototype: seen.object }
    : undefined;
}

/**
 * Freezes a plain function of the language itself: nobody gives it properties of its own, and what cannot change needs no
 * look. False for what is none, and no prototype of one.
 */
export function freezePlainFunction(seen: Seen): boolean {
  const plain = plainFunctionOf(seen);
  if (plain === undefined) return false;
  if (plain.prototype !== undefined) freeze(plain.prototype);
  freeze(plain.owner);
  return true;
}

export function createPlainFunctions(): PlainFunctions {
  const functions: object[] = [];
  const prototypes: (object | undefined)[] = [];

  return {
    add(seen) {
      const plain = plainFunctionOf(seen);
      if (plain === undefined) return false;
      // A prototype is looked at with its function.
      if (plain.owner !== seen.object) return true;
      watch(plain.owner);
      if (plain.prototype !== undefined) watch(plain.prototype);
      prototypes[functions.length] = plain.prototype;
      functions[functions.length] = plain.owner;
      return true;
    },
    areIntact() {
      const look = needsCloseLook() ? isStillPlain : looksPlain;
      for (let i = 0; i < functions.length; i++) {
        if (!look(functions[i] as object, prototypes[i])) return false;
      }
      return true;
    },
  };
}
