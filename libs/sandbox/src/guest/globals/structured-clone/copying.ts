/** Copies of values as the web's standard has them: nothing of a script is called but its getters. */

import { getterOf, prototypeOf, uncurry } from '../../modules/util/intrinsics.ts';
import * as kinds from '../../modules/util/kinds.ts';
import {
  apply,
  construct,
  defineProperty,
  getOwnPropertyDescriptor,
  hasOwn,
  isArray,
  isInstance,
  NativeArrayBuffer,
  NativeDate,
  NativeError,
  NativeString,
  NativeUint8Array,
  objectKeys,
} from '../../primordials.ts';
import { proxyDetails } from '../../proxies.ts';
import { isUncloneable } from '../../uncloneable.ts';
import { copyOfBlob } from '../blob.ts';
import { DOMException } from '../events.ts';
import { cannotClone, cloneError } from './refusal.ts';

type Bag = Record<string, unknown>;
type Maker = new (...args: never[]) => object;
/** What was copied already, within one call: what leads back to itself does so in the copy. */
type Copies = Map<object, object>;

const { get: mapGet, set: mapSet, forEach: mapForEach } = Map.prototype;
const { add: setAdd, forEach: setForEach } = Set.prototype;
const TypedArrayPrototype = prototypeOf(NativeUint8Array.prototype) as object;
const setBytes: (self: Uint8Array, bytes: Uint8Array) => void = uncurry(NativeUint8Array.prototype.set) as never;
const bufferLength = getterOf<number>(NativeArrayBuffer.prototype, 'byteLength');
export const isDetached = getterOf<boolean>(NativeArrayBuffer.prototype, 'detached');
const dateTime: (self: Date) => number = uncurry(NativeDate.prototype.getTime);
const sourceOf = getterOf<string>(RegExp.prototype, 'source');
const flagsOf = getterOf<string>(RegExp.prototype, 'flags');
const NativeRegExp = RegExp;
const NativeMap = Map;
const NativeSet = Set;
const NativeDataView = DataView;
const toObject = Object;

/** Where an array or a view lies in its memory. */
const placeIn = (prototype: object) => ({
  buffer: getterOf<ArrayBuffer>(prototype, 'buffer'),
  byteOffset: getterOf<number>(prototype, 'byteOffset'),
  byteLength: getterOf<number>(prototype, 'byteLength'),
});
const ofTypedArray = placeIn(TypedArrayPrototype);
const ofDataView = placeIn(DataView.prototype);

const TYPED_ARRAYS: Bag = Object.create(null) as Bag;
for (const kind of [
  ...['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32'],
  ...['Float16', 'Float32', 'Float64', 'BigInt64', 'BigUint64'],
]) {
  TYPED_ARRAYS[`${kind}Array`] = (globalThis as unknown as Bag)[`${kind}Array`];
}

const ERRORS: Bag = Object.create(null) as Bag;
for (const made of [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) ERRORS[made.name] = made;

function put(target: object, key: PropertyKey, value: unknown, enumerable = true): void {
  const slot = { __proto__: null, value, writable: true, enumerable, configurable: true };
  defineProperty(target, key, slot as PropertyDescriptor);
}

function keep<T extends object>(copies: Copies, value: object, copy: T): T {
  apply(mapSet, copies, [value, copy]);
  return copy;
}

function copyMembers<T extends object>(value: object, copy: T, copies: Copies): T {
  keep(copies, value, copy);
  const keys = objectKeys(value);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    if (hasOwn(value, key)) put(copy, key, copyOf((value as Bag)[key], copies));
  }
  return copy;
}

function copyArray(value: readonly unknown[], copies: Copies): object {
  const copy: unknown[] = [];
  copy.length = value.length;
  return copyMembers(value, copy, copies);
}

function copyMap(value: object, copies: Copies): object {
  const copy = keep(copies, value, new NativeMap());
  const entries: unknown[] = [];
  const note = (one: unknown, key: unknown): void => {
    put(entries, entries.length, key);
    put(entries, entries.length, one);
  };
  apply(mapForEach, value, [note]);
  for (let i = 0; i < entries.length; i += 2) {
    apply(mapSet, copy, [copyOf(entries[i], copies), copyOf(entries[i + 1], copies)]);
  }
  return copy;
}

function copySet(value: object, copies: Copies): object {
  const copy = keep(copies, value, new NativeSet());
  const members: unknown[] = [];
  apply(setForEach, value, [(one: unknown) => put(members, members.length, one)]);
  for (let i = 0; i < members.length; i++) apply(setAdd, copy, [copyOf(members[i], copies)]);
  return copy;
}

function copyBuffer(value: ArrayBuffer, copies: Copies): ArrayBuffer {
  if (isDetached(value)) throw cloneError('An ArrayBuffer is detached and could not be cloned.');
  const copy = new NativeArrayBuffer(bufferLength(value));
  setBytes(new NativeUint8Array(copy), new NativeUint8Array(value));
  return keep(copies, value, copy);
}

function copyView(value: object, name: string | undefined, copies: Copies): object {
  const place = name === undefined ? ofDataView : ofTypedArray;
  const buffer = place.buffer(value);
  const copy = copyOf(buffer, copies);
  const made = (name === undefined ? NativeDataView : TYPED_ARRAYS[name]) as Maker & { BYTES_PER_ELEMENT?: number };
  const unit = name === undefined ? 1 : (getOwnPropertyDescriptor(made, 'BYTES_PER_ELEMENT')?.value as number);
  const args = [copy, place.byteOffset(value), place.byteLength(value) / unit];
  return keep(copies, value, construct(made, args) as object);
}

/** Of an error its kind, its message, its cause and its stack; what else a script has put on it is left behind. */
function copyError(value: Error, copies: Copies): object {
  const name = NativeString(value.name);
  const made = (hasOwn(ERRORS, name) ? ERRORS[name] : NativeError) as ErrorConstructor;
  const message = getOwnPropertyDescriptor(value, 'message');
  const copy = keep(copies, value, message && 'value' in message ? new made(NativeString(message.value)) : new made());
  const cause = getOwnPropertyDescriptor(value, 'cause');
  if (cause && 'value' in cause) put(copy, 'cause', copyOf(cause.value, copies), false);
  const { stack } = value;
  put(copy, 'stack', typeof stack === 'string' ? stack : undefined, false);
  return copy;
}

function copyException(value: DOMException, copies: Copies): object {
  const copy = keep(copies, value, new DOMException(value.message, value.name));
  put(copy, 'stack', value.stack, false);
  return copy;
}

const { deref } = WeakRef.prototype;
function isWeakRef(value: unknown): boolean {
  try {
    apply(deref, value, []);
    return true;
  } catch {
    return false;
  }
}

const REFUSED: readonly ((value: unknown) => boolean)[] = [
  kinds.isSymbolObject,
  kinds.isPromise,
  kinds.isWeakMap,
  kinds.isWeakSet,
  isWeakRef,
  kinds.isGeneratorObject,
  kinds.isMapIterator,
  kinds.isSetIterator,
  kinds.isArgumentsObject,
];

function boxedValue(value: object): unknown {
  if (kinds.isNumberObject(value)) return kinds.boxedNumber(value);
  if (kinds.isStringObject(value)) return kinds.boxedString(value);
  if (kinds.isBooleanObject(value)) return kinds.boxedBoolean(value);
  return kinds.isBigIntObject(value) ? kinds.boxedBigInt(value) : undefined;
}

/** Without slots of the language: of a class of Node or the web, or of a script. */
function copyPlain(value: object, copies: Copies): object {
  for (let i = 0; i < REFUSED.length; i++) if (REFUSED[i]?.(value)) throw cannotClone(value);
  const blob = copyOfBlob(value);
  if (blob !== undefined) return keep(copies, value, blob);
  if (isUncloneable(value)) throw cloneError('Cannot clone object of unsupported type.');
  return copyMembers(value, {}, copies);
}

function copyObject(value: object, copies: Copies): object {
  const name = kinds.typedArrayKind(value);
  if (name !== undefined || kinds.isDataView(value)) return copyView(value, name, copies);
  if (isArray(value)) return copyArray(value, copies);
  if (kinds.isDate(value)) return keep(copies, value, new NativeDate(dateTime(value)));
  if (kinds.isMap(value)) return copyMap(value, copies);
  if (kinds.isSet(value)) return copySet(value, copies);
  if (kinds.isRegExp(value)) return keep(copies, value, new NativeRegExp(sourceOf(value), flagsOf(value)));
  if (kinds.isArrayBuffer(value)) return copyBuffer(value, copies);
  if (kinds.isNativeError(value)) {
    return isInstance(value, DOMException) ? copyException(value, copies) : copyError(value as Error, copies);
  }
  const boxed = boxedValue(value);
  return boxed === undefined ? copyPlain(value, copies) : keep(copies, value, toObject(boxed) as object);
}

/**
 * @throws DOMException DataCloneError for what cannot be copied
 */
export function copyOf(value: unknown, copies: Copies): unknown {
  if (typeof value === 'symbol' || typeof value === 'function') throw cannotClone(value);
  if (typeof value !== 'object' || value === null) return value;
  const known = apply(mapGet, copies, [value]) as object | undefined;
  if (known !== undefined) return known;
  if (proxyDetails(value) !== undefined) throw cannotClone(value);
  return copyObject(value, copies);
}
