/** Functions of the module `buffer` that ask or convert: `atob`, `btoa`, `transcode`, `isUtf8`, `isAscii`. */
import { invalidArgType, nodeError } from '../node-errors.ts';
import { validateBytes } from './bounds.ts';
import { type Bytes, from } from './making.ts';

function textOf(args: readonly unknown[]): string {
  if (args.length === 0) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "input" argument must be specified');
  return `${args[0]}`;
}

const invalidCharacter = (message = 'Invalid character'): Error => new DOMException(message, 'InvalidCharacterError');

export function atob(...args: [input?: unknown]): string {
  let text = textOf(args).replace(/[\t\n\f\r ]/g, '');
  if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
  if (/[^A-Za-z0-9+/]/.test(text)) throw invalidCharacter();
  if (text.length % 4 === 1) throw invalidCharacter('The string to be decoded is not correctly encoded.');
  return from(text, 'base64').toString('latin1');
}

export function btoa(...args: [input?: unknown]): string {
  const binary = textOf(args);
  for (let i = 0; i < binary.length; i++) if (binary.charCodeAt(i) > 255) throw invalidCharacter();
  return from(binary, 'latin1').toString('base64');
}

const TRANSCODED: readonly (readonly [pattern: RegExp, encoding: string])[] = [
  [/^utf-?8$/i, 'utf8'],
  [/^(?:ucs-?2|utf-?16le)$/i, 'utf16le'],
  [/^(?:latin1|binary)$/i, 'latin1'],
  [/^ascii$/i, 'ascii'],
];

function transcodedBy(name: unknown): string {
  const found = TRANSCODED.find(([pattern]) => typeof name === 'string' && pattern.test(name));
  if (found) return found[1];
  const code = 'U_ILLEGAL_ARGUMENT_ERROR';
  throw Object.assign(new Error(`Unable to transcode Buffer [${code}]`), { code, errno: 1 });
}

/** What a narrow encoding lacks becomes a question mark. */
const narrow = (text: string, last: number): string =>
  Array.from(text, (one) => (one.charCodeAt(0) > last || one.length > 1 ? '?' : one)).join('');

/** As ICU reads ASCII, where `toString` looks at seven bits of each byte: into UTF-16 as Latin-1, and only there. */
function textIn(source: Uint8Array, given: string, wanted: string): string {
  if (given !== 'ascii') return from(source).toString(given as BufferEncoding);
  const text = from(source).toString('latin1');
  return wanted === 'utf16le' ? text : text.replace(/[\x80-\xff]/g, '\ufffd');
}

export function transcode(source: unknown, fromEncoding: unknown, toEncoding: unknown): Bytes {
  validateBytes(source, 'source');
  if (source.length === 0) return from('');
  const [given, wanted] = [transcodedBy(fromEncoding), transcodedBy(toEncoding)];
  const text = textIn(source, given, wanted);
  if (wanted === 'ascii') return from(narrow(text, 127), 'latin1');
  return from(wanted === 'latin1' ? narrow(text, 255) : text, wanted);
}

function bytesOf(input: unknown): Uint8Array {
  if (ArrayBuffer.isView(input) && !(input instanceof DataView)) {
    return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  }
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  throw invalidArgType('input', 'an instance of ArrayBuffer, Buffer, or TypedArray', input);
}

export function isUtf8(input: unknown): boolean {
  const bytes = from(bytesOf(input));
  return from(bytes.toString('utf8')).equals(bytes);
}

export const isAscii = (input: unknown): boolean => bytesOf(input).every((byte) => byte < 128);
