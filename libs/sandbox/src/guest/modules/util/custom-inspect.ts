/** How Node shows `Buffer`, `URL` and `URLSearchParams`: as functions of their own, which call `inspect` in turn. */
import { defineProperty } from '../../primordials.ts';
import { withoutColors } from './control-characters.ts';
import { CUSTOM } from './format-value.ts';
import { createContext, type InspectOptions, plain } from './inspect-context.ts';
import { extraKeysOf } from './names.ts';

type Options = InspectOptions & { readonly stylize: (text: string, style: string) => string };
type Inspect = (value: unknown, options?: object) => string;
type Custom = (this: never, depth: number | null, options: Options, inspect: Inspect) => unknown;

/** Gives instances of a class their form; `name` is the one that the bundler may have changed. */
export function showBy(make: { readonly prototype: object }, name: string, custom: Custom): void {
  defineProperty(make, 'name', { value: name, configurable: true });
  defineProperty(make.prototype, CUSTOM, { value: custom, writable: true, enumerable: false, configurable: true });
}

const nameOf = (value: object): string => (value as { constructor: { name: string } }).constructor.name;

/** Bytes in hexadecimal, at most `bytesMax()` of them. */
export const showBytes =
  (bytesMax: () => number) =>
  (bytes: Buffer, options: Options | undefined, inspect: Inspect): string => {
    const shown = Math.min(bytesMax(), bytes.length);
    let text = Array.from(bytes.subarray(0, shown), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const left = bytes.length - shown;
    if (left > 0) text += ` ... ${left} more byte${left > 1 ? 's' : ''}`;
    if (options !== undefined) text += extrasOf(bytes, options, inspect);
    return `<${nameOf(bytes)} ${text}>`;
  };

const NULL_PROTOTYPE = '[Object: null prototype] { ';

function extrasOf(bytes: Buffer, options: Options, inspect: Inspect): string {
  const ctx = createContext(() => '', { showHidden: options.showHidden === true });
  const keys = extraKeysOf(ctx, bytes);
  if (keys.length === 0) return '';
  const extras = Object.create(null) as Record<PropertyKey, unknown>;
  for (const key of keys) extras[key] = (bytes as unknown as Record<PropertyKey, unknown>)[key];
  const shown = inspect(extras, { ...options, breakLength: Number.POSITIVE_INFINITY, compact: true });
  return `${bytes.length === 0 ? '' : ', '}${shown.slice(NULL_PROTOTYPE.length, -2)}`;
}

const URL_PARTS = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'searchParams',
  'hash',
] as const;

export function showUrl(this: URL, depth: number | null, options: Options, inspect: Inspect): unknown {
  if (depth !== null && depth < 0) return this;
  const parts = Object.create({ constructor: this.constructor }) as Record<string, unknown>;
  for (const part of URL_PARTS) parts[part] = this[part];
  return `${nameOf(this)} ${inspect(parts, options).replace(/^[^{]*/, '')}`;
}

const SEPARATOR = ', ';

export function showSearchParams(
  this: URLSearchParams,
  depth: number | null,
  options: Options,
  inspect: Inspect,
): string {
  if (depth !== null && depth < 0) return (options.stylize ?? plain)('[Object]', 'special');
  const inner = depth === null ? options : { ...options, depth: depth - 1 };
  const shown = [...this].map(([name, value]) => `${inspect(name, inner)} => ${inspect(value, inner)}`);
  if (shown.length === 0) return `${nameOf(this)} {}`;
  const length = shown.reduce((sum, text) => sum + withoutColors(text).length + SEPARATOR.length, -SEPARATOR.length);
  if (length > options.breakLength) return `${nameOf(this)} {\n  ${shown.join(',\n  ')} }`;
  return `${nameOf(this)} { ${shown.join(SEPARATOR)} }`;
}
