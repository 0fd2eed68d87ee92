import { type Reading, type Undo, undone } from './undone.ts';

const PERCENT = '%(?:25)*';
const NEXT = `${PERCENT}[89ab][0-9a-f]`;
/** Each character of UTF-8 by itself, and what is none: what stands beside it, encoded or not, must not change how it reads. */
const PERCENT_CHARACTER = new RegExp(
  [`[cd][0-9a-f]${NEXT}`, `e[0-9a-f](?:${NEXT}){2}`, `f[0-7](?:${NEXT}){3}`, '[0-9a-f]{2}']
    .map((bytes) => PERCENT + bytes)
    .join('|'),
  'gi',
);

/** As URLs and forms write bytes, encoded once or more often. */
const fromPercent = (token: string): string => {
  const digits = token.length === 3 ? token.slice(1) : token.replace(/%(?:25)*([0-9a-f]{2})/gi, '$1');
  if (digits.length === 2) return String.fromCharCode(Number.parseInt(digits, 16));
  const bytes = Buffer.from(digits, 'hex');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
};

/** What is encoded by need, and once: no letter and no digit, and of other bytes those that are a character together. */
const NEEDED_CHARACTER =
  /%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}|%(?:[012][0-9a-f]|3[a-f]|40|5[b-f]|60|7[b-f])/gi;

const fromNeededPercent = (token: string): string => {
  if (token.length === 3) return fromPercent(token);
  const text = Buffer.from(token.replaceAll('%', ''), 'hex').toString('utf8');
  return text.includes('\ufffd') ? token : text;
};

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const fromPoint = (point: number): string => (point <= 0x10ffff ? String.fromCodePoint(point) : '');

/** As HTML and XML write characters, once or more often. */
const fromEntity = (token: string): string => {
  const name = token.replace(/^&(?:(?:amp|#38|#x26);)*(?=.)|;$/gi, '').toLowerCase();
  if (!name.startsWith('#')) return ENTITIES[name] ?? '';
  return fromPoint(name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
};

/** As JSON, SQL and programs write characters, within a text or within one that is within another. */
const fromBackslash = (token: string): string => {
  const name = token.replace(/^\\+/, '');
  const digits = name.replace(/^[ux]\{?|\}$/g, '');
  if (digits !== name) return fromPoint(Number.parseInt(digits, 16));
  return name === 'b' || name === '0' ? '' : ' ';
};

const isWithBackslash = (text: string): boolean => text.includes('\\');
const CODE = 'u[0-9a-fA-F]{4}|u\\{[0-9a-fA-F]{1,6}\\}|x[0-9a-fA-F]{2}';

const URLS: Undo = { isIn: (text) => text.includes('%'), pattern: PERCENT_CHARACTER, read: fromPercent };
const NEEDED_IN_URLS: Undo = { ...URLS, pattern: NEEDED_CHARACTER, read: fromNeededPercent };
const HTML: Undo = {
  isIn: (text) => text.includes('&'),
  pattern: /&(?:(?:amp|#38|#x26);)*(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});/gi,
  read: fromEntity,
};
const BACKSLASHES: Undo = {
  isIn: isWithBackslash,
  pattern: new RegExp(String.raw`(?<!\\)\\+(?:${CODE}|[nrtvfb0])`, 'g'),
  read: fromBackslash,
};
const CODES: Undo = {
  isIn: isWithBackslash,
  pattern: new RegExp(String.raw`(?<!\\)\\+(?:${CODE})`, 'g'),
  read: fromBackslash,
};
/** A letter and its accents, which are one character or several. */
const ACCENTS: Undo = {
  isIn: (text) => /[^\0-\xff]/.test(text),
  pattern: /.[\p{M}\u1160-\u11ff]{1,8}/gu,
  read: (token) => token.normalize('NFC'),
};
/** Quotes are doubled or stand behind a backslash, a blank is a plus sign, long texts go on in another line. */
const QUOTES: Undo = {
  isIn: () => true,
  pattern: /[\s+'"`\\]{2,}|[^\S ]|[+'"`\\]/g,
  read: (token) => (/[\s+]/.test(token) ? ' ' : ''),
};

/** In this order: a text in JSON is encoded to stand in a URL, not the other way round. */
const UNDO: readonly Undo[] = [URLS, HTML, BACKSLASHES, ACCENTS, QUOTES];
/** What stands behind a percent sign of a pattern or a backslash of a path is no part of an escape. */
const UNDO_LESS: readonly Undo[] = [NEEDED_IN_URLS, HTML, CODES, ACCENTS, QUOTES];
const MAYBE_NO_ESCAPE = /%[0-9a-f]{2}|\\[nrtvfb0]/i;

const read = (given: string, steps: readonly Undo[]): Reading =>
  steps.reduce<Reading>(undone, { text: given, source: (span) => span });

/**
 * Reads a text so that whatever of it was escaped for URLs, forms, JSON, SQL, HTML or a console, once or several times, reads as
 * it did before. For that, quotes and backslashes are left out, and blanks of any kind, plus signs and ends of lines are one
 * blank. A secret that is read the same way is in the reading, wherever and however it was escaped.
 */
export const readPlainly = (given: string): Reading => read(given, UNDO);

/** Every way in which the text may be meant: `LIKE '%ada%'` has no byte of a URL in it. */
export const plainReadings = (given: string): readonly Reading[] =>
  MAYBE_NO_ESCAPE.test(given) ? [readPlainly(given), read(given, UNDO_LESS)] : [readPlainly(given)];

/** The text as it was before it was escaped, with its quotes, blanks and plus signs: as bytes are written in it. */
export const withoutEscapes = (given: string): Reading => read(given, [URLS, HTML, BACKSLASHES]);

const CUT_CHARACTER = `${PERCENT}(?:[cd][0-9a-f]|e[0-9a-f](?:${NEXT})?|f[0-7](?:${NEXT}){0,2})`;
const CUT_ESCAPE = [
  `${PERCENT}[0-9a-f]?`,
  '&(?:(?:amp|#38|#x26);)*[#\\w]{0,8}',
  String.raw`\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?`,
  '\ufffd',
].join('|');
const CUT = new RegExp(`(?:${CUT_CHARACTER}(?:${PERCENT}[0-9a-f]?)?|${CUT_ESCAPE})$`, 'i');

/** The text without the rest of an escape, or of a character, that was cut within. */
export const withoutCutEscape = (text: string): string => text.replace(CUT, '');
