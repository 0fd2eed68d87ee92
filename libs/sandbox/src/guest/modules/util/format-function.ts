/** Functions and classes, by their text and their names. */
import type { Context } from './inspect-context.ts';
import {
  endsWith,
  exec,
  functionToString,
  hasOwn,
  includes,
  indexOf,
  prototypeOf,
  replaceAll,
  slice,
  startsWith,
} from './intrinsics.ts';
import { isAsyncFunction, isGeneratorFunction } from './kinds.ts';

/** As in Node, what is shown out of order lies at no depth: it is never too deep and never on one line. */
export const UNKNOWN_DEPTH = Number.NaN;
const CLASS_HEAD = /^(\s+[^(]*?)\s*{/;
const COMMENTS = /(\/\/.*?\n)|(\/\*[\s\S]*?\*\/)/g;

/** A function may be called `class` something too: what comes before the body decides. */
function isClass(source: string): boolean {
  if (!startsWith(source, 'class') || !endsWith(source, '}')) return false;
  const rest = slice(source, 5, -1);
  const bracket = indexOf(rest, '{');
  if (bracket === -1) return false;
  if (!includes(slice(rest, 0, bracket), '(')) return true;
  return (
    exec(
      CLASS_HEAD,
      replaceAll(rest, COMMENTS, () => ''),
    ) !== null
  );
}

const withTag = (text: string, maker: string | null, tag: string): string =>
  tag !== '' && maker !== tag ? `${text} [${tag}]` : text;

function nameOf(value: object): unknown {
  try {
    return (value as { readonly name?: unknown }).name;
  } catch {
    return '';
  }
}

function classText(value: object, maker: string | null, tag: string): string {
  const name = (hasOwn(value, 'name') && nameOf(value)) || '(anonymous)';
  let text = `class ${String(name)}`;
  if (maker !== 'Function' && maker !== null) text += ` [${maker}]`;
  text = withTag(text, maker, tag);
  if (maker === null) return `[${text} extends [null prototype]]`;
  const parent = nameOf(prototypeOf(value) as object);
  return parent ? `[${text} extends ${String(parent)}]` : `[${text}]`;
}

/** `[Function: name]` or `[class Name extends Parent]`. */
export function formatFunction(ctx: Context, value: object, maker: string | null, tag: string): string {
  if (isClass(functionToString(value))) return classText(value, maker, tag);
  let type = isGeneratorFunction(value) ? 'GeneratorFunction' : 'Function';
  if (isAsyncFunction(value)) type = `Async${type}`;
  const name = nameOf(value);
  const shownName = typeof name === 'string' ? name : ctx.format(ctx, name, UNKNOWN_DEPTH);
  const named = name === '' ? ' (anonymous)' : `: ${shownName}`;
  const text = `[${type}${maker === null ? ' (null prototype)' : ''}${named}]`;
  return withTag(maker !== type && maker !== null ? `${text} ${maker}` : text, maker, tag);
}
