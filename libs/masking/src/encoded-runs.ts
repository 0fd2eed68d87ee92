import type { Needles, Span } from './find-needles.ts';
import { readPlainly, withoutCutEscape } from './plain-reading.ts';

/** Says whether there is something to mask among bytes, each of them one character. */
type Holds = (bytes: string) => boolean;

/** UTF-16, as Windows takes its passwords, reads as what it says. */
const readings = (bytes: Buffer): string[] => {
  const text = bytes.toString('latin1');
  return text.includes('\0') ? [text, text.replaceAll('\0', '')] : [text];
};

const READABLE = /^[^\p{Cc}\ufffd]{8}/u;

/** A text may have been cut within an escape, too. */
const readAsCut = (text: string): string[] =>
  Array.from(new Set([text, withoutCutEscape(text)]), (each) => readPlainly(each).text);

/** Bytes that are a text may hold what was escaped first, as the credentials of OAuth 2 are. */
const plainReadings = (bytes: Buffer): string[] => {
  const texts = [bytes.toString('utf8'), ...(bytes.includes(0) ? [bytes.toString('utf16le')] : [])];
  return texts.filter((text) => READABLE.test(text)).flatMap(readAsCut);
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

/** Of a list that was cut the last item is a part of one, or where one stood. */
const allAndWithoutLast = <T>(items: readonly T[]): readonly (readonly T[])[] => [items, items.slice(0, -1)];

/** As JSON and a printed array write bytes, each behind its place perhaps. */
const inNumbers = (run: string): string[] =>
  allAndWithoutLast(run.split(',').map((number) => Number(number.replace(/^.*:/s, '')) & 0xff)).flatMap((bytes) =>
    allReadings(Buffer.from(bytes)),
  );

/** As a text is printed that was spread into a list or an object. */
const inCharacters = (run: string): string[] => {
  const quoted = Array.from(run.matchAll(CHARACTER_LISTED), ([, character = '']) => character);
  return allAndWithoutLast(quoted.map((character) => character.slice(1, -1).replace(/^\\(?=.)/, '')))
    .map((characters) => characters.join(''))
    .flatMap((text) => [text, ...readAsCut(text)]);
};

/** Base64 of which the end was cut off: as in `inBase64`, and read as what was escaped first. */
const inCutBase64 = (run: string): string[] =>
  [0, 1, 2, 3].flatMap((shift) => allReadings(Buffer.from(run.slice(shift), 'base64')));

const inWholeBase64 = (run: string): string[] => plainReadings(Buffer.from(run, 'base64'));

const WHOLE_BASE64 = /[A-Za-z0-9+/_-]{12,}={0,2}/g;
const BASE64 = /[A-Za-z0-9+/_-]{6,}={0,2}/g;
/** Before what says that it was cut, behind a part of an escape perhaps. */
const CUT_BASE64 = /(?<![\w+/-])[\w+/-]{6,}(?=(?:%(?:25)*[0-9a-f]?|&[#\w]{0,8})?["'`\\]{0,4}(?:\.{3}|\u2026))/gi;
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
 * list is printed in part, and what is said to be cut was cut: both may end with the beginning of a needle.
 */
export const findEncoded = (text: string, holds: Holds, { findCut }: Pick<Needles, 'findCut'>): readonly Span[] => {
  const holdsBeginning: Holds = (bytes) => holds(bytes) || findCut(bytes) !== undefined;
  return [
    ...inAnyBase64(text, holds),
    ...runsOf(text, WHOLE_BASE64, inWholeBase64, holds),
    ...runsOf(text, CUT_BASE64, inCutBase64, holdsBeginning),
    ...runsOf(text, HEX, inHex, holdsBeginning),
    ...runsOf(text, NUMBERS, inNumbers, holdsBeginning),
    ...runsOf(text, CHARACTERS, inCharacters, holdsBeginning),
  ];
};
