/** What stands before, around and inside an object, by its kind. */
import { dateToIso, dateToTime, isArray, isNotANumber } from '../../primordials.ts';
import {
  bufferContents,
  type Entries,
  mapMembers,
  pending,
  setMembers,
  typedArrayMembers,
  unknownItems,
} from './format-entries.ts';
import { formatError } from './format-error.ts';
import { formatFunction } from './format-function.ts';
import { formatPrimitive } from './format-primitive.ts';
import { type Context, isTooDeep, plain } from './inspect-context.ts';
import { dateToString, regExpToString, toLowerCase } from './intrinsics.ts';
import * as kinds from './kinds.ts';
import { extraKeysOf, keysOf, plainPrefix, prefixOf } from './names.ts';

const NativeRegExp = RegExp;

export type Shape = {
  readonly braces: [string, string];
  readonly base: string;
  readonly entries: Entries | undefined;
  /** `array` stands for lists whose members are properties. */
  readonly list: 'array' | 'typed' | 'none';
  readonly keys: PropertyKey[];
  /** Accessors of the prototype that are shown like properties. */
  readonly extra: readonly string[];
  /** All that there is to say, where nothing else is to be listed. */
  readonly alone: string | undefined;
};
/** A value, what it is called and its tag. */
export type Subject = {
  readonly ctx: Context;
  readonly value: object;
  readonly name: string | null;
  readonly tag: string;
  readonly depth: number;
};

const shape = (keys: PropertyKey[], parts: Partial<Shape>): Shape => ({
  braces: ['{', '}'],
  base: '',
  entries: undefined,
  list: 'none',
  extra: [],
  alone: undefined,
  ...parts,
  keys,
});

/** An object that is told in one piece of text, and listed in braces only when it has properties. */
const textual = (keys: PropertyKey[], base: string, alone = base): Shape => shape(keys, { base, alone });

function collection(
  { ctx, value, name, tag }: Subject,
  kind: string,
  size: number | undefined,
  entries: Entries,
): Shape {
  const prefix = prefixOf(name, tag, kind, size === undefined ? '' : `(${size})`);
  const empty = size === 0 ? { alone: `${prefix}{}` } : {};
  return shape(keysOf(ctx, value), {
    braces: [`${prefix}{`, '}'],
    entries: size === 0 ? undefined : entries,
    ...empty,
  });
}

function arrayShape({ ctx, value, name, tag }: Subject): Shape {
  const list = value as unknown[];
  const prefix = name === 'Array' && tag === '' ? '' : prefixOf(name, tag, 'Array', `(${list.length})`);
  const braces: [string, string] = [`${prefix}[`, ']'];
  const empty = list.length === 0 ? { alone: `${braces[0]}]` } : {};
  return shape(extraKeysOf(ctx, list), { braces, list: 'array', ...empty });
}

const TYPED_EXTRAS = ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer'];

function typedArrayShape({ ctx, value, name, tag }: Subject, kind: string): Shape {
  const length = kinds.typedArrayLength(value);
  const braces: [string, string] = [`${prefixOf(name, tag, name === null ? kind : '', `(${length})`)}[`, ']'];
  const keys = extraKeysOf(ctx, value as Uint8Array);
  const empty = length === 0 && !ctx.showHidden ? { alone: `${braces[0]}]` } : {};
  const extra = ctx.showHidden ? TYPED_EXTRAS : [];
  return shape(keys, { braces, list: 'typed', entries: typedArrayMembers, extra, ...empty });
}

function iteratorShape({ ctx, value, tag }: Subject, kind: 'Map' | 'Set'): Shape {
  const own = `${kind} Iterator`;
  const shown = tag === own || tag === '' ? own : `${tag}] [${own}`;
  return shape(keysOf(ctx, value), { braces: [`[${shown}] {`, '}'], entries: unknownItems });
}

function regExpShape({ ctx, value, name, tag, depth }: Subject, keys: PropertyKey[]): Shape {
  const text = regExpToString(name === null ? new NativeRegExp(value as RegExp) : (value as RegExp));
  const prefix = prefixOf(name, tag, 'RegExp');
  const base = prefix === 'RegExp ' ? text : `${prefix}${text}`;
  return textual(isTooDeep(ctx, depth) ? [] : keys, base, ctx.stylize(base, 'regexp'));
}

function dateShape({ ctx, value, name, tag }: Subject, keys: PropertyKey[]): Shape {
  const date = value as Date;
  const text = isNotANumber(dateToTime(date)) ? dateToString(date) : dateToIso(date);
  const prefix = prefixOf(name, tag, 'Date');
  const base = prefix === 'Date ' ? text : `${prefix}${text}`;
  return textual(keys, base, ctx.stylize(base, 'date'));
}

const BOXES = [
  { type: 'Number', is: kinds.isNumberObject, unbox: kinds.boxedNumber },
  { type: 'String', is: kinds.isStringObject, unbox: kinds.boxedString },
  { type: 'Boolean', is: kinds.isBooleanObject, unbox: kinds.boxedBoolean },
  { type: 'BigInt', is: kinds.isBigIntObject, unbox: kinds.boxedBigInt },
  { type: 'Symbol', is: kinds.isSymbolObject, unbox: kinds.boxedSymbol },
];

function boxedShape({ ctx, value, name, tag }: Subject, allKeys: PropertyKey[]): Shape | undefined {
  for (let i = 0; i < BOXES.length; i++) {
    const { type, is, unbox } = BOXES[i] as (typeof BOXES)[number];
    if (!is(value)) continue;
    const keys = type === 'String' ? extraKeysOf(ctx, value as unknown as string[] & object) : allKeys;
    const label = name === type ? type : `${type} (${name ?? 'null prototype'})`;
    const text = `[${label}: ${formatPrimitive(plain, unbox(value), ctx)}]`;
    const base = tag !== '' && tag !== name ? `${text} [${tag}]` : text;
    return textual(keys, base, ctx.stylize(base, toLowerCase(type)));
  }
  return undefined;
}

function bufferShape({ ctx, value, name, tag }: Subject, keys: PropertyKey[], typed: boolean): Shape {
  const prefix = prefixOf(name, tag, 'ArrayBuffer');
  const braces: [string, string] = [`${prefix}{`, '}'];
  if (!typed) return shape(keys, { braces, entries: bufferContents, extra: ['byteLength'] });
  const length = formatPrimitive(ctx.stylize, (value as ArrayBuffer).byteLength, ctx);
  return shape(keys, { braces, extra: ['byteLength'], alone: `${prefix}{ [byteLength]: ${length} }` });
}

/** Kinds that iterators give access to, and those of objects without a prototype. */
function listShape(subject: Subject): Shape | undefined {
  const { value, name } = subject;
  if (name !== null && !(Symbol.iterator in value)) return undefined;
  if (isArray(value)) return arrayShape(subject);
  if (kinds.isSet(value)) return collection(subject, 'Set', kinds.sizeOfSet(value), setMembers);
  if (kinds.isMap(value)) return collection(subject, 'Map', kinds.sizeOfMap(value), mapMembers);
  const typed = kinds.typedArrayKind(value);
  if (typed !== undefined) return typedArrayShape(subject, typed);
  if (kinds.isMapIterator(value)) return iteratorShape(subject, 'Map');
  return kinds.isSetIterator(value) ? iteratorShape(subject, 'Set') : undefined;
}

function plainObjectShape({ value, name, tag }: Subject, keys: PropertyKey[]): Shape {
  let open = '{';
  if (kinds.isArgumentsObject(value)) open = '[Arguments] {';
  else if (tag !== '') open = `${prefixOf(name, tag, 'Object')}{`;
  return shape(keys, { braces: [open, '}'], alone: `${open}}` });
}

function hrefOf(value: object): string | undefined {
  try {
    const { href } = value as { readonly href?: unknown };
    return typeof href === 'string' && value instanceof globalThis.URL ? href : undefined;
  } catch {
    return undefined;
  }
}

function otherShape(subject: Subject, keys: PropertyKey[]): Shape {
  const { ctx, value, name, tag, depth } = subject;
  const boxed = boxedShape(subject, keys);
  if (boxed !== undefined) return boxed;
  const href = isTooDeep(ctx, depth) ? undefined : hrefOf(value);
  if (href !== undefined) return textual(keys, href);
  const open = `${plainPrefix(value, name, tag)}{`;
  return shape(keys, { braces: [open, '}'], alone: `${open}}` });
}

/** `typed`: the buffer of a typed array, whose bytes are shown already. */
export function shapeOf(subject: Subject, typed: boolean): Shape {
  const { ctx, value, name, tag } = subject;
  const list = listShape(subject);
  if (list !== undefined) return list;
  const keys = keysOf(ctx, value);
  if (typeof value === 'function') {
    const text = formatFunction(ctx, value, name, tag);
    return textual(keys, text, ctx.stylize(text, 'special'));
  }
  if (name === 'Object') return plainObjectShape(subject, keys);
  if (kinds.isRegExp(value)) return regExpShape(subject, keys);
  if (kinds.isDate(value)) return dateShape(subject, keys);
  if (kinds.isError(value)) return textual(keys, formatError(ctx, value, name, tag, keys));
  if (kinds.isArrayBuffer(value)) return bufferShape(subject, keys, typed);
  if (kinds.isDataView(value)) {
    const braces: [string, string] = [`${prefixOf(name, tag, 'DataView')}{`, '}'];
    return shape(keys, { braces, extra: ['byteLength', 'byteOffset', 'buffer'] });
  }
  if (kinds.isPromise(value)) return collection(subject, 'Promise', undefined, pending);
  if (kinds.isWeakSet(value)) return collection(subject, 'WeakSet', undefined, unknownItems);
  if (kinds.isWeakMap(value)) return collection(subject, 'WeakMap', undefined, unknownItems);
  return otherShape(subject, keys);
}
