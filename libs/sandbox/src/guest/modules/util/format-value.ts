/** `util.inspect`: values as Node prints them. */
import { formatArrayLike, formatBytes, formatMap, formatSet, formatTyped } from './format-collections.ts';
import { formatError } from './format-error.ts';
import { type Context, type Formatter, internal, stylize } from './inspect-context.ts';
import { formatBigInt, formatNumber, formatPrimitive, quote } from './format-primitive.ts';
import { hiddenKind, isInstanceof } from './kinds.ts';
import { reduceToSingle } from './line-breaks.ts';

const CUSTOM = Symbol.for('nodejs.util.inspect.custom');
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/;

type Named = { readonly constructor?: { readonly name?: string } };

/** The name of the nearest constructor, or null for objects that have none. */
export function constructorName(value: object): string | null {
  let from: object | null = value;
  while (from !== null) {
    const own = Object.getOwnPropertyDescriptor(from, 'constructor');
    const made = own?.value as { name?: unknown } | undefined;
    if (typeof made === 'function' && made.name !== '' && isInstanceof(value, made)) return String(made.name);
    from = Object.getPrototypeOf(from) as object | null;
  }
  return null;
}

/** `Name [tag] ` before the braces. */
export function prefixOf(name: string | null, tag: string, fallback: string, size = ''): string {
  if (name === null) {
    const shown = `[${fallback}${size}: null prototype] `;
    return tag !== '' && fallback !== tag ? `${shown}[${tag}] ` : shown;
  }
  return tag !== '' && name !== tag ? `${name}${size} [${tag}] ` : `${name}${size} `;
}

function tagOf(value: object): string {
  const tag = (value as Record<symbol, unknown>)[Symbol.toStringTag];
  return typeof tag === 'string' && tag !== '' ? tag : '';
}

function keysOf(ctx: Context, value: object): PropertyKey[] {
  const symbols = Object.getOwnPropertySymbols(value);
  if (ctx.showHidden) return [...Object.getOwnPropertyNames(value), ...symbols];
  const isListed = (key: symbol): boolean => Object.prototype.propertyIsEnumerable.call(value, key);
  return [...Object.keys(value), ...symbols.filter(isListed)];
}

const nameOfKey = (ctx: Context, key: PropertyKey, enumerable: boolean): string => {
  if (typeof key === 'symbol') return `[${stylize(ctx, String(key), 'symbol')}]`;
  const text = String(key);
  if (text === '__proto__') return "['__proto__']";
  if (!enumerable) return `[${text}]`;
  return IDENTIFIER.test(text) ? stylize(ctx, text, 'name') : stylize(ctx, quote(text), 'string');
};

function formatAccessor(ctx: Context, value: object, { get, set }: PropertyDescriptor): string {
  const show = (text: string): string => stylize(ctx, text, 'special');
  if (get === undefined) return set === undefined ? stylize(ctx, 'undefined', 'undefined') : show('[Setter]');
  const label = set === undefined ? 'Getter' : 'Getter/Setter';
  const wanted = ctx.getters === true || ctx.getters === (set === undefined ? 'get' : 'set');
  if (!wanted) return show(`[${label}]`);
  try {
    const got = get.call(value) as unknown;
    if (typeof got === 'object' && got !== null) return `${show(`[${label}]`)} ${formatValue(ctx, got, ctx.depthNow)}`;
    return `${show(`[${label}:`)} ${formatPrimitive(ctx, got)}${show(']')}`;
  } catch (error) {
    return `${show(`[${label}:`)} <Inspection threw (${String((error as Error).message)})>${show(']')}`;
  }
}

/** One property: `key: value`, or the value alone in arrays. */
export function formatProperty(ctx: Context, value: object, key: PropertyKey, inArray: boolean): string {
  const property = Object.getOwnPropertyDescriptor(value, key) ?? {
    value: (value as Record<PropertyKey, unknown>)[key],
    enumerable: true,
  };
  let text: string;
  let space = ' ';
  if ('value' in property) {
    const indent = ctx.compact !== true || inArray ? 2 : 3;
    ctx.indentation += indent;
    text = formatValue(ctx, property.value, ctx.depthNow);
    if (indent === 3 && ctx.breakLength < text.length) space = `\n${' '.repeat(ctx.indentation)}`;
    ctx.indentation -= indent;
  } else {
    text = formatAccessor(ctx, value, property);
  }
  return inArray ? text : `${nameOfKey(ctx, key, property.enumerable === true)}:${space}${text}`;
}

type Shape = { braces: [string, string]; base: string; entries: Formatter; isList: boolean; keys: PropertyKey[] };

const none: Formatter = () => [];
const INDEX = /^(0|[1-9]\d*)$/;

function functionBase(value: object, name: string | null, tag: string): string {
  const source = Function.prototype.toString.call(value);
  if (source.startsWith('class') && source.endsWith('}')) return classBase(value, name, tag);
  const kind = tagOf(Object.getPrototypeOf(value) ?? {});
  const type = /Function$/.test(kind) ? kind : 'Function';
  const { name: own } = value as { name?: unknown };
  const shown = `[${type}${name === null ? ' (null prototype)' : ''}${own === '' ? ' (anonymous)' : `: ${String(own)}`}]`;
  const suffix = name !== type && name !== null ? ` ${name}` : '';
  return `${shown}${suffix}${tag !== '' && name !== tag ? ` [${tag}]` : ''}`;
}

function classBase(value: object, name: string | null, tag: string): string {
  const own = Object.hasOwn(value, 'name') && (value as { name?: string }).name;
  let text = own ? `class ${own}` : 'class (anonymous)';
  if (name !== 'Function' && name !== null) text += ` [${name}]`;
  if (tag !== '' && name !== tag) text += ` [${tag}]`;
  if (name === null) return `[${text} extends null prototype]`;
  const parent = (Object.getPrototypeOf(value) as { name?: string } | null)?.name;
  return `[${text}${parent ? ` extends ${parent}` : ''}]`;
}

function boxedShape(value: object, kind: string, name: string | null, tag: string): string {
  const primitive = (value as { valueOf(): unknown }).valueOf.call(value);
  const shown = kind === 'String' ? quote(String(primitive)) : formatPrimitive(internal, primitive);
  const label = name === kind || name === null ? kind : `${kind} (${name})`;
  return `[${label}${name === null ? ' (null prototype)' : ''}: ${shown}]${tag !== '' && tag !== name ? ` [${tag}]` : ''}`;
}

function dateBase(value: Date, name: string | null, tag: string): string {
  const time = Date.prototype.getTime.call(value);
  const text = Number.isNaN(time) ? Date.prototype.toString.call(value) : Date.prototype.toISOString.call(value);
  const prefix = prefixOf(name, tag, 'Date');
  return prefix === 'Date ' ? text : `${prefix}${text}`;
}

function regExpBase(value: RegExp, name: string | null, tag: string): string {
  const text = RegExp.prototype.toString.call(value);
  const prefix = prefixOf(name, tag, 'RegExp');
  return prefix === 'RegExp ' ? text : `${prefix}${text}`;
}

function shapeOf(ctx: Context, value: object): Shape {
  const name = constructorName(value);
  let tag = tagOf(value);
  if (tag !== '' && tag === name) tag = '';
  const keys = keysOf(ctx, value);
  const named = (fallback: string, size?: string): string => prefixOf(name, tag, fallback, size);
  const plain = (braces: [string, string], entries = none, base = ''): Shape => ({ braces, base, entries, isList: false, keys });
  const based = (base: string, style: string): Shape => plain(['{', '}'], none, stylize(ctx, base, style));
  const listKeys = keys.filter((key) => typeof key === 'symbol' || !INDEX.test(String(key)));
  const kind = hiddenKind(value);
  if (Array.isArray(value)) {
    const isPlain = name === 'Array' && tag === '';
    const prefix = isPlain ? '' : prefixOf(name, tag, 'Array', `(${value.length})`);
    const shown = listKeys.filter((key) => key !== 'length');
    if (ctx.showHidden) shown.push('length');
    return { braces: [`${prefix}[`, ']'], base: '', entries: formatArrayLike, isList: true, keys: shown };
  }
  if (kind === 'Set') return plain([`${named('Set', `(${(value as Set<unknown>).size})`)}{`, '}'], formatSet);
  if (kind === 'Map') return plain([`${named('Map', `(${(value as Map<unknown, unknown>).size})`)}{`, '}'], formatMap);
  if (kind === 'TypedArray') {
    const { length } = value as Uint8Array;
    const fallback = tagOf(value) || 'Uint8Array';
    const prefix = prefixOf(name, tag === fallback ? '' : tag, fallback, `(${length})`);
    return { braces: [`${prefix}[`, ']'], base: '', entries: formatTyped, isList: true, keys: listKeys };
  }
  if (kind === 'Map Iterator' || kind === 'Set Iterator') return plain([`[${kind}] {`, '}'], iteratorEntries);
  if (typeof value === 'function') return based(functionBase(value, name, tag), 'special');
  if (kind === 'Arguments') return { braces: ['[Arguments] [', ']'], base: '', entries: formatArrayLike, isList: true, keys: listKeys };
  if (kind === 'RegExp') return based(regExpBase(value as RegExp, name, tag), 'regexp');
  if (kind === 'Date') return based(dateBase(value as Date, name, tag), 'date');
  if (kind === 'Error') {
    const base = formatError(ctx, value as Error, name, keys);
    return plain(['{', '}'], none, base);
  }
  if (kind === 'ArrayBuffer') return plain([`${named('ArrayBuffer')}{`, '}'], formatBytes);
  if (kind === 'DataView') return plain([`${named('DataView')}{`, '}'], dataViewEntries);
  if (kind === 'Promise') return plain([`${named('Promise')}{`, '}'], () => [stylize(ctx, '<pending>', 'special')]);
  if (kind === 'WeakSet' || kind === 'WeakMap') return plain([`${named(kind)}{`, '}'], () => [stylize(ctx, '<items unknown>', 'special')]);
  if (kind === 'Module') return plain([`[${tag}] {`, '}']);
  if (/^(String|Number|Boolean|BigInt|Symbol)$/.test(kind)) {
    const style = kind === 'String' ? 'string' : kind.toLowerCase();
    const shape = based(boxedShape(value, kind, name, tag), style);
    return kind === 'String' ? { ...shape, keys: listKeys } : shape;
  }
  const isPlain = name === 'Object' && tag === '';
  return plain([isPlain ? '{' : `${named('Object')}{`, '}']);
}

const iteratorEntries: Formatter = (ctx) => [stylize(ctx, '<entries unknown>', 'special')];
const dataViewEntries: Formatter = (ctx, value) =>
  ['byteLength', 'byteOffset', 'buffer'].map((key) => {
    const part = (value as unknown as Record<string, unknown>)[key];
    return `${key}: ${formatValue(ctx, part, ctx.depthNow)}`;
  });

function formatRaw(ctx: Context, value: object, depth: number, typed: boolean): string {
  const shape = shapeOf(ctx, value);
  const { braces, base, entries, isList, keys } = shape;
  const isEmpty = keys.length === 0 && entries === none;
  if (isEmpty && base !== '') return base;
  if (isEmpty) return `${braces[0]}}`;
  if (isList && keys.length === 0 && (value as { length: number }).length === 0) return `${braces[0]}]`;
  if (/^(Map|Set)$/.test(hiddenKind(value)) && keys.length === 0 && (value as Set<unknown>).size === 0) return `${braces[0]}}`;
  if (depth > ctx.depth) {
    const name = prefixOf(constructorName(value), tagOf(value) === constructorName(value) ? '' : tagOf(value), isList ? 'Array' : 'Object').slice(0, -1);
    return stylize(ctx, `[${constructorName(value) === null ? name : name}]`, 'special');
  }
  ctx.seen.push(value);
  ctx.depthNow = depth + 1;
  let output = entries(ctx, value);
  output.push(...keys.map((key) => formatProperty(ctx, value, key, false)));
  ctx.depthNow = depth;
  ctx.seen.pop();
  let shownBase = base;
  const reference = ctx.circular.get(value);
  if (reference !== undefined) {
    const mark = stylize(ctx, `<ref *${reference}>`, 'special');
    if (ctx.compact !== true) shownBase = base === '' ? mark : `${mark} ${base}`;
    else braces[0] = `${mark} ${braces[0]}`;
  }
  if (ctx.sorted) {
    const compare = typeof ctx.sorted === 'function' ? ctx.sorted : undefined;
    if (!isList) output.sort(compare);
    else if (keys.length > 1) output = [...output.slice(0, -keys.length), ...output.slice(-keys.length).sort(compare)];
  }
  return reduceToSingle(ctx, output, shownBase, { braces, isList, depth, value: typed ? value : value });
}

function circularMark(ctx: Context, value: object): string {
  if (!ctx.circular.has(value)) ctx.circular.set(value, ctx.circular.size + 1);
  return stylize(ctx, `[Circular *${ctx.circular.get(value)}]`, 'special');
}

function formatCustom(ctx: Context, value: object, depth: number): { readonly text: string } | undefined {
  const { [CUSTOM]: custom } = value as Record<symbol, unknown>;
  if (!ctx.customInspect || typeof custom !== 'function') return undefined;
  if (custom === ctx.inspect || (value as Named).constructor?.prototype === value) return undefined;
  const left = ctx.depth === Number.POSITIVE_INFINITY ? null : ctx.depth - depth;
  const shown: unknown = custom.call(value, left, ctx.optionsFor(left), ctx.inspect);
  if (shown === value) return undefined;
  if (typeof shown !== 'object' || shown === null) return { text: String(shown).replaceAll('\n', `\n${' '.repeat(ctx.indentation)}`) };
  return { text: formatValue(ctx, shown, depth) };
}

/** A value at its depth, as text. */
export function formatValue(ctx: Context, value: unknown, depth: number, typed = false): string {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return formatPrimitive(ctx, value);
  const custom = formatCustom(ctx, value, depth);
  if (custom !== undefined) return custom.text;
  if (ctx.seen.includes(value)) return circularMark(ctx, value);
  return formatRaw(ctx, value, depth, typed);
}

internal.formatValue = formatValue;
internal.formatProperty = formatProperty;
export { formatBigInt, formatNumber };
