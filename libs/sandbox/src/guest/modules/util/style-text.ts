/** `util.styleText`. */
import { invalidArgValue, validateString } from '../node-errors.ts';
import { colors } from './styles.ts';

const HEX = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;
const FOREGROUND_END = '39';
/** Bold and dim share the code that ends them. */
const SHARED_END = new Set(['1', '2']);

type Style = { readonly begin: string; readonly end: string };

function hexStyle(name: string): Style {
  if (!HEX.test(name)) throw invalidArgValue('format', name, 'must be a valid hex color (#RGB or #RRGGBB)');
  const digits = name.length === 4 ? name.replace(/[^#]/g, '$&$&') : name;
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
  return { begin: `38;2;${red};${green};${blue}`, end: FOREGROUND_END };
}

function styleOf(name: unknown): Style {
  if (typeof name === 'string' && name.startsWith('#')) return hexStyle(name);
  const code = typeof name === 'string' ? colors[name] : undefined;
  if (code !== undefined) return { begin: String(code[0]), end: String(code[1]) };
  const names = Object.getOwnPropertyNames(colors).map((known) => `'${known}'`);
  throw invalidArgValue('format', name, `must be one of: ${names.join(', ')}`);
}

const sequence = (code: string): string => `\u001b[${code}m`;

function wrap(text: string, { begin, end }: Style): string {
  const again = (SHARED_END.has(begin) ? sequence(end) : '') + sequence(begin);
  const closing = sequence(end);
  // What ends the style inside the text is made to begin it again, but at the very end.
  const inner = text.split(closing);
  const last =
    inner.length > 1 && inner.at(-1) === '' ? `${inner.slice(0, -1).join(again)}${closing}` : inner.join(again);
  return last;
}

type Options = { readonly validateStream?: boolean; readonly stream?: { readonly isTTY?: boolean } };

/** A text in a style, or in several. Towards the run's log, which is no terminal, it stays as it is. */
export function styleText(format: unknown, text: string, options: Options = {}): string {
  validateString(text, 'text');
  const names = Array.isArray(format) ? format : [format];
  const styles = names.filter((name) => name !== 'none').map(styleOf);
  const isPlain = options.validateStream !== false && options.stream?.isTTY !== true;
  if (isPlain) return text;
  const body = styles.reduce(wrap, text);
  const begin = styles.map(({ begin: code }) => sequence(code)).join('');
  const end = styles.map(({ end: code }) => sequence(code)).reverse();
  return `${begin}${body}${end.join('')}`;
}
