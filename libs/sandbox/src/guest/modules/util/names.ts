/** What a value is called: by its nearest constructor, its tag, or by what it is where it has neither. */
import { getOwnPropertyDescriptor, isArray, NativeString, objectKeys, ownKeys } from '../../primordials.ts';
import { type Context, isTooDeep } from './inspect-context.ts';
import {
  append,
  contains,
  emptyRecord,
  exec,
  getOwnPropertyNames,
  getOwnPropertySymbols,
  hasInstance,
  hasOwn,
  indexOf,
  isEnumerable,
  prototypeOf,
  toLowerCase,
} from './intrinsics.ts';
import {
  isArrayBuffer,
  isDataView,
  isDate,
  isMap,
  isNativeError,
  isPromise,
  isRegExp,
  isSet,
  isWeakMap,
  isWeakSet,
  typedArrayKind,
} from './kinds.ts';

type Constructor = { readonly name: unknown; readonly prototype: unknown };
type Prototypes = { readonly output: string[]; readonly show: ShowProperty };
/** Shows a property of a prototype as one of the object that inherits it. */
export type ShowProperty = (holder: object, key: PropertyKey, property: PropertyDescriptor) => string;

/** The prototypes of built-ins keep their names, whatever a script does to their `constructor`. */
const WELL_KNOWN = [
  ...[Array, ArrayBuffer, Function, Map, Set, Object, RegExp, Date, DataView, Boolean, Number, String, Promise],
  ...[Error, AggregateError, RangeError, TypeError, WeakMap, WeakSet],
].map((make) => ({ make: make as unknown, name: make.name, prototype: make.prototype as object }));
const TypedArray = prototypeOf(Uint8Array) as unknown as Constructor;
WELL_KNOWN.push({ make: TypedArray, name: 'TypedArray', prototype: TypedArray.prototype as object });

const builtIns = emptyRecord<true>();
for (const name of Object.getOwnPropertyNames(globalThis)) if (/^[A-Z][a-zA-Z0-9]+$/.test(name)) builtIns[name] = true;
export const isBuiltInName = (name: unknown): boolean => typeof name === 'string' && builtIns[name] === true;

function isInstance(value: object, make: unknown): boolean {
  try {
    return value instanceof (make as () => void);
  } catch {
    return false;
  }
}

function wellKnownName(prototype: object, value: object): string | undefined {
  for (let i = 0; i < WELL_KNOWN.length; i++) {
    const known = WELL_KNOWN[i] as (typeof WELL_KNOWN)[number];
    if (known.prototype === prototype) return hasInstance(known.make, value) ? known.name : undefined;
  }
  return undefined;
}

const ownConstructor = (holder: object): Constructor | undefined => {
  const value: unknown = getOwnPropertyDescriptor(holder, 'constructor')?.value;
  return typeof value === 'function' ? (value as unknown as Constructor) : undefined;
};

const KINDS: readonly { readonly name: string; readonly is: (value: unknown) => boolean }[] = [
  { name: 'Array', is: isArray },
  { name: 'Map', is: isMap },
  { name: 'Set', is: isSet },
  { name: 'Date', is: isDate },
  { name: 'RegExp', is: isRegExp },
  { name: 'Error', is: isNativeError },
  { name: 'ArrayBuffer', is: isArrayBuffer },
  { name: 'DataView', is: isDataView },
  { name: 'Promise', is: isPromise },
  { name: 'WeakMap', is: isWeakMap },
  { name: 'WeakSet', is: isWeakSet },
];

/** For objects that no constructor answers for. */
function kindName(value: object): string {
  if (typeof value === 'function') return 'Function';
  const typed = typedArrayKind(value);
  if (typed !== undefined) return typed;
  for (let i = 0; i < KINDS.length; i++) {
    const kind = KINDS[i] as (typeof KINDS)[number];
    if (kind.is(value)) return kind.name;
  }
  return 'Object';
}

/** How many layers of prototypes are shown. */
const LAYERS_MAX = 3;

/** With `showHidden`, what the prototypes that scripts made hold, functions aside. */
function addPrototypeProperties(ctx: Context, main: object, first: object, { output, show }: Prototypes): void {
  const above = emptyRecord<true>();
  const aboveSymbols: PropertyKey[] = [];
  let holder: object | null = first;
  for (let layer = 0; layer < LAYERS_MAX; layer++) {
    if (layer !== 0 || main === holder) {
      holder = prototypeOf(holder);
      if (holder === null || isBuiltInName(ownConstructor(holder)?.name)) return;
    }
    const keys = ownKeys(holder);
    append(ctx.seen, main);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string | symbol;
      const isKnown = typeof key === 'symbol' ? contains(aboveSymbols, key) : above[key] === true;
      if (typeof key === 'symbol') append(aboveSymbols, key);
      else above[key] = true;
      if (key === 'constructor' || isKnown || hasOwn(main, key)) continue;
      const property = getOwnPropertyDescriptor(holder, key) as PropertyDescriptor;
      if (typeof property.value === 'function') continue;
      const shown = show(holder, key, property);
      append(output, ctx.colors ? `\u001b[2m${shown}\u001b[22m` : shown);
    }
    ctx.seen.length -= 1;
  }
}

/** The name of the nearest constructor that the value is an instance of; null for a null prototype. */
export function constructorName(ctx: Context, value: object, depth: number, prototypes?: Prototypes): string | null {
  let first: object | null | undefined;
  let holder: object | null = value;
  while (holder !== null) {
    const name = wellKnownName(holder, value);
    const made = name === undefined ? ownConstructor(holder) : undefined;
    const isFound = made !== undefined && made.name !== '' && isInstance(value, made);
    if (name !== undefined || isFound) {
      const isOwnWork = first !== holder || (name === undefined && !isBuiltInName(made?.name));
      if (prototypes !== undefined && isOwnWork) addPrototypeProperties(ctx, value, first || value, prototypes);
      return name ?? NativeString(made?.name);
    }
    holder = prototypeOf(holder);
    if (first === undefined) first = holder;
  }
  if (first === null || first === undefined) return null;
  return unusualName(ctx, value, first, depth, prototypes);
}

/** A prototype without a constructor: it is named, or shown itself. */
function unusualName(ctx: Context, value: object, first: object, depth: number, prototypes?: Prototypes): string {
  const kind = kindName(value);
  if (isTooDeep(ctx, depth)) return `${kind} <Complex prototype>`;
  const name = constructorName(ctx, first, depth + 1, prototypes);
  if (name !== null) return `${kind} <${name}>`;
  const inner: Context = { ...ctx, seen: [], circular: [], customInspect: false, depth: -1, indentation: 0 };
  return `${kind} <${inner.format(inner, first, 0)}>`;
}

/** `Name [tag] `, as it stands before the braces. */
export function prefixOf(name: string | null, tag: string, fallback: string, size = ''): string {
  if (name === null) {
    const prefix = `[${fallback}${size}: null prototype] `;
    return tag !== '' && fallback !== tag ? `${prefix}[${tag}] ` : prefix;
  }
  return tag === '' || endsNameWith(name, tag) ? `${name}${size} ` : `${name}${size} [${tag}] `;
}

/** Whether the tag is a whole word of the name already. */
function endsNameWith(name: string, tag: string): boolean {
  const at = indexOf(name, tag);
  if (at === -1) return false;
  const next = name[at + tag.length];
  return next === undefined || next !== toLowerCase(next);
}

/** The same for objects of no special kind. */
export function plainPrefix(value: object, name: string | null, tag: string): string {
  const kind = name === null ? kindName(value) : '';
  return prefixOf(name, tag, kind === tag ? 'Object' : kind);
}

/** The tag, unless it is shown as a property anyway. */
export function tagOf(ctx: Context, value: object): string {
  let tag: unknown;
  try {
    tag = (value as Record<symbol, unknown>)[Symbol.toStringTag];
  } catch {
    return '';
  }
  if (typeof tag !== 'string' || tag === '') return '';
  const isShown = ctx.showHidden ? hasOwn(value, Symbol.toStringTag) : isEnumerable(value, Symbol.toStringTag);
  return isShown ? '' : tag;
}

const INDEX = /^(0|[1-9][0-9]*)$/;
const INDEX_MAX = 2 ** 32 - 2;
const isIndex = (key: string): boolean => exec(INDEX, key) !== null && +key <= INDEX_MAX;
/** In longer lists without holes nobody looks for properties beside the members: it would cost more than the list. */
const EXTRAS_LENGTH_MAX = 50_000;

function isLongAndDense(value: { readonly length: number }): boolean {
  const { length } = value;
  if (length <= EXTRAS_LENGTH_MAX) return false;
  return hasOwn(value, 0) && hasOwn(value, length >> 1) && hasOwn(value, length - 1);
}

function symbolsOf(ctx: Context, value: object, keys: PropertyKey[]): PropertyKey[] {
  const symbols = getOwnPropertySymbols(value);
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i] as symbol;
    if (ctx.showHidden || isEnumerable(value, symbol)) append(keys, symbol);
  }
  return keys;
}

/** The properties that are shown. */
export const keysOf = (ctx: Context, value: object): PropertyKey[] =>
  symbolsOf(ctx, value, ctx.showHidden ? getOwnPropertyNames(value) : objectKeys(value));

/** The properties of a list that are shown, its members aside. */
export function extraKeysOf(ctx: Context, value: object & { readonly length: number }): PropertyKey[] {
  const keys: PropertyKey[] = [];
  if (!isLongAndDense(value)) {
    const names = ctx.showHidden ? getOwnPropertyNames(value) : objectKeys(value);
    for (let i = 0; i < names.length; i++) if (!isIndex(names[i] as string)) append(keys, names[i] as string);
  }
  return symbolsOf(ctx, value, keys);
}
