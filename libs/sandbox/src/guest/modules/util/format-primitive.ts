/** Texts, numbers and the other primitives. */
import { is, isFiniteNumber, isNotANumber, NativeString } from '../../primordials.ts';
import type { Context, Stylize } from './inspect-context.ts';
import {
  append,
  charCodeAt,
  exec,
  includes,
  indexOf,
  join,
  numberToString,
  repeat,
  replaceAll,
  slice,
  split,
  startsWith,
  symbolToString,
  trunc,
} from './intrinsics.ts';

const LONE_SURROGATES = '[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]';
const UNSAFE = new RegExp(`[\\x00-\\x1f\\x27\\x5c\\x7f-\\x9f]|${LONE_SURROGATES}`, 'g');
const UNSAFE_BUT_QUOTE = new RegExp(`[\\x00-\\x1f\\x5c\\x7f-\\x9f]|${LONE_SURROGATES}`, 'g');
const SHORT_ESCAPES: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
  39: "\\'",
  92: '\\\\',
};
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
/** Texts up to this long are not taken apart at their line breaks. */
const LINE_MIN = 16;

const upperHex = (code: number): string => {
  const digits = '0123456789ABCDEF';
  return `\\x${digits[code >> 4]}${digits[code & 15]}`;
};

function escapeCharacter(character: string): string {
  const code = charCodeAt(character, 0);
  return SHORT_ESCAPES[code] ?? (code < 0xa0 ? upperHex(code) : `\\u${numberToString(code, 16)}`);
}

/** In the quotes that need the least escaping: single ones, else double ones, else backticks. */
export function quote(text: string): string {
  if (!includes(text, "'")) return `'${replaceAll(text, UNSAFE, escapeCharacter)}'`;
  if (!includes(text, '"')) return `"${replaceAll(text, UNSAFE_BUT_QUOTE, escapeCharacter)}"`;
  if (!includes(text, '`') && !includes(text, '${'))
    return `\`${replaceAll(text, UNSAFE_BUT_QUOTE, escapeCharacter)}\``;
  return `'${replaceAll(text, UNSAFE, escapeCharacter)}'`;
}

const groupFromEnd = (digits: string): string => {
  const sign = startsWith(digits, '-') ? 1 : 0;
  let end = digits.length;
  let grouped = '';
  for (; end >= sign + 4; end -= 3) grouped = `_${slice(digits, end - 3, end)}${grouped}`;
  return slice(digits, 0, end) + grouped;
};

const groupFromStart = (digits: string): string => {
  let grouped = '';
  let from = 0;
  for (; from < digits.length - 3; from += 3) grouped += `${slice(digits, from, from + 3)}_`;
  return grouped + slice(digits, from);
};

function separated(value: number, text: string): string {
  if (isNotANumber(value) || !isFiniteNumber(value) || includes(text, 'e')) return text;
  if (trunc(value) === value) return groupFromEnd(text);
  const point = indexOf(text, '.');
  return `${groupFromEnd(slice(text, 0, point))}.${groupFromStart(slice(text, point + 1))}`;
}

export function formatNumber(stylize: Stylize, value: number, numericSeparator: boolean): string {
  const text = is(value, -0) ? '-0' : NativeString(value);
  return stylize(numericSeparator ? separated(value, text) : text, 'number');
}

export function formatBigInt(stylize: Stylize, value: bigint, numericSeparator: boolean): string {
  const text = NativeString(value);
  return stylize(`${numericSeparator ? groupFromEnd(text) : text}n`, 'bigint');
}

/** The lines of a text, each with its line break. */
function linesOf(text: string): string[] {
  const parts = split(text, '\n');
  const lines: string[] = [];
  for (let i = 0; i < parts.length - 1; i++) append(lines, `${parts[i]}\n`);
  const last = parts[parts.length - 1] as string;
  if (last !== '' || lines.length === 0) append(lines, last);
  return lines;
}

function formatText(stylize: Stylize, given: string, ctx: Context): string {
  let text = given;
  let trailer = '';
  if (text.length > ctx.maxStringLength) {
    const left = text.length - ctx.maxStringLength;
    text = slice(text, 0, ctx.maxStringLength);
    trailer = `... ${left} more character${left > 1 ? 's' : ''}`;
  }
  const isLong = text.length > LINE_MIN && text.length > ctx.breakLength - ctx.indentation - 4;
  if (ctx.compact === true || !isLong) return stylize(quote(text), 'string') + trailer;
  const lines = linesOf(text);
  for (let i = 0; i < lines.length; i++) lines[i] = stylize(quote(lines[i] as string), 'string');
  return join(lines, ` +\n${repeat(' ', ctx.indentation + 2)}`) + trailer;
}

/** Anything that is no object. */
export function formatPrimitive(stylize: Stylize, value: unknown, ctx: Context): string {
  switch (typeof value) {
    case 'string':
      return formatText(stylize, value, ctx);
    case 'number':
      return formatNumber(stylize, value, ctx.numericSeparator);
    case 'bigint':
      return formatBigInt(stylize, value, ctx.numericSeparator);
    case 'symbol':
      return stylize(symbolToString(value), 'symbol');
    case 'boolean':
      return stylize(`${value}`, 'boolean');
    default:
      return value === null ? stylize('null', 'null') : stylize('undefined', 'undefined');
  }
}

/** The name of a property as it stands before the colon. */
export function formatKey(ctx: Context, key: PropertyKey, isEnumerable: boolean): string {
  let name: string;
  if (typeof key === 'symbol') name = ctx.stylize(replaceAll(symbolToString(key), UNSAFE, escapeCharacter), 'symbol');
  else if (key === '__proto__') name = "['__proto__']";
  else if (exec(IDENTIFIER, `${key}`) !== null) name = ctx.stylize(`${key}`, 'name');
  else name = ctx.stylize(quote(`${key}`), 'string');
  return isEnumerable ? name : `[${name}]`;
}
