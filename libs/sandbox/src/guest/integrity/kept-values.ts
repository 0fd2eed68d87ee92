/**
 * What modules make when they are evaluated, and keep in variables of their own. A script that patches a method for a moment,
 * while something of ours calls it, has it as `this`, and no look at properties finds what becomes of it. So collections
 * inherit methods that nobody can patch, and neither they, nor regular expressions, nor lists take any property; from where a
 * search begins, and bytes, are put back. The bundles have all of that pass through `__keep`, see `build/kept-values.ts`.
 */
import {
  apply,
  create,
  freeze,
  getOwnPropertyDescriptors,
  getPrototypeOf,
  isArray,
  isArrayBufferView,
  NativeUint8Array,
  preventExtensions,
  setPrototypeOf,
  tryDefine,
} from '../primordials.ts';
import { evaluation } from './evaluation.ts';

declare let __keep: <T>(value: T) => T;
/** What the base itself made. */
declare let __early: unknown[];

type Memory = Uint8Array<ArrayBuffer>;

const { set: setBytes } = Uint8Array.prototype;
const RegExpPrototype = RegExp.prototype;
const COLLECTIONS = [Map.prototype, Set.prototype, WeakMap.prototype, WeakSet.prototype] as readonly object[];
const fixed = COLLECTIONS.map((prototype) => freeze(create(prototype, getOwnPropertyDescriptors(prototype)) as object));
const FROM_THE_START = freeze({ value: 0, writable: true });

const searches: RegExp[] = [];
const unread: Memory[] = [];
const constants: { readonly bytes: Memory; readonly copy: Memory }[] = [];

function keepRegExp(expression: RegExp): void {
  if (expression.global || expression.sticky) searches[searches.length] = preventExtensions(expression);
  else freeze(expression);
}

function keepBytes(view: ArrayBufferView<ArrayBuffer>): void {
  preventExtensions(view);
  unread[unread.length] = new NativeUint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function keepCollection(collection: object, prototype: object | null): void {
  for (let i = 0; i < COLLECTIONS.length; i++) {
    if (prototype !== COLLECTIONS[i]) continue;
    setPrototypeOf(collection, fixed[i] as object);
    freeze(collection);
  }
}

function keep(value: object): void {
  const prototype = getPrototypeOf(value);
  if (prototype === RegExpPrototype) keepRegExp(value as RegExp);
  else if (isArrayBufferView(value)) keepBytes(value as ArrayBufferView<ArrayBuffer>);
  else if (isArray(value)) freeze(value);
  else keepCollection(value, prototype);
}

/** Notes the bytes that were made since: as they are when a module has been evaluated. */
export function readKeptBytes(): void {
  for (let i = 0; i < unread.length; i++) {
    const bytes = unread[i] as Memory;
    constants[constants.length] = { bytes, copy: new NativeUint8Array(bytes) };
  }
  unread.length = 0;
}

/** Called once, before any script. */
export function startKeeping(isSingle: boolean): void {
  __keep = isSingle
    ? (value) => value
    : (value) => {
        if (evaluation.isUnderWay) keep(value as object);
        return value;
      };
  if (!isSingle) for (const value of __early) keep(value as object);
  readKeptBytes();
  __early = [];
}

/** The same function for all bundles. */
export const keeper = (): typeof __keep => __keep;

/** Puts back what can be changed of what is kept; false where that cannot be done. */
export function restoreKeptValues(): boolean {
  for (let i = 0; i < searches.length; i++) {
    if (!tryDefine(searches[i] as RegExp, 'lastIndex', FROM_THE_START)) return false;
  }
  try {
    for (let i = 0; i < constants.length; i++) {
      const { bytes, copy } = constants[i] as { bytes: Memory; copy: Memory };
      apply(setBytes, bytes, [copy]);
    }
    return true;
  } catch {
    // Memory that a script has given away is there no more.
    return false;
  }
}
