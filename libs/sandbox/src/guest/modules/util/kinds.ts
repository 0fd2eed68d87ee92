/** What a value really is, by the slots that only the genuine ones have: nothing of the value itself is called. */
import { proxyDetails } from '../../proxies.ts';
import { getterOf, hasInstance, objectToString, prototypeOf, uncurry } from './intrinsics.ts';

type Probe = (value: unknown) => unknown;
type Check = (value: unknown) => boolean;

export const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && proxyDetails(value) === undefined;

/** A check out of a built-in that throws for all values but those of its kind. */
const accepts =
  (probe: Probe): Check =>
  (value) => {
    if (!isPlainObject(value)) return false;
    try {
      probe(value);
      return true;
    } catch {
      return false;
    }
  };

/** A method as a probe. (No arguments are spread: that would go through an iterator which a script can patch.) */
const method = (f: unknown, argument?: unknown): Probe => {
  const called = uncurry(f as (given: unknown) => unknown) as (value: unknown, given: unknown) => unknown;
  return (value) => called(value, argument);
};

const TypedArrayPrototype = prototypeOf(Uint8Array.prototype) as object;
const typedArrayName = getterOf<string | undefined>(TypedArrayPrototype, Symbol.toStringTag);
/** `Uint8Array` and so on; undefined for all that is no typed array. */
export const typedArrayKind = (value: unknown): string | undefined =>
  isPlainObject(value) ? typedArrayName(value) : undefined;
export const typedArrayLength = getterOf<number>(TypedArrayPrototype, 'length');

const sizeOfMap = getterOf<number>(Map.prototype, 'size');
const sizeOfSet = getterOf<number>(Set.prototype, 'size');

export { sizeOfMap, sizeOfSet };

export const isMap = accepts(sizeOfMap) as (value: unknown) => value is Map<unknown, unknown>;
export const isSet = accepts(sizeOfSet) as (value: unknown) => value is Set<unknown>;
export const isWeakMap = accepts(method(WeakMap.prototype.has, {}));
export const isWeakSet = accepts(method(WeakSet.prototype.has, {}));
export const isDate = accepts(method(Date.prototype.getTime)) as (value: unknown) => value is Date;
const hasSource = accepts(getterOf(RegExp.prototype, 'source'));
export const isRegExp = (value: unknown): value is RegExp => value !== RegExp.prototype && hasSource(value);
export const isArrayBuffer = accepts(getterOf(ArrayBuffer.prototype, 'byteLength')) as (
  value: unknown,
) => value is ArrayBuffer;
export const isDataView = accepts(getterOf(DataView.prototype, 'buffer')) as (value: unknown) => value is DataView;

export const boxedNumber = method(Number.prototype.valueOf);
export const boxedString = method(String.prototype.valueOf);
export const boxedBoolean = method(Boolean.prototype.valueOf);
export const boxedBigInt = method(BigInt.prototype.valueOf);
export const boxedSymbol = method(Symbol.prototype.valueOf);
export const isNumberObject = accepts(boxedNumber);
export const isStringObject = accepts(boxedString);
export const isBooleanObject = accepts(boxedBoolean);
export const isBigIntObject = accepts(boxedBigInt);
export const isSymbolObject = accepts(boxedSymbol);
export const isBoxedPrimitive: Check = (value) =>
  isNumberObject(value) ||
  isStringObject(value) ||
  isBooleanObject(value) ||
  isBigIntObject(value) ||
  isSymbolObject(value);

const nativeIsError = (Error as unknown as { isError: Check }).isError;
export const isNativeError: Check = (value) => isPlainObject(value) && nativeIsError(value);
const NativeError = Error;
/** What counts as an error: made by a constructor of errors, or of a class that extends one. */
export const isError = (value: unknown): value is Error =>
  isNativeError(value) || (isObject(value) && proxyDetails(value) === undefined && hasInstance(NativeError, value));

/** Whether a prototype stands somewhere above the value: for kinds that have no slot which could be asked. */
function isBelow(value: unknown, prototype: object): boolean {
  if (!isObject(value) || proxyDetails(value) !== undefined) return false;
  let above = prototypeOf(value);
  while (above !== null) {
    if (above === prototype) return true;
    if (proxyDetails(above) !== undefined) return false;
    above = prototypeOf(above);
  }
  return false;
}

const below =
  (prototype: object): Check =>
  (value) =>
    isBelow(value, prototype);

export const isPromise = below(Promise.prototype);
export const isMapIterator = below(prototypeOf(new Map().entries()) as object);
export const isSetIterator = below(prototypeOf(new Set().entries()) as object);
const generator = function* (): Generator {};
const asyncGenerator = async function* (): AsyncGenerator {};
const asyncFunction = async (): Promise<void> => undefined;
const isSyncGenerator = below(prototypeOf(generator.prototype) as object);
const isAsyncGenerator = below(prototypeOf(asyncGenerator.prototype) as object);
export const isGeneratorObject: Check = (value) => isSyncGenerator(value) || isAsyncGenerator(value);

const isCallable = (value: unknown): boolean => typeof value === 'function' && proxyDetails(value) === undefined;
const isSyncGeneratorFunction = below(prototypeOf(generator) as object);
const isAsyncGeneratorFunction = below(prototypeOf(asyncGenerator) as object);
const isPlainAsyncFunction = below(prototypeOf(asyncFunction) as object);
export const isGeneratorFunction: Check = (value) =>
  isCallable(value) && (isSyncGeneratorFunction(value) || isAsyncGeneratorFunction(value));
export const isAsyncFunction: Check = (value) =>
  isCallable(value) && (isPlainAsyncFunction(value) || isAsyncGeneratorFunction(value));

/** Looked for by its text; a value that gives itself a tag is not believed. */
export const isArgumentsObject: Check = (value) =>
  isPlainObject(value) && !(Symbol.toStringTag in value) && objectToString(value) === '[object Arguments]';
