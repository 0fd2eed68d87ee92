/** Errors: by their stack, with what it does not tell already. */
import { isArray, NativeString } from '../../primordials.ts';
import { UNKNOWN_DEPTH } from './format-function.ts';
import type { Context } from './inspect-context.ts';
import {
  append,
  contains,
  endsWith,
  errorToString,
  exec,
  hasOwn,
  includes,
  indexOf,
  join,
  objectToString,
  repeat,
  replaceText,
  slice,
  split,
  startsWith,
} from './intrinsics.ts';
import { isError } from './kinds.ts';
import { prefixOf } from './names.ts';
import { collapseRepeated, hideSharedFrames } from './stack-frames.ts';

const FRAME = '\n    at';
const THREW = {};

/** A property, or `THREW` where reading it throws. */
function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return THREW;
  }
}

function stackOf(ctx: Context, error: Error): string {
  const stack = read(error, 'stack');
  if (!stack || stack === THREW) return errorToString(error);
  if (typeof stack === 'string') return stack;
  append(ctx.seen, error);
  ctx.indentation += 4;
  const shown = ctx.format(ctx, stack, UNKNOWN_DEPTH);
  ctx.indentation -= 4;
  ctx.seen.length -= 1;
  return `${errorToString(error)}\n    ${shown}`;
}

function remove(keys: PropertyKey[], key: string): void {
  let to = 0;
  for (let i = 0; i < keys.length; i++) if (keys[i] !== key) keys[to++] = keys[i] as PropertyKey;
  keys.length = to;
}

/** Own properties are not shown again when the stack holds them. */
function hideTold(keys: PropertyKey[], stack: string, key: string, value: unknown): void {
  if (value !== THREW && (typeof value !== 'string' || includes(stack, value))) remove(keys, key);
}

function addUnlisted(error: Error, keys: PropertyKey[]): void {
  if (hasOwn(error, 'cause') && !contains(keys, 'cause')) append(keys, 'cause');
  if (isArray(read(error, 'errors')) && hasOwn(error, 'errors') && !contains(keys, 'errors')) append(keys, 'errors');
}

const NAME_IN_STACK = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n {4}at)/;
const NAME_ALONE = /^([a-z_A-Z0-9-]*Error)$/;

const beginsWithName = (stack: string, name: string): boolean =>
  endsWith(name, 'Error') &&
  startsWith(stack, name) &&
  (stack.length === name.length || stack[name.length] === ':' || stack[name.length] === '\n');

/** The name in the stack is the one that the error was made with: the class it belongs to is told as well. */
function withClass(stack: string, className: string | null, name: string, tag: string): string {
  if (className !== null && !beginsWithName(stack, name)) return stack;
  let { length } = name;
  let fallback = 'Error';
  if (className === null) {
    const found = (exec(NAME_IN_STACK, stack) ?? exec(NAME_ALONE, stack))?.[1] ?? '';
    length = found.length;
    fallback = found || 'Error';
  }
  const prefix = slice(prefixOf(className, tag, fallback), 0, -1);
  if (name === prefix) return stack;
  if (!includes(prefix, name)) return `${prefix} [${name}]${slice(stack, length)}`;
  return length === 0 ? `${prefix}: ${stack}` : `${prefix}${slice(stack, length)}`;
}

function improved(stack: string, className: string | null, name: unknown, tag: string): string {
  if (typeof name === 'string') return withClass(stack, className, name, tag);
  const shown = NativeString(name);
  const at = indexOf(stack, shown);
  const prefix = slice(prefixOf(className, tag, 'Error'), 0, -1);
  if (at === -1) return stack;
  return `${slice(stack, 0, at)}${shown} [${prefix}]${slice(stack, at + shown.length)}`;
}

function framesOf(ctx: Context, error: Error, frames: string): string[] {
  const cause = read(error, 'cause');
  let lines = split(frames, '\n');
  if (isError(cause)) {
    const causeStack = stackOf(ctx, cause);
    const start = indexOf(causeStack, FRAME);
    if (start !== -1) lines = hideSharedFrames(ctx, lines, split(slice(causeStack, start + 1), '\n'));
  }
  return collapseRepeated(ctx, lines);
}

function toBody(ctx: Context, error: Error, stack: string, message: unknown): string {
  const at = typeof message === 'string' && message !== '' ? indexOf(stack, message) : -1;
  const start = indexOf(stack, FRAME, at < 1 ? 0 : at + (message as string).length);
  if (start === -1) return `[${stack}]`;
  return `${slice(stack, 0, start)}\n${join(framesOf(ctx, error, slice(stack, start + 1)), '\n')}`;
}

/** The text of an error; takes from `keys` what it tells, and adds what is shown though not enumerable. */
export function formatError(
  ctx: Context,
  error: Error,
  className: string | null,
  tag: string,
  keys: PropertyKey[],
): string {
  let stack: string;
  try {
    stack = stackOf(ctx, error);
  } catch {
    return objectToString(error);
  }
  const message = read(error, 'message');
  const given = read(error, 'name');
  if (!ctx.showHidden && keys.length !== 0) {
    remove(keys, 'stack');
    hideTold(keys, stack, 'message', message);
    hideTold(keys, stack, 'name', given);
  }
  addUnlisted(error, keys);
  const name = given === THREW ? 'Error' : (given ?? 'Error');
  const body = toBody(ctx, error, improved(stack, className, name, tag), message);
  return ctx.indentation === 0 ? body : replaceText(body, '\n', `\n${repeat(' ', ctx.indentation)}`);
}
