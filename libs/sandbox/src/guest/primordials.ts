/**
 * Built-ins as they were before any tenant code ran. What decides about a run's end, its result, its errors or the
 * bridge goes through these, so that a script that patches a prototype can only mislead itself.
 */
export const { apply, construct, deleteProperty, ownKeys, getPrototypeOf, setPrototypeOf, isExtensible } = Reflect;
/** Says whether it could, where `Object.defineProperty` throws. */
export const { defineProperty: tryDefine } = Reflect;
export const { create, defineProperty, freeze, getOwnPropertyDescriptor, hasOwn, is, keys: objectKeys } = Object;
export const { getOwnPropertyDescriptors, getOwnPropertyNames: namesOf, getOwnPropertySymbols: symbolsOf } = Object;
export const { preventExtensions } = Object;
export const { isArray } = Array;
export const { isFinite: isFiniteNumber, isNaN: isNotANumber } = Number;
export const ObjectPrototype = Object.prototype;
export const FunctionPrototype = Function.prototype;
export const ArrayPrototype = Array.prototype;
export const { stringify: jsonStringify, parse: jsonParse } = JSON;
export const dateNow = Date.now;
// biome-ignore lint/security/noGlobalEval: scripts are evaluated by it; they could do so themselves, and it reaches no further.
export const indirectEval = globalThis.eval;
export const NativeError = Error;
export const NativeTypeError = TypeError;
export const NativeRangeError = RangeError;
export const NativeString = String;
export const NativeUint8Array = Uint8Array;
export const NativeArrayBuffer = ArrayBuffer;
export const NativeDate = Date;
export const NativeNumber = Number;
export const NativeBoolean = Boolean;
export const NativeBigInt = BigInt;
export const isArrayBufferView = ArrayBuffer.isView;

const uncurry =
  <This, Args extends unknown[], Result>(method: (this: This, ...args: Args) => Result) =>
  (self: This, ...args: Args): Result =>
    apply(method, self, args);

const hasInstance = Function.prototype[Symbol.hasInstance];
/** `instanceof`, whatever a script has made of the constructor. */
export const isInstance = <T>(value: unknown, type: new (...args: never[]) => T): value is T =>
  apply(hasInstance, type, [value]) as boolean;

export const dateToIso = uncurry(Date.prototype.toISOString);
export const dateToTime = uncurry(Date.prototype.getTime);
export const slice = uncurry(String.prototype.slice);
export const toWellFormed = uncurry(String.prototype.toWellFormed);
export const split = uncurry(String.prototype.split as (by: string) => string[]);
export const regExec = uncurry(RegExp.prototype.exec);
export const setForEach: <T>(set: Set<T>, visit: (value: T) => void) => void = uncurry(Set.prototype.forEach);
export const bigintToString = uncurry(BigInt.prototype.toString);

/** A list that inherits nothing: putting something into it sets off no setter that a script put on a prototype. */
export const bareList = <T>(): T[] => {
  const list: T[] = [];
  setPrototypeOf(list, null);
  return list;
};
