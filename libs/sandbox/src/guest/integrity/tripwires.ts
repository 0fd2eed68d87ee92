/**
 * Notes when an object that is remembered gets a property that assigning does not make: an accessor, or one that is not
 * listed. Nearly no run does that, and after those that have not, a glance says whether the object is as it was. The language
 * and V8 have no other ways to it than these, and a proxy that tells untruths of what is there; `Intl`, whose old constructors are another, is watched as a whole.
 */
import { apply, defineProperty, isExtensible, NativeError, NativeTypeError } from '../primordials.ts';
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

/** Called where an object may get such a property: by a definition, or through a proxy, from when that is made. */
export function touch(target: unknown): void {
  if (apply(has, watched, [target]) || proxyDetails(target as object) !== undefined) isTripped = true;
}

const NativeProxy = Proxy;
type Native = (...args: never[]) => unknown;
type Call = (native: Native, self: unknown, args: unknown[]) => unknown;

/** Stands for a native function, and looks like it: lodash, for one, takes no `defineProperty` but a native one. */
function wire(holder: object, name: string, call: Call): void {
  const native = (holder as Record<string, Native>)[name] as Native;
  // Without a prototype, on which a script could put traps.
  const value = new NativeProxy(native, { __proto__: null, apply: call } as ProxyHandler<Native>);
  defineProperty(holder, name, { value, writable: true, enumerable: false, configurable: true });
}

function define(native: Native, self: unknown, args: unknown[]): unknown {
  touch(args[0]);
  return apply(native, self, args);
}

function defineOnThis(native: Native, self: unknown, args: unknown[]): unknown {
  touch(self);
  return apply(native, self, args);
}

function captureStack(native: Native, self: unknown, args: unknown[]): unknown {
  touch(args[0]);
  // Of a stack, what is above the given function is left out: that is this one, where none is given.
  const above = typeof args[1] === 'function' ? args[1] : captureStack;
  return apply(native, self, [args[0], above]);
}

/** The one way to change what a regular expression is; no look at properties tells. */
function compile(native: Native, self: unknown, args: unknown[]): unknown {
  if (apply(has, watched, [self]) || (typeof self === 'object' && self !== null && !isExtensible(self)))
    throw new NativeTypeError('A regular expression of a module cannot be compiled anew');
  return apply(native, self, args);
}

/** Puts the wires in place; called once, before any code that is not ours. */
export function layTripwires(): void {
  wire(Object, 'defineProperty', define);
  wire(Object, 'defineProperties', define);
  wire(Reflect, 'defineProperty', define);
  wire(Object.prototype, '__defineGetter__', defineOnThis);
  wire(Object.prototype, '__defineSetter__', defineOnThis);
  wire(NativeError, 'captureStackTrace', captureStack);
  wire(RegExp.prototype, 'compile', compile);
}
