import type { Span } from './find-needles.ts';

/** A text as it reads once what was done to write it down somewhere is undone. */
export type Reading = {
  readonly text: string;
  /** The part of the text as it was given that reads so. */
  readonly source: (span: Span) => Span;
};

/** A part that was written anew: where it stands in the reading, and where it stood. */
type Edit = { readonly at: number; readonly end: number; readonly from: number; readonly to: number };

/** The last edit that begins at this place of the reading, or before. */
const editAt = (edits: readonly Edit[], place: number): Edit | undefined => {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle] as Edit).at <= place) low = middle + 1;
    else high = middle;
  }
  return edits[low - 1];
};

const sourceOf =
  (edits: readonly Edit[]) =>
  ([from, to]: Span): Span => {
    const first = editAt(edits, from);
    const last = editAt(edits, to - 1);
    const start = first === undefined ? from : from < first.end ? first.from : first.to + from - first.end;
    const end = last === undefined ? to : to - 1 < last.end ? last.to : last.to + to - last.end;
    return [start, end];
  };

type Undo = {
  readonly isIn: (text: string) => boolean;
  readonly pattern: RegExp;
  readonly read: (token: string) => string;
};

const undone = (reading: Reading, { isIn, pattern, read }: Undo): Reading => {
  const { text } = reading;
  if (!isIn(text)) return reading;
  const parts: string[] = [];
  const edits: Edit[] = [];
  let from = 0;
  let at = 0;
  for (const { 0: token, index } of text.matchAll(pattern)) {
    const written = read(token);
    const to = index + token.length;
    at += index - from;
    parts.push(text.slice(from, index), written);
    edits.push({ at, end: at + written.length, from: index, to });
    at += written.length;
    from = to;
  }
  if (edits.length === 0) return reading;
  const inner = sourceOf(edits);
  return { text: parts.join('') + text.slice(from), source: (span) => reading.source(inner(span)) };
};

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
  const digits = token.replace(/%(?:25)*([0-9a-f]{2})/gi, '$1');
  if (digits.length === 2) return String.fromCharCode(Number.parseInt(digits, 16));
  const bytes = Buffer.from(digits, 'hex');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
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

/** In this order: a text in JSON is encoded to stand in a URL, not the other way round. */
const UNDO: readonly Undo[] = [
  { isIn: (text) => text.includes('%'), pattern: PERCENT_CHARACTER, read: fromPercent },
  {
    isIn: (text) => text.includes('&'),
    pattern: /&(?:(?:amp|#38|#x26);)*(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});/gi,
    read: fromEntity,
  },
  {
    isIn: (text) => text.includes('\\'),
    pattern: /(?<!\\)\\+(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|[nrtvfb0])/g,
    read: fromBackslash,
  },
  // A letter and its accents, which are one character or several.
  {
    isIn: (text) => /[^\0-\xff]/.test(text),
    pattern: /.[\p{M}\u1160-\u11ff]{1,8}/gu,
    read: (token) => token.normalize('NFC'),
  },
  // Quotes are doubled or stand behind a backslash, a blank is a plus sign, long texts go on in another line.
  {
    isIn: () => true,
    pattern: /[\s+'"`\\]{2,}|[^\S ]|[+'"`\\]/g,
    read: (token) => (/[\s+]/.test(token) ? ' ' : ''),
  },
];

/**
 * Reads a text so that whatever of it was escaped for URLs, forms, JSON, SQL, HTML or a console, once or several times, reads as
 * it did before. For that, quotes and backslashes are left out, and blanks of any kind, plus signs and ends of lines are one
 * blank. A secret that is read the same way is in the reading, wherever and however it was escaped.
 */
export const readPlainly = (given: string): Reading =>
  UNDO.reduce<Reading>(undone, { text: given, source: (span) => span });

/** The text without the rest of an escape that was cut within. */
export const withoutCutEscape = (text: string): string =>
  text.replace(/(?:%(?:25)*[0-9a-f]?|&[#\w]{0,8}|\\(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?)$/i, '');
