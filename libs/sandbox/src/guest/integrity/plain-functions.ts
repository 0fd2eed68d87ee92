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
import { countOf, haveValues } from './picture.ts';
import { needsCloseLook, watch } from './tripwires.ts';

type Plain = { readonly prototype: unknown; readonly constructor: unknown };

export type PlainFunctions = {
  /** False for what is none, and no prototype of one: it needs a picture. */
  add(object: object): boolean;
  areIntact(): boolean;
};

/** What every function has. */
const LOOSE = ['length', 'name'];

/** A prototype as functions are made with, and on its way back. */
function isPlainPrototype(prototype: unknown, owner: object): prototype is object {
  if (typeof prototype !== 'object' || prototype === null || getPrototypeOf(prototype) !== ObjectPrototype)
    return false;
  const slot = getOwnPropertyDescriptor(prototype, 'constructor');
  const isOwners = slot !== undefined && slot.value === owner && slot.writable === true && slot.enumerable === false;
  return isOwners && isExtensible(prototype) && ownKeys(prototype).length === 1;
}

/** What a close look finds of a plain function that was made with this prototype, or none. */
function isPlain(object: object, prototype: object | undefined): boolean {
  if (getPrototypeOf(object) !== FunctionPrototype || !isExtensible(object)) return false;
  if (!haveValues(object, LOOSE)) return false;
  if (prototype === undefined) return ownKeys(object).length === 2;
  const slot = getOwnPropertyDescriptor(object, 'prototype');
  const isItsOwn = slot !== undefined && slot.value === prototype && slot.writable === true;
  return isItsOwn && ownKeys(object).length === 3 && isPlainPrototype(prototype, object);
}

/** The same, of what no tripwire has told: nothing is hidden, and no value has become an accessor. */
function looksPlain(object: object, prototype: object | undefined): boolean {
  if (getPrototypeOf(object) !== FunctionPrototype || !isExtensible(object) || countOf(object) !== 0) return false;
  if (!hasOwn(object, 'length') || !hasOwn(object, 'name')) return false;
  if (prototype === undefined) return true;
  if ((object as Plain).prototype !== prototype || getPrototypeOf(prototype) !== ObjectPrototype) return false;
  if (!isExtensible(prototype) || countOf(prototype) !== 0) return false;
  return hasOwn(prototype, 'constructor') && (prototype as Plain).constructor === object;
}

const prototypeOf = (object: object): object | undefined =>
  getOwnPropertyDescriptor(object, 'prototype')?.value as object | undefined;

/** Those of the language itself: nobody gives them properties of their own, and what cannot change needs no look. */
export function freezePlainFunctions(objects: readonly object[]): void {
  for (let i = 0; i < objects.length; i++) {
    const object = objects[i] as object;
    if (typeof object !== 'function') continue;
    const prototype = prototypeOf(object);
    if (!isPlain(object, prototype)) continue;
    if (prototype !== undefined) freeze(prototype);
    freeze(object);
  }
}

export function createPlainFunctions(): PlainFunctions {
  const functions: object[] = [];
  const prototypes: (object | undefined)[] = [];

  const addFunction = (object: object): boolean => {
    const prototype = prototypeOf(object);
    if (!isPlain(object, prototype)) return false;
    watch(object);
    if (prototype !== undefined) watch(prototype);
    prototypes[functions.length] = prototype;
    functions[functions.length] = object;
    return true;
  };
  return {
    add(object) {
      if (typeof object === 'function') return addFunction(object);
      // It comes with its function, which leads to it and is led to by it.
      const owner = getOwnPropertyDescriptor(object, 'constructor')?.value as unknown;
      return typeof owner === 'function' && prototypeOf(owner) === object && isPlain(owner, object);
    },
    areIntact() {
      const look = needsCloseLook() ? isPlain : looksPlain;
      for (let i = 0; i < functions.length; i++) {
        if (!look(functions[i] as object, prototypes[i])) return false;
      }
      return true;
    },
  };
}
