import { findCutEncoded, findEncoded } from './encoded-runs.ts';
import { createNeedles, type Needles, type Span } from './find-needles.ts';
import { findHashes, holdsHash } from './hash-shapes.ts';
import { readPlainly, withoutCutEscape } from './plain-reading.ts';
import { secretParts } from './secret-parts.ts';

/** Takes out of texts what nobody may read. */
export type TextMask = (text: string) => string;

const SECRET_LENGTH_MIN = 6;
const PROFILE_LENGTH_MIN = 4;
const PASSWORD_LENGTH_MIN = 4;
/** Past this many different values the whole text is withheld: safe, and cheaper than looking for each. */
const SECRETS_MAX = 500;
const PROFILE_STRINGS_MAX = 2000;
/** The shortest length at which the sandbox cuts a text and does not say so. */
const CUT_LENGTH = 256;

/** Puts the replacement in the place of the spans; those that overlap are one. */
const replaceSpans = (text: string, spans: readonly Span[], replacement: string): string => {
  const parts: string[] = [];
  let done = 0;
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    if (from >= done) parts.push(text.slice(done, from), replacement);
    done = Math.max(done, to);
  }
  return [...parts, text.slice(done)].join('');
};

const withheld =
  (replacement: string): TextMask =>
  (text) =>
    text === '' ? '' : replacement;

/** What a value is looked for as: as it is, in JSON, read plainly, and as bytes of which each is a character. */
const formsOf = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  readPlainly(value).text.trim(),
  Buffer.from(value, 'utf8').toString('latin1'),
];

const LINE_LENGTH_MIN = 17;

/** A private key is printed line by line, too. Where it has to be one line, `\n` stands for their ends. JSON has parts of its own. */
const linesOf = (value: string): string[] => {
  if (/^\s*[[{]/.test(value)) return [];
  const lines = value.split(/\r?\n|\\n/).map((line) => line.trim());
  return lines.length < 2 ? [] : lines.filter((line) => line.length >= LINE_LENGTH_MIN && !line.startsWith('-----'));
};

const needlesOf = (values: readonly string[], lengthMin: number): Needles =>
  createNeedles(
    values
      .flatMap((value) => [value, ...linesOf(value)])
      .flatMap(formsOf)
      .filter(({ length }) => length >= lengthMin),
    lengthMin,
  );

const cutSpan = (text: string, needles: Needles): Span[] => {
  const end = withoutCutEscape(text);
  const plain = readPlainly(end);
  const inPlain = needles.findCut(plain.text);
  const starts = [
    needles.findCut(end),
    inPlain === undefined ? undefined : plain.source([inPlain, inPlain + 1])[0],
    findCutEncoded(text, (bytes) => needles.findCut(bytes) !== undefined),
  ].filter((start) => start !== undefined);
  return starts.length > 0 ? [[Math.min(...starts), text.length]] : [];
};

/** Where the beginning of a needle stands at the end of a text that may have been cut within it. */
const findCut = (text: string, needles: Needles): Span[] => {
  if (text.endsWith('\u2026')) return cutSpan(text.slice(0, -1), needles);
  return text.length >= CUT_LENGTH ? cutSpan(text, needles) : [];
};

/** What is masked without being known: where it is, and whether bytes hold it. */
type Shapes = { readonly find: (text: string) => readonly Span[]; readonly holds: (bytes: string) => boolean };

const HASHES: Shapes = { find: findHashes, holds: holdsHash };
const NO_SHAPES: Shapes = { find: () => [], holds: () => false };

/** Replaces what is found; where looking would take too long, the whole text. */
const masking = (needles: Needles, shapes: Shapes, replacement: string): TextMask => {
  const holds = (bytes: string): boolean => needles.holds(bytes) || shapes.holds(bytes);
  return (text) => {
    const plain = readPlainly(text);
    const spans = [
      ...needles.find(text),
      ...(plain.text === text ? [] : needles.find(plain.text).map(plain.source)),
      ...shapes.find(text),
      ...findEncoded(text, holds, needles),
      ...findCut(text, needles),
    ];
    return needles.isSpent() ? withheld(replacement)(text) : replaceSpans(text, spans, replacement);
  };
};

/** Made when there is a first text to mask. */
const lazily = (make: () => TextMask): TextMask => {
  let mask: TextMask | undefined;
  return (text) => {
    mask ??= make();
    return mask(text);
  };
};

/**
 * Masks secret values of at least 6 characters, however they are escaped or encoded; and what is a secret inside them, as the
 * passwords of connection strings are. And whatever has the shape of a password hash, wherever it is from. Where there is too
 * much to look for, nothing of the text is left.
 */
export const secretMask = (values: readonly string[]): TextMask =>
  lazily(() => {
    const secrets = values.filter(({ length }) => length >= SECRET_LENGTH_MIN);
    if (secrets.length > SECRETS_MAX) return withheld('[masked]');
    const needles = needlesOf([...secrets, ...secrets.flatMap(secretParts)], SECRET_LENGTH_MIN);
    return masking(needles, HASHES, '[masked]');
  });

/** How a password is written that is too short to be looked for otherwise. */
const shortForms = (password: string): string[] => [
  JSON.stringify(password).slice(1, -1),
  new URLSearchParams({ p: password }).toString().slice(2),
  ...(['hex', 'base64'] as const).map((encoding) => Buffer.from(password).toString(encoding)),
];

/**
 * Masks passwords that a user typed, however they are escaped or encoded. Of those of less than 4 characters the holes
 * themselves would tell the password: the whole text is withheld.
 */
export const passwordMask = (passwords: readonly string[]): TextMask =>
  lazily(() => {
    const short = passwords.filter(({ length }) => length < PASSWORD_LENGTH_MIN);
    const needles = needlesOf([...passwords, ...short.flatMap(shortForms)], PASSWORD_LENGTH_MIN);
    const mask = masking(needles, NO_SHAPES, '[masked]');
    const folded = short.map((password) => password.toLowerCase());
    return (text) => (folded.some((password) => text.toLowerCase().includes(password)) ? '[masked]' : mask(text));
  });

const textOf = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(Math.abs(value)) : typeof value === 'string' ? value : undefined;

/** Every text and number that is long enough to be looked for; shorter ones are in every text. */
const collectTexts = (root: unknown): ReadonlySet<string> => {
  const found = new Set<string>();
  const open: unknown[] = [root];
  while (open.length > 0 && found.size <= PROFILE_STRINGS_MAX) {
    const value = open.pop();
    const text = textOf(value);
    if (text !== undefined && text.length >= PROFILE_LENGTH_MIN) found.add(text);
    else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) open.push(part);
  }
  return found;
};

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
};

/** Redacts every string and number of at least 4 characters, at any depth, of the JSON texts given, however it is written. */
export const profileMask = (jsonTexts: readonly string[]): TextMask =>
  lazily(() => {
    const texts = collectTexts(jsonTexts.map(parsed));
    if (texts.size > PROFILE_STRINGS_MAX) return withheld('[redacted]');
    return masking(needlesOf([...texts], PROFILE_LENGTH_MIN), NO_SHAPES, '[redacted]');
  });
