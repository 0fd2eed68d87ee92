/**
 * Notes when an object that is remembered gets a property that assigning does not make: an accessor, or one that is not
 * listed. Nearly no run does that, and after those that have not, a glance says whether the object is as it was. The language
 * and V8 have no other ways to it than these; `Intl`, whose old constructors are another, is watched as a whole.
 */
import { apply, NativeError } from '../primordials.ts';
import { proxyDetails } from '../proxies.ts';

const { add, has } = Set.prototype;
const watched = new Set<object>();
let isTripped = false;
/** Set where something is in a script's hands that is not watched: from then on every look is a close one. */
let isOff = false;

/** Makes changes of the object known. */
export function watch(object: object): void {
  apply(add as (value: object) => unknown, watched, [object]);
}

/** Whether a glance would not do. */
export const needsCloseLook = (): boolean => isTripped || isOff;

/** Called when all that is watched was found, by a close look, to be as it was. */
export function resetTripwires(): void {
  isTripped = false;
}

export function turnTripwiresOff(): void {
  isOff = true;
}

function touch(target: unknown): void {
  if (apply(has, watched, [target]) || proxyDetails(target as object) !== undefined) isTripped = true;
}

function wire(holder: object, wires: Readonly<Record<string, (...args: never[]) => unknown>>): void {
  for (const [name, value] of Object.entries(wires)) nativeDefine(holder, name, { ...plain, value });
}

const plain = { writable: true, enumerable: false, configurable: true };
const { defineProperty: nativeDefine, defineProperties: nativeDefineAll } = Object;
const { defineProperty: nativeTryDefine } = Reflect;
const { __defineGetter__: nativeGetter, __defineSetter__: nativeSetter } = Object.prototype as unknown as Record<
  '__defineGetter__' | '__defineSetter__',
  (...args: unknown[]) => unknown
>;
const { captureStackTrace: nativeCapture } = NativeError;

/** Methods, so that they have the names and lengths of what they stand for, and are no constructors either. */
const ofObject = {
  defineProperty(target: object, key: PropertyKey, descriptor: PropertyDescriptor) {
    touch(target);
    return nativeDefine(target, key, descriptor);
  },
  defineProperties(target: object, descriptors: PropertyDescriptorMap) {
    touch(target);
    return nativeDefineAll(target, descriptors);
  },
};
const ofReflect = {
  defineProperty(target: object, key: PropertyKey, descriptor: PropertyDescriptor) {
    touch(target);
    return nativeTryDefine(target, key, descriptor);
  },
};
const ofPrototype = {
  __defineGetter__(this: unknown, key: PropertyKey, get: unknown) {
    touch(this);
    return apply(nativeGetter, this, [key, get]);
  },
  __defineSetter__(this: unknown, key: PropertyKey, set: unknown) {
    touch(this);
    return apply(nativeSetter, this, [key, set]);
  },
};
const ofError = {
  captureStackTrace(target: object, above?: unknown) {
    touch(target);
    // Of a stack, what is above the given function is left out: that is this one, where none is given.
    return nativeCapture(target, (typeof above === 'function' ? above : ofError.captureStackTrace) as () => void);
  },
};

/** Puts the wires in place; called once, before any code that is not ours. */
export function layTripwires(): void {
  wire(Object, ofObject);
  wire(Reflect, ofReflect);
  wire(Object.prototype, ofPrototype);
  wire(NativeError, ofError);
}
