/**
 * Built-ins as they were before any script ran, as functions of what they act on: what a script puts on a prototype must
 * neither break nor be called by what shows its values.
 */
import { create, getPrototypeOf } from '../../primordials.ts';

const { call, bind } = Function.prototype;
/** A method as a function of its `this`. */
export const uncurry = bind.bind(call) as unknown as <Self, Args extends unknown[], Result>(
  method: (this: Self, ...args: Args) => Result,
) => (self: Self, ...args: Args) => Result;

const text = String.prototype;
type OfText<Args extends unknown[], Result> = (self: string, ...args: Args) => Result;
export const charCodeAt: OfText<[number], number> = uncurry(text.charCodeAt);
export const codePointAt: OfText<[number], number | undefined> = uncurry(text.codePointAt);
export const endsWith: OfText<[string], boolean> = uncurry(text.endsWith);
export const includes: OfText<[string], boolean> = uncurry(text.includes);
export const indexOf: OfText<[string, number?], number> = uncurry(text.indexOf);
export const normalize: OfText<[string], string> = uncurry(text.normalize);
export const padEnd: OfText<[number], string> = uncurry(text.padEnd);
export const padStart: OfText<[number], string> = uncurry(text.padStart);
export const repeat: OfText<[number], string> = uncurry(text.repeat);
export const slice: OfText<[number, number?], string> = uncurry(text.slice);
export const startsWith: OfText<[string, number?], boolean> = uncurry(text.startsWith);
export const toLowerCase: OfText<[], string> = uncurry(text.toLowerCase);
export const toWellFormed: OfText<[], string> = uncurry(text.toWellFormed);

export const functionToString: (self: unknown) => string = uncurry(Function.prototype.toString) as never;
export const hasInstance: (maker: unknown, value: unknown) => boolean = uncurry(
  Function.prototype[Symbol.hasInstance],
) as never;
export const errorToString: (self: unknown) => string = uncurry(Error.prototype.toString) as never;
export const objectToString: (self: unknown) => string = uncurry(Object.prototype.toString);
export const isEnumerable: (self: object, key: PropertyKey) => boolean = uncurry(Object.prototype.propertyIsEnumerable);
export const symbolToString: (self: symbol) => string = uncurry(Symbol.prototype.toString);
export const numberToString: (self: number, radix?: number) => string = uncurry(Number.prototype.toString);
export const dateToString: (self: Date) => string = uncurry(Date.prototype.toString);
export const regExpToString: (self: RegExp) => string = uncurry(RegExp.prototype.toString);
export const exec: (self: RegExp, text: string) => RegExpExecArray | null = uncurry(RegExp.prototype.exec);
export const sort: (self: string[], compare?: (a: string, b: string) => number) => string[] = uncurry(
  Array.prototype.sort,
) as never;
export const { assign, getOwnPropertyDescriptors, getOwnPropertyNames, getOwnPropertySymbols, hasOwn, setPrototypeOf } =
  Object;
export const { min, max, sqrt, round, floor, trunc } = Math;

/** The getter of an accessor on a prototype, as a function; it throws for a value that is not of the kind. */
export function getterOf<Result>(prototype: object, key: PropertyKey): (self: unknown) => Result {
  return uncurry(Object.getOwnPropertyDescriptor(prototype, key)?.get as () => Result) as (self: unknown) => Result;
}

/** Replaces every match by what the function makes of it; neither `exec` nor `replace` of the script is called. */
export function replaceAll(value: string, pattern: RegExp, make: (match: string) => string): string {
  let result = '';
  let from = 0;
  pattern.lastIndex = 0;
  for (let found = exec(pattern, value); found !== null; found = exec(pattern, value)) {
    const match = found[0];
    result += slice(value, from, found.index) + make(match);
    from = found.index + match.length;
    if (match === '') pattern.lastIndex += 1;
  }
  return from === 0 ? value : result + slice(value, from);
}

/** The text with another in place of every occurrence of a part. */
export function replaceText(value: string, part: string, by: string): string {
  let result = '';
  let from = 0;
  for (let at = indexOf(value, part); at !== -1; at = indexOf(value, part, from)) {
    result += slice(value, from, at) + by;
    from = at + part.length;
  }
  return result + slice(value, from);
}

/** The parts between the separators. */
export function split(value: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = indexOf(value, separator); at !== -1; at = indexOf(value, separator, from)) {
    append(parts, slice(value, from, at));
    from = at + separator.length;
  }
  append(parts, slice(value, from));
  return parts;
}

export function join(parts: readonly string[], separator: string): string {
  let result = '';
  for (let i = 0; i < parts.length; i++) result += i === 0 ? parts[i] : separator + parts[i];
  return result;
}

export function append<T>(list: T[], value: T): void {
  list[list.length] = value;
}

export function contains(list: readonly unknown[], value: unknown): boolean {
  for (let i = 0; i < list.length; i++) if (list[i] === value) return true;
  return false;
}

/** An object whose members a script cannot add to through `Object.prototype`. */
export const bare = <T extends object>(members: T): T => setPrototypeOf(members, null);
export const emptyRecord = <T>(): Record<string, T> => create(null);
export const prototypeOf = getPrototypeOf as (value: object) => object | null;
