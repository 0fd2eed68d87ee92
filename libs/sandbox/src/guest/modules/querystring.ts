/** `querystring`. */
import { Buffer } from './buffer.ts';
import { nodeError } from './node-errors.ts';

type Convert = (text: string) => string;
type ParseOptions = { readonly maxKeys?: number; readonly decodeURIComponent?: Convert };
type StringifyOptions = { readonly encodeURIComponent?: Convert };

const KEYS_MAX = 1000;
const ENCODED_BYTE = /%[0-9a-fA-F]{2}/;

/** Half of a pair takes what follows for its other half, as in Node; at the end there is nothing. */
const withPairs = (text: string): string =>
  text.replace(/[\ud800-\udfff](.)?/gs, (half, next: string | undefined) => {
    if (next === undefined) return half;
    return String.fromCodePoint(0x10000 + ((half.charCodeAt(0) & 0x3ff) << 10) + (next.charCodeAt(0) & 0x3ff));
  });

function escapeText(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'object' ? String(value) : `${value}`;
  try {
    return encodeURIComponent(text.isWellFormed() ? text : withPairs(text));
  } catch {
    throw nodeError(URIError, 'ERR_INVALID_URI', 'URI malformed');
  }
}

const HEX_DIGITS = /^[0-9a-fA-F]{2}$/;

/** The bytes of a text in which not everything need be encoded right. */
function unescapeBuffer(text: string, decodeSpaces = false): Buffer {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const digits = text.slice(i + 1, i + 3);
    if (text[i] === '%' && HEX_DIGITS.test(digits)) {
      bytes.push(Number.parseInt(digits, 16));
      i += 2;
    } else if (text[i] === '+' && decodeSpaces) bytes.push(32);
    else bytes.push(text.charCodeAt(i) & 255);
  }
  return Buffer.from(bytes);
}

function unescapeText(text: string, decodeSpaces?: boolean): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return querystring.unescapeBuffer(text, decodeSpaces).toString();
  }
}

const isStandard = (convert: Convert): boolean => convert === escapeText || convert === unescapeText;

function primitiveText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : '';
  return typeof value === 'bigint' || typeof value === 'boolean' ? `${value}` : '';
}

/** Numbers and the like hold nothing to be encoded, unless they are so large that they have an exponent. */
function encoded(value: unknown, encode: Convert): string {
  const text = primitiveText(value);
  const needsEncoding = typeof value === 'string' ? text !== '' : /\+/.test(text);
  return needsEncoding || !isStandard(encode) ? encode(text) : text;
}

function stringify(value: unknown, sep?: string, eq?: string, options?: StringifyOptions): string {
  if (typeof value !== 'object' || value === null) return '';
  const custom = options?.encodeURIComponent;
  const encode = typeof custom === 'function' ? custom : (querystring.escape as Convert);
  return Object.keys(value)
    .flatMap((key) => {
      const member = (value as Record<string, unknown>)[key];
      const start = encoded(key, encode) + (eq || '=');
      return (Array.isArray(member) ? member : [member]).map((each) => start + encoded(each, encode));
    })
    .join(sep || '&');
}

function decoder(options: ParseOptions | undefined): Convert {
  const custom = options?.decodeURIComponent;
  const decode = typeof custom === 'function' ? custom : (querystring.unescape as Convert);
  const isCustom = !isStandard(decode);
  return (raw) => {
    const text = raw.replaceAll('+', isCustom ? '%20' : ' ');
    if (text === '' || (!isCustom && !ENCODED_BYTE.test(text))) return text;
    try {
      return decode(text);
    } catch {
      return unescapeText(text, true);
    }
  };
}

function parse(text: unknown, sep?: string, eq?: string, options?: ParseOptions): Record<string, string | string[]> {
  const result = Object.create(null) as Record<string, string | string[]>;
  if (typeof text !== 'string' || text === '') return result;
  const { maxKeys: given }: { readonly maxKeys?: unknown } = options ?? {};
  const maxKeys = typeof given === 'number' ? given : KEYS_MAX;
  const equals = eq ? String(eq) : '=';
  const decode = decoder(options);
  const parts = text.split(sep ? String(sep) : '&');
  for (const part of maxKeys > 0 ? parts.slice(0, maxKeys) : parts) {
    if (part === '') continue;
    const at = part.indexOf(equals);
    const key = decode(at === -1 ? part : part.slice(0, at));
    const value = at === -1 ? '' : decode(part.slice(at + equals.length));
    const known = result[key];
    if (known === undefined) result[key] = value;
    else if (typeof known === 'string') result[key] = [known, value];
    else known.push(value);
  }
  return result;
}

export const querystring = {
  unescapeBuffer,
  unescape: unescapeText,
  escape: escapeText,
  stringify,
  encode: stringify,
  parse,
  decode: parse,
};
