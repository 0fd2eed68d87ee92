/** A value at its depth, as text. */
import { apply, getOwnPropertyDescriptor } from '../../primordials.ts';
import { proxyDetails } from '../../proxies.ts';
import { displayWidth } from './control-characters.ts';
import { arrayMembers } from './format-entries.ts';
import { formatKey, formatPrimitive } from './format-primitive.ts';
import { type Context, isSpent, isTooDeep, userOptions } from './inspect-context.ts';
import { append, hasInstance, hasOwn, repeat, replaceText, slice, sort } from './intrinsics.ts';
import { isObject } from './kinds.ts';
import { layOut } from './layout.ts';
import { constructorName, plainPrefix, tagOf } from './names.ts';
import { type Shape, type Subject, shapeOf } from './shape.ts';

export const CUSTOM: unique symbol = Symbol.for('nodejs.util.inspect.custom');
const NativeObject = Object;
const OVERFLOW = 'Maximum call stack size exceeded';

type Custom = (depth: number | null, options: object, inspect: unknown) => unknown;
/** `inspect` itself is handed to custom functions and never taken for one. */
let inspect: unknown;
export const setInspect = (value: unknown): void => {
  inspect = value;
};

function readAccessor(ctx: Context, label: string, get: () => unknown, owner: object, depth: number): string {
  const show = (text: string): string => ctx.stylize(text, 'special');
  try {
    const value = apply(get, owner, []);
    if (isObject(value)) return `${show(`[${label}]`)} ${formatValue(ctx, value, depth)}`;
    return `${show(`[${label}:`)} ${formatPrimitive(ctx.stylize, value, ctx)}${show(']')}`;
  } catch (error) {
    return `${show(`[${label}:`)} <Inspection threw (${formatValue(ctx, error, depth)})>${show(']')}`;
  }
}

function formatAccessor(ctx: Context, { get, set }: PropertyDescriptor, owner: object, depth: number): string {
  if (get === undefined) {
    return set === undefined ? ctx.stylize('undefined', 'undefined') : ctx.stylize('[Setter]', 'special');
  }
  const label = set === undefined ? 'Getter' : 'Getter/Setter';
  const wanted = ctx.getters === true || ctx.getters === (set === undefined ? 'get' : 'set');
  if (!wanted) return ctx.stylize(`[${label}]`, 'special');
  ctx.indentation += 2;
  const text = readAccessor(ctx, label, get, owner, depth);
  ctx.indentation -= 2;
  return text;
}

type Place = { readonly isMember: boolean; readonly depth: number; readonly owner?: object };

/** `key: value`; the value alone for members of arrays. */
function formatProperty(ctx: Context, property: PropertyDescriptor, key: PropertyKey, place: Place): string {
  const { isMember, depth, owner } = place;
  let space = ' ';
  let text: string;
  if (property.value !== undefined) {
    const step = ctx.compact === true && !isMember ? 3 : 2;
    ctx.indentation += step;
    text = formatValue(ctx, property.value, depth);
    if (step === 3 && ctx.breakLength < displayWidth(text, ctx.colors)) space = `\n${repeat(' ', ctx.indentation)}`;
    ctx.indentation -= step;
  } else {
    text = formatAccessor(ctx, property, owner as object, depth);
  }
  if (isMember) return text;
  const name = formatKey(ctx, key, property.enumerable !== false);
  ctx.spent += name.length;
  return `${name}:${space}${text}`;
}

const NOTHING: PropertyDescriptor = { value: undefined, enumerable: true };

function formatOwn(ctx: Context, value: object, key: PropertyKey, isMember: boolean, depth: number): string {
  const property = getOwnPropertyDescriptor(value, key) ?? NOTHING;
  return formatProperty(ctx, property, key, { isMember, depth, owner: value });
}

function formatExtra(ctx: Context, value: object, key: string, typed: boolean, depth: number): string {
  ctx.indentation += 2;
  let member: unknown;
  try {
    member = (value as Record<string, unknown>)[key];
  } catch {
    member = undefined;
  }
  const text = formatValue(ctx, member, depth, typed);
  ctx.indentation -= 2;
  return `${ctx.stylize(`[${key}]`, 'string')}: ${text}`;
}

function listParts({ ctx, value, depth }: Subject, shape: Shape): string[] {
  const inner = depth + 1;
  const { keys, entries, extra, list } = shape;
  let output: string[] = [];
  if (list === 'array') {
    output = arrayMembers(ctx, value as unknown[], (index, property) =>
      property === undefined
        ? formatOwn(ctx, value, index, true, inner)
        : formatProperty(ctx, property, index, { isMember: true, depth: inner, owner: value }),
    );
  } else if (entries !== undefined) output = entries(ctx, value, inner);
  for (let i = 0; i < extra.length; i++) {
    append(output, formatExtra(ctx, value, extra[i] as string, list === 'typed', inner));
  }
  for (let i = 0; i < keys.length; i++) {
    if (isSpent(ctx)) {
      append(output, `... ${keys.length - i} more`);
      break;
    }
    append(output, formatOwn(ctx, value, keys[i] as PropertyKey, false, inner));
  }
  return output;
}

function sorted(ctx: Context, output: string[], shape: Shape): string[] {
  const compare = typeof ctx.sorted === 'function' ? ctx.sorted : undefined;
  if (shape.list === 'none') return sort(output, compare);
  const { length } = shape.keys;
  if (length <= 1) return output;
  const from = output.length - length;
  const own: string[] = [];
  for (let i = from; i < output.length; i++) append(own, output[i] as string);
  sort(own, compare);
  for (let i = 0; i < length; i++) output[from + i] = own[i] as string;
  return output;
}

/** Marks what was met inside itself. */
function withReference(ctx: Context, value: object, shape: Shape): { base: string; braces: [string, string] } {
  const { base, braces } = shape;
  for (let i = 0; i < ctx.circular.length; i++) {
    if (ctx.circular[i] !== value) continue;
    const mark = ctx.stylize(`<ref *${i + 1}>`, 'special');
    if (ctx.compact === true) return { base, braces: [`${mark} ${braces[0]}`, braces[1]] };
    return { base: base === '' ? mark : `${mark} ${base}`, braces };
  }
  return { base, braces };
}

function formatCircular(ctx: Context, value: object): string {
  let index = 0;
  while (index < ctx.circular.length && ctx.circular[index] !== value) index += 1;
  if (index === ctx.circular.length) append(ctx.circular, value);
  return ctx.stylize(`[Circular *${index + 1}]`, 'special');
}

function isAbove(ctx: Context, value: object): boolean {
  for (let i = 0; i < ctx.seen.length; i++) if (ctx.seen[i] === value) return true;
  return false;
}

const isOverflow = (error: unknown): boolean =>
  error instanceof RangeError && (error as { message?: unknown }).message === OVERFLOW;

const nameAlone = ({ value, name, tag }: Subject): string => slice(plainPrefix(value, name, tag), 0, -1);

/** The parts of an object one level down; a value nested deeper than the stack reaches is told by its name. */
function partsOf(subject: Subject, shape: Shape, prototypeParts: string[]): string[] | string {
  const { ctx, value, depth } = subject;
  const { indentation } = ctx;
  const above = ctx.seen.length;
  append(ctx.seen, value);
  ctx.currentDepth = depth + 1;
  try {
    const output = listParts(subject, shape);
    for (let i = 0; i < prototypeParts.length; i++) append(output, prototypeParts[i] as string);
    return output;
  } catch (error) {
    if (!isOverflow(error)) throw error;
    ctx.indentation = indentation;
    return ctx.stylize(`[${nameAlone(subject)}: Inspection interrupted prematurely. ${OVERFLOW}.]`, 'special');
  } finally {
    ctx.seen.length = above;
  }
}

function formatObject(ctx: Context, value: object, depth: number, typed: boolean): string {
  const prototypeParts: string[] = [];
  const show = (_holder: object, key: PropertyKey, property: PropertyDescriptor): string =>
    formatProperty(ctx, property, key, { isMember: false, depth, owner: value });
  const showsPrototypes = ctx.showHidden && !isTooDeep(ctx, depth);
  const prototypes = showsPrototypes ? { output: prototypeParts, show } : undefined;
  const name = constructorName(ctx, value, depth, prototypes);
  const subject: Subject = { ctx, value, name, tag: tagOf(ctx, value), depth };
  const shape = shapeOf(subject, typed);
  if (shape.alone !== undefined && shape.keys.length === 0 && prototypeParts.length === 0) return shape.alone;
  if (isTooDeep(ctx, depth)) {
    const shown = nameAlone(subject);
    return ctx.stylize(name === null ? shown : `[${shown}]`, 'special');
  }
  const parts = partsOf(subject, shape, prototypeParts);
  if (typeof parts === 'string') return parts;
  const { base, braces } = withReference(ctx, value, shape);
  const output = ctx.sorted ? sorted(ctx, parts, shape) : parts;
  return layOut(ctx, { output, base, braces, isList: shape.list !== 'none', depth: depth + 1, value });
}

function formatProxy(ctx: Context, target: object, handler: object | null, depth: number): string {
  if (isTooDeep(ctx, depth)) return ctx.stylize('Proxy [Array]', 'special');
  ctx.indentation += 2;
  const output = [formatValue(ctx, target, depth + 1), formatValue(ctx, handler, depth + 1)];
  ctx.indentation -= 2;
  return layOut(ctx, { output, base: '', braces: ['Proxy [', ']'], isList: true, depth: depth + 1 });
}

/** What a value's own inspect function makes of it; undefined where it has none. */
function formatCustom(ctx: Context, value: object, given: object, depth: number): string | undefined {
  const custom = (value as Record<symbol, unknown>)[CUSTOM];
  if (typeof custom !== 'function' || custom === inspect) return undefined;
  const made: unknown = getOwnPropertyDescriptor(value, 'constructor')?.value;
  if (isObject(made) && hasOwn(made, 'prototype') && (made as { prototype?: unknown }).prototype === value) {
    return undefined;
  }
  const left = ctx.depth === null ? null : ctx.depth - depth;
  const isForeign = given !== value || !hasInstance(NativeObject, given);
  const shown = apply(custom as Custom, given, [left, userOptions(ctx, isForeign), inspect]);
  if (shown === given) return undefined;
  if (typeof shown !== 'string') return formatValue(ctx, shown, depth);
  return replaceText(shown, '\n', `\n${repeat(' ', ctx.indentation)}`);
}

function formatAny(ctx: Context, given: object, depth: number, typed: boolean): string {
  let value = given;
  const proxy = proxyDetails(given);
  if (proxy !== undefined) {
    if (proxy.target === null) return ctx.stylize('<Revoked Proxy>', 'special');
    if (ctx.showProxy) return formatProxy(ctx, proxy.target, proxy.handler, depth);
    value = innermost(proxy.target);
  }
  if (ctx.customInspect) {
    const shown = formatCustom(ctx, value, given, depth);
    if (shown !== undefined) return shown;
  }
  return isAbove(ctx, value) ? formatCircular(ctx, value) : formatObject(ctx, value, depth, typed);
}

/** What stands behind proxies of proxies. */
function innermost(target: object): object {
  let value = target;
  for (let proxy = proxyDetails(value); proxy?.target; proxy = proxyDetails(value)) value = proxy.target;
  return value;
}

export function formatValue(ctx: Context, value: unknown, depth: number, typed = false): string {
  const text = isObject(value) ? formatAny(ctx, value, depth, typed) : formatPrimitive(ctx.stylize, value, ctx);
  ctx.spent += text.length;
  return text;
}
