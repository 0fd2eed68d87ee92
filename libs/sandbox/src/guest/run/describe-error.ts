/** What can be said of a thrown value, whatever it is: null, a symbol, a proxy that throws, an error with hostile getters. */
import type { ReportedError } from '../../bridge/operations.ts';
import { placeInScript, SCRIPT_NAME } from '../../bridge/script-source.ts';
import {
  bareList,
  isArray,
  isInstance,
  NativeError,
  NativeNumber,
  NativeString,
  regExec,
  slice,
} from '../primordials.ts';

const MESSAGE_MAX = 8 * 1024;
const CODE_MAX = 256;
const STACK_MAX = 16 * 1024;
const CHAIN_MAX = 32;
const POSITION = new RegExp(`${SCRIPT_NAME.replace('.', '\\.')}:(\\d+):(\\d+)`);

const CAUSES = ['cause', 'originalError', 'parent', 'reason'] as const;

type Link = ReportedError['chain'][number];

const isObject = (value: unknown): value is Record<string, unknown> =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** A property, or `undefined` when reading it throws. */
function read(value: unknown, key: string): unknown {
  if (!isObject(value)) return undefined;
  try {
    return value[key];
  } catch {
    return undefined;
  }
}

/** Text of what is a string, a number or the like; objects are not asked, for they could answer anything. */
function text(value: unknown, max: number): string | undefined {
  const shown = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
  return shown === undefined ? undefined : slice(NativeString(shown), 0, max);
}

function fallbackMessage(value: unknown): string {
  try {
    return slice(NativeString(value), 0, MESSAGE_MAX);
  } catch {
    return 'A value that cannot be shown was thrown';
  }
}

function isError(value: unknown): boolean {
  try {
    return isInstance(value, NativeError);
  } catch {
    return false;
  }
}

function link(value: unknown): Link {
  const name = text(read(value, 'name'), CODE_MAX) ?? (isError(value) ? 'Error' : '');
  const message = text(read(value, 'message'), MESSAGE_MAX) ?? fallbackMessage(value);
  const code = text(read(value, 'code'), CODE_MAX);
  return code === undefined ? { name, message } : { name, message, code };
}

function collect(value: unknown, into: Link[]): void {
  if (into.length >= CHAIN_MAX || !isObject(value)) return;
  into[into.length] = link(value);
  for (let i = 0; i < CAUSES.length; i++) collect(read(value, CAUSES[i] as string), into);
  const errors = read(value, 'errors');
  if (!isArray(errors)) return;
  for (let i = 0; i < errors.length && i < CHAIN_MAX; i++) collect(read(errors, NativeString(i)), into);
}

/** The first place of the script's own source in a stack, both from 1. */
export function placeIn(stack: unknown): { readonly line?: number; readonly column?: number } {
  if (typeof stack !== 'string') return {};
  const match = regExec(POSITION, slice(stack, 0, STACK_MAX));
  return match === null ? {} : placeInScript(NativeNumber(match[1]), NativeNumber(match[2]));
}

export function describeError(thrown: unknown): ReportedError {
  const chain = bareList<Link>();
  collect(thrown, chain);
  const first = chain[0] ?? { name: '', message: fallbackMessage(thrown) };
  return { ...first, name: first.name || 'Error', ...placeIn(read(thrown, 'stack')), chain };
}
