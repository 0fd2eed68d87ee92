/** `util.format`: texts with placeholders, as `console` takes them. */
import { getOwnPropertyDescriptor, jsonStringify, NativeString } from '../../primordials.ts';
import { proxyDetails } from '../../proxies.ts';
import { validateObject } from '../node-errors.ts';
import { formatBigInt, formatNumber } from './format-primitive.ts';
import { defaultOptions, type InspectOptions, plain } from './inspect-context.ts';
import { charCodeAt, hasOwn, prototypeOf, slice, split } from './intrinsics.ts';
import { isBuiltInName } from './names.ts';

type Options = Partial<InspectOptions> | undefined;
/** How values are shown: `inspect`, or a form of it with a bound. */
export type Inspect = (value: unknown, options?: Partial<InspectOptions>) => string;

const { parseInt: toInteger, parseFloat: toFloat } = Number;
const toNumber = Number;

const numberText = (value: number, options: Options): string =>
  formatNumber(plain, value, options?.numericSeparator ?? defaultOptions.numericSeparator);
const bigintText = (value: bigint, options: Options): string =>
  formatBigInt(plain, value, options?.numericSeparator ?? defaultOptions.numericSeparator);

/** Whether text of the object is what a built-in makes of it, which says less than showing it. */
function hasBuiltInText(given: object): boolean {
  const proxy = proxyDetails(given);
  if (proxy?.target === null) return true;
  const value = (proxy?.target ?? given) as Record<PropertyKey, unknown>;
  const hasText = typeof value.toString === 'function';
  const hasPrimitive = typeof value[Symbol.toPrimitive] === 'function';
  if (!hasText && !hasPrimitive) return true;
  const keys = [hasText ? 'toString' : undefined, hasPrimitive ? Symbol.toPrimitive : undefined];
  const owns = (holder: object): boolean =>
    (keys[0] !== undefined && hasOwn(holder, keys[0])) || (keys[1] !== undefined && hasOwn(holder, keys[1]));
  let holder: object | null = value;
  if (owns(holder)) return false;
  while (holder !== null && !owns(holder)) holder = prototypeOf(holder);
  const made: unknown = holder === null ? undefined : getOwnPropertyDescriptor(holder, 'constructor')?.value;
  return typeof made === 'function' && isBuiltInName(made.name);
}

function asText(value: unknown, options: Options, inspect: Inspect): string {
  if (typeof value === 'number') return numberText(value, options);
  if (typeof value === 'bigint') return bigintText(value, options);
  if (typeof value !== 'object' || value === null || !hasBuiltInText(value)) return NativeString(value);
  return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
}

let circularMessage: string | undefined;
const firstLine = (error: unknown): string | undefined =>
  split(NativeString((error as { message?: unknown })?.message), '\n')[0];

function messageOfCycles(): string | undefined {
  const cycle: Record<string, unknown> = {};
  cycle.cycle = cycle;
  try {
    jsonStringify(cycle);
  } catch (error) {
    return firstLine(error);
  }
  return undefined;
}

function asJson(value: unknown): string {
  try {
    return jsonStringify(value);
  } catch (error) {
    circularMessage ??= messageOfCycles();
    if (error instanceof TypeError && firstLine(error) === circularMessage) return '[Circular]';
    throw error;
  }
}

function numeric(value: unknown, options: Options, convert: (value: never) => number, keepsBig: boolean): string {
  if (keepsBig && typeof value === 'bigint') return bigintText(value, options);
  return typeof value === 'symbol' ? 'NaN' : numberText(convert(value as never), options);
}

const PERCENT = 37;

/** What a placeholder becomes; undefined where the letter is none. */
function replacement(letter: string, value: unknown, options: Options, inspect: Inspect): string | undefined {
  switch (letter) {
    case 's':
      return asText(value, options, inspect);
    case 'j':
      return asJson(value);
    case 'd':
      return numeric(value, options, toNumber, true);
    case 'i':
      return numeric(value, options, toInteger, true);
    case 'f':
      return numeric(value, options, toFloat, false);
    case 'O':
      return inspect(value, options);
    case 'o':
      return inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 });
    case 'c':
      return '';
    default:
      return undefined;
  }
}

/** The text with its placeholders filled in, and how many values that took; 0 placeholders and no `%%`: undefined. */
function fillIn(
  args: readonly unknown[],
  options: Options,
  inspect: Inspect,
): { text: string; used: number } | undefined {
  const template = args[0] as string;
  let text = '';
  let from = 0;
  let used = 0;
  for (let i = 0; i < template.length - 1; i++) {
    if (charCodeAt(template, i) !== PERCENT) continue;
    i += 1;
    if (charCodeAt(template, i) === PERCENT) {
      text += slice(template, from, i);
      from = i + 1;
    } else if (used + 1 < args.length) {
      const filled = replacement(template[i] as string, args[used + 1], options, inspect);
      if (filled === undefined) continue;
      used += 1;
      text += slice(template, from, i - 1) + filled;
      from = i + 1;
    }
  }
  return from === 0 ? undefined : { text: text + slice(template, from), used };
}

/** All values as one text, those beyond the placeholders behind it. */
export function formatWith(inspect: Inspect, options: Options, args: readonly unknown[]): string {
  if (args.length === 1 && typeof args[0] === 'string') return args[0];
  const filled = typeof args[0] === 'string' ? fillIn(args, options, inspect) : undefined;
  let text = filled?.text ?? '';
  const from = filled === undefined ? 0 : filled.used + 1;
  for (let i = from; i < args.length; i++) {
    if (i > 0) text += ' ';
    const value = args[i];
    text += typeof value === 'string' ? value : inspect(value, options);
  }
  return text;
}

export function createFormat(inspect: Inspect) {
  return {
    format: (...args: unknown[]): string => formatWith(inspect, undefined, args),
    formatWithOptions(inspectOptions: Partial<InspectOptions>, ...args: unknown[]): string {
      if (!Array.isArray(inspectOptions)) validateObject(inspectOptions, 'inspectOptions');
      return formatWith(inspect, inspectOptions, args);
    },
  };
}
