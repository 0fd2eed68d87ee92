/** Whether two values are alike all the way down: strictly, or loosely as the oldest assertions compare. */
import { is, isArray, isArrayBufferView, objectKeys } from '../../primordials.ts';
import { collectionsAreAlike } from './deep-equal-collections.ts';
import { getOwnPropertySymbols, hasOwn, isEnumerable, objectToString, prototypeOf } from './intrinsics.ts';
import * as kinds from './kinds.ts';

export type Mode = 'strict' | 'loose' | 'strict but for prototypes';
/** The pairs around the one being compared: a pair that is met again counts as alike. */
export type Walk = { readonly mode: Mode; readonly ones: object[]; readonly others: object[] };

const read = (value: object, key: PropertyKey): unknown => (value as Record<PropertyKey, unknown>)[key];

const isSame = (one: unknown, other: unknown): boolean => one === other || (Number.isNaN(one) && Number.isNaN(other));

const INDEX = /^(0|[1-9][0-9]*)$/;
const bytesOf = (value: object): Uint8Array => {
  const view = value as Uint8Array;
  return kinds.isArrayBuffer(value)
    ? new Uint8Array(value)
    : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
};

function bytesAreAlike(one: object, other: object): boolean {
  const a = bytesOf(one);
  const b = bytesOf(other);
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Loosely, 0 and -0 are alike, and not a number is like nothing. */
function viewsAreAlike(one: object, other: object, mode: Mode): boolean {
  const kind = kinds.typedArrayKind(one);
  if (kind !== kinds.typedArrayKind(other)) return false;
  if (mode !== 'loose' || kind === undefined || !/^Float/.test(kind)) return bytesAreAlike(one, other);
  const a = one as Float64Array;
  const b = other as Float64Array;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function enumerableKeys(value: object, { mode }: Walk): PropertyKey[] {
  const isLong = isArray(value) || kinds.typedArrayKind(value) !== undefined;
  const names: PropertyKey[] = objectKeys(value);
  const keys = isLong ? names.filter((name) => !INDEX.test(String(name))) : names;
  if (mode === 'loose') return keys;
  return [...keys, ...getOwnPropertySymbols(value).filter((symbol) => isEnumerable(value, symbol))];
}

function propertiesAreAlike(one: object, other: object, walk: Walk): boolean {
  const keys = enumerableKeys(one, walk);
  if (keys.length !== enumerableKeys(other, walk).length) return false;
  return keys.every((key) => isEnumerable(other, key) && areAlike(read(one, key), read(other, key), walk));
}

function membersAreAlike(one: readonly unknown[], other: readonly unknown[], walk: Walk): boolean {
  const isLoose = walk.mode === 'loose';
  for (let i = 0; i < one.length; i++) {
    if (hasOwn(one, i) !== hasOwn(other, i)) {
      if (!isLoose || (one[i] ?? other[i] ?? null) !== null) return false;
    } else if (one[i] === undefined && !hasOwn(one, i)) return sparseMembersAreAlike(one, other, walk);
    else if (!areAlike(one[i], other[i], walk)) return false;
  }
  return true;
}

/** From the first hole on only what is there is compared. */
function sparseMembersAreAlike(one: readonly unknown[], other: readonly unknown[], walk: Walk): boolean {
  const keys = objectKeys(one);
  if (keys.length !== objectKeys(other).length) return false;
  return keys.every((key) => hasOwn(other, key) && areAlike(read(one, key), read(other, key), walk));
}

function errorsAreAlike(one: Error, other: unknown, walk: Walk): boolean {
  if (!kinds.isError(other)) return false;
  const hidden = ['message', 'name', 'cause', 'errors'];
  const alike = hidden.every((key) => isEnumerable(other, key) || areAlike(read(one, key), read(other, key), walk));
  return alike && hasOwn(one, 'cause') === hasOwn(other, 'cause');
}

const BOXES = [
  { is: kinds.isNumberObject, unbox: kinds.boxedNumber },
  { is: kinds.isStringObject, unbox: kinds.boxedString },
  { is: kinds.isBooleanObject, unbox: kinds.boxedBoolean },
  { is: kinds.isBigIntObject, unbox: kinds.boxedBigInt },
  { is: kinds.isSymbolObject, unbox: kinds.boxedSymbol },
];

const boxesAreAlike = (one: object, other: object): boolean =>
  BOXES.some((box) => box.is(one) && box.is(other) && is(box.unbox(one), box.unbox(other)));

const regExpsAreAlike = (one: RegExp, other: RegExp): boolean =>
  one.source === other.source && one.flags === other.flags && one.lastIndex === other.lastIndex;

const SPECIAL = [
  isArray,
  isArrayBufferView,
  kinds.isSet,
  kinds.isMap,
  kinds.isDate,
  kinds.isRegExp,
  kinds.isArrayBuffer,
  kinds.isError,
  kinds.isBoxedPrimitive,
] as const;

/** The class is loaded when it is first asked for: only what looks like a URL asks. */
const isUrl = (value: object): value is URL =>
  typeof (value as { href?: unknown }).href === 'string' && value instanceof globalThis.URL;

const UNKNOWABLE = [kinds.isWeakMap, kinds.isWeakSet, kinds.isPromise] as const;

/** What the kind of a value holds besides its properties. */
function insidesAreAlike(one: object, other: object, walk: Walk): boolean {
  if (isArray(one)) return membersAreAlike(one, other as unknown[], walk);
  if (isArrayBufferView(one)) return viewsAreAlike(one, other, walk.mode);
  if (kinds.isSet(one) || kinds.isMap(one)) return collectionsAreAlike(one, other as typeof one, walk, areAlike);
  if (kinds.isDate(one)) return isSame(one.getTime(), (other as Date).getTime());
  if (kinds.isRegExp(one)) return regExpsAreAlike(one, other as RegExp);
  if (kinds.isArrayBuffer(one)) return bytesAreAlike(one, other);
  if (kinds.isError(one)) return errorsAreAlike(one, other, walk);
  if (kinds.isBoxedPrimitive(one)) return boxesAreAlike(one, other);
  if (isUrl(one)) return isUrl(other) && one.href === other.href;
  return !UNKNOWABLE.some((isUnknowable) => isUnknowable(one));
}

function kindsAreAlike(one: object, other: object, { mode }: Walk): boolean {
  if (mode === 'strict' && prototypeOf(one) !== prototypeOf(other)) return false;
  if (SPECIAL.some((isSpecial) => isSpecial(one) !== isSpecial(other))) return false;
  if (isArray(one) && one.length !== (other as unknown[]).length) return false;
  return objectToString(one) === objectToString(other);
}

function objectsAreAlike(one: object, other: object, walk: Walk): boolean {
  if (!kindsAreAlike(one, other, walk)) return false;
  const { ones, others } = walk;
  for (let i = 0; i < ones.length; i++) {
    if (ones[i] === one || others[i] === other) return ones[i] === one && others[i] === other;
  }
  ones.push(one);
  others.push(other);
  const alike = propertiesAreAlike(one, other, walk) && insidesAreAlike(one, other, walk);
  ones.pop();
  others.pop();
  return alike;
}

function areAlike(one: unknown, other: unknown, walk: Walk): boolean {
  const isLoose = walk.mode === 'loose';
  if (one === other) return one !== 0 || isLoose || is(one, other);
  const areObjects = typeof one === 'object' && typeof other === 'object' && one !== null && other !== null;
  if (areObjects) return objectsAreAlike(one, other, walk);
  if (!isLoose) return typeof one === 'number' && isSame(one, other);
  const isOneObject = (typeof one === 'object' && one !== null) || (typeof other === 'object' && other !== null);
  // biome-ignore lint/suspicious/noDoubleEquals: loosely is how these assertions compare.
  return !isOneObject && (one == other || isSame(one, other));
}

/** `util.isDeepStrictEqual`, and the comparison of `assert`'s deep assertions. */
export const isDeepEqual = (one: unknown, other: unknown, mode: Mode): boolean =>
  areAlike(one, other, { mode, ones: [], others: [] });
