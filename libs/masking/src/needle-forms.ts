import { createNeedles, type Needles } from './find-needles.ts';
import { plainReadings } from './plain-reading.ts';

/** Longer than any text that is masked: of a value that is longer, no more than its beginning can be in one. */
const VALUE_LENGTH_MAX = 32 * 1024;
/** Past this many characters of values the whole text is withheld, as past too many values. */
const CHARACTERS_MAX = 256 * 1024;

const beginningOf = (value: string): string => value.slice(0, VALUE_LENGTH_MAX);

/** Whether it would take too long to get ready for looking for the values. */
export const isTooMuch = (values: readonly string[]): boolean =>
  values.reduce((sum, value) => sum + beginningOf(value).length, 0) > CHARACTERS_MAX;

const HTML_CODES = (char: string): string => `&#${char.charCodeAt(0)};`;

/** How a value is written that is too short, or has hardly anything but quotes and blanks, and is not found by its reading. */
const writtenForms = (value: string): string[] => [
  new URLSearchParams({ value }).toString().slice('value='.length),
  encodeURIComponent(value.toWellFormed()),
  value.replaceAll("'", "''"),
  value.replaceAll(/['"\\]/g, '\\$&'),
  value.replaceAll(/[&<>'"]/g, HTML_CODES),
];

/** What a value is looked for as: as it is, in JSON, read plainly, and as bytes of which each is a character. */
const formsOf = (value: string, lengthMin: number): string[] => {
  const plain = plainReadings(value).map(({ text }) => text.trim());
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    ...plain,
    Buffer.from(value, 'utf8').toString('latin1'),
    ...(plain.some(({ length }) => length < lengthMin) ? writtenForms(value) : []),
  ];
};

const LINE_LENGTH_MIN = 17;

/** A private key is printed line by line, too. Where it has to be one line, `\n` stands for their ends. JSON has parts of its own. */
const linesOf = (value: string): string[] => {
  if (/^\s*[[{]/.test(value)) return [];
  const lines = value.split(/\r?\n|\\n/).map((line) => line.trim());
  return lines.filter((line) => line.length >= LINE_LENGTH_MIN && !line.startsWith('-----'));
};

/** Ready to be looked for, however they are written. */
export const needlesOf = (values: readonly string[], lengthMin: number): Needles => {
  const parts = new Set(values.map(beginningOf).flatMap((value) => [value, ...linesOf(value)]));
  const forms = new Set(Array.from(parts, (part) => formsOf(part, lengthMin)).flat());
  return createNeedles(
    Array.from(forms).filter(({ length }) => length >= lengthMin),
    lengthMin,
  );
};
