import type { Needles, Span } from './find-needles.ts';
import { readPlainly } from './plain-reading.ts';

/** Says whether there is something to mask among bytes, each of them one character. */
type Holds = (bytes: string) => boolean;

/** UTF-16, as Windows takes its passwords, reads as what it says. */
const readings = (bytes: Buffer): string[] => {
  const text = bytes.toString('latin1');
  return text.includes('\0') ? [text, text.replaceAll('\0', '')] : [text];
};

const READABLE = /^[^\p{Cc}\ufffd]{8}/u;

/** Bytes that are a text may hold what was escaped first, as the credentials of OAuth 2 are. */
const plainReadings = (bytes: Buffer): string[] => {
  const text = bytes.toString('utf8');
  return READABLE.test(text) ? [readPlainly(text).text] : [];
};

const allReadings = (bytes: Buffer): string[] => [...readings(bytes), ...plainReadings(bytes)];

/** Base64 begins anywhere inside a longer one: read from each of four places, one of them is right. */
const inBase64 = (run: string): string[] =>
  [0, 1, 2, 3].flatMap((shift) => readings(Buffer.from(run.slice(shift), 'base64')));

/** As `toString('hex')` writes bytes, and as a printed Buffer does. */
const inHex = (run: string): string[] => {
  const digits = run.replaceAll(' ', '');
  return [0, 1].flatMap((shift) => allReadings(Buffer.from(digits.slice(shift), 'hex')));
};

/** As JSON and a printed array write bytes, each behind its place perhaps. */
const inNumbers = (run: string): string[] =>
  allReadings(Buffer.from(run.split(',').map((number) => Number(number.replace(/^.*:/s, '')) & 0xff)));

/** As a text is printed that was spread into a list or an object. */
const inCharacters = (run: string): string[] => [
  Array.from(run.matchAll(CHARACTER_LISTED), ([, quoted = '']) => quoted.slice(1, -1).replace(/^\\(?=.)/, '')).join(''),
];

const inWholeBase64 = (run: string): string[] => plainReadings(Buffer.from(run, 'base64'));

const WHOLE_BASE64 = /[A-Za-z0-9+/_-]{12,}={0,2}/g;
const BASE64 = /[A-Za-z0-9+/_-]{6,}={0,2}/g;
const HEX = /(?:[0-9a-f]{2} ?){4,}/gi;
/** Where an item of a list that has become an object stood. */
const PLACE = String.raw`(?:\\{0,3}["']?\d{1,5}\\{0,3}["']?:\s?)?`;
const listOf = (item: string): RegExp => new RegExp(String.raw`(?:${PLACE}${item},\s{0,64}){3,}${PLACE}${item}`, 'g');
const NUMBERS = listOf(String.raw`\d{1,3}`);
const CHARACTER = String.raw`(?:'(?:[^'\\]{1,2}|\\.)'|"(?:[^"\\]{1,2}|\\.)")`;
const CHARACTERS = listOf(CHARACTER);
const CHARACTER_LISTED = new RegExp(`${PLACE}(${CHARACTER})(?:,|$)`, 'g');

const runsOf = (text: string, pattern: RegExp, read: (run: string) => string[], holds: Holds): Span[] =>
  Array.from(text.matchAll(pattern), ({ 0: run, index }): [string, Span] => [run, [index, index + run.length]]).flatMap(
    ([run, span]) => (read(run).some(holds) ? [span] : []),
  );

const LONG_LINE = /[A-Za-z0-9+/_-]{60}/;

/** All base64 of the text is read at once first: hardly any has something in it. Of what goes on in other lines only that tells. */
const inAnyBase64 = (text: string, holds: Holds): Span[] => {
  if (!inBase64(text.replace(/[^A-Za-z0-9+/_-]+/g, '')).some(holds)) return [];
  const runs = runsOf(text, BASE64, inBase64, holds);
  return runs.length > 0 || !LONG_LINE.test(text) ? runs : [[0, text.length]];
};

/**
 * Where a text has bytes in base64, in hex or as a list of numbers, or characters as a list, that hold something to mask. A long
 * list is printed in part, and may end with the beginning of a needle.
 */
export const findEncoded = (text: string, holds: Holds, { findCut }: Pick<Needles, 'findCut'>): readonly Span[] => {
  const holdsBeginning: Holds = (bytes) => holds(bytes) || findCut(bytes) !== undefined;
  return [
    ...inAnyBase64(text, holds),
    ...runsOf(text, WHOLE_BASE64, inWholeBase64, holds),
    ...runsOf(text, HEX, inHex, holdsBeginning),
    ...runsOf(text, NUMBERS, inNumbers, holdsBeginning),
    ...runsOf(text, CHARACTERS, inCharacters, holdsBeginning),
  ];
};

const TAILS: readonly (readonly [RegExp, (run: string) => string[]])[] = [
  [/[\w+/-]/, inBase64],
  [/[0-9a-f ]/i, inHex],
  // The last number may be a part of one.
  [/[\d,\s]/, (run) => inNumbers(run.slice(0, Math.max(0, run.lastIndexOf(','))))],
];

const tailStart = (text: string, digit: RegExp): number => {
  let at = text.length;
  while (at > 0 && digit.test(text.charAt(at - 1))) at -= 1;
  return at;
};

/** Where the bytes begin with which a text ends: they were cut there, and may hold the beginning of something. */
export const findCutEncoded = (text: string, holds: Holds): number | undefined => {
  const starts = TAILS.flatMap(([digit, read]) => {
    const start = tailStart(text, digit);
    return read(text.slice(start)).some(holds) ? [start] : [];
  });
  return starts.length > 0 ? Math.min(...starts) : undefined;
};
