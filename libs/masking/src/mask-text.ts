import { findCut, findExcerpts, withCutSign } from './cut-texts.ts';
import { findEncoded } from './encoded-runs.ts';
import type { Needles, Span } from './find-needles.ts';
import { findHashes, holdsHash } from './hash-shapes.ts';
import { isTooMuch, needlesOf } from './needle-forms.ts';
import { plainReadings, withoutEscapes } from './plain-reading.ts';
import { type Find, lazyMask, type TextMask } from './replace-spans.ts';
import { secretParts } from './secret-parts.ts';

const SECRET_LENGTH_MIN = 6;
const PROFILE_LENGTH_MIN = 4;
const PASSWORD_LENGTH_MIN = 4;
/** Past this many different values the whole text is withheld: safe, and cheaper than looking for each. */
const SECRETS_MAX = 500;
const PROFILE_STRINGS_MAX = 2000;

/** What is masked without being known: where it is, and whether bytes hold it. */
type Shapes = { readonly find: (text: string) => readonly Span[]; readonly holds: (bytes: string) => boolean };

const HASHES: Shapes = { find: findHashes, holds: holdsHash };
const NO_SHAPES: Shapes = { find: () => [], holds: () => false };

const findPlain = (text: string, needles: Needles): readonly Span[] =>
  plainReadings(text).flatMap(({ text: plain, source }) => (plain === text ? [] : needles.find(plain).map(source)));

/** Bytes stand in a URL, in JSON or in HTML, too. */
const findBytes = (given: string, holds: (bytes: string) => boolean, needles: Needles): readonly Span[] => {
  const text = withCutSign(given);
  const { text: plain, source } = withoutEscapes(text);
  const spans = findEncoded(text, holds, needles);
  return plain === text ? spans : [...spans, ...findEncoded(plain, holds, needles).map(source)];
};

/** Nothing may be left of any text: there is too much to look for. */
const EVERYTHING: Find = () => undefined;

/** Where something to mask is; everywhere, where looking takes too long. */
const findAll = (values: readonly string[], lengthMin: number, shapes: Shapes = NO_SHAPES): Find => {
  if (isTooMuch(values)) return EVERYTHING;
  const needles = needlesOf(values, lengthMin);
  const holds = (bytes: string): boolean => needles.holds(bytes) || shapes.holds(bytes);
  return (text) => {
    if (needles.isSpent()) return undefined;
    const spans = [
      ...needles.find(text),
      ...findPlain(text, needles),
      ...shapes.find(text),
      ...findBytes(text, holds, needles),
      ...findCut(text, needles),
      ...findExcerpts(text, needles),
    ];
    return needles.isSpent() ? undefined : spans;
  };
};

/**
 * Masks secret values of at least 6 characters, however they are escaped or encoded; and what is a secret inside them, as the
 * passwords of connection strings are. And whatever has the shape of a password hash, wherever it is from. Where there is too
 * much to look for, nothing of the text is left.
 */
export const secretMask = (values: readonly string[]): TextMask =>
  lazyMask('[masked]', () => {
    const secrets = values.filter(({ length }) => length >= SECRET_LENGTH_MIN);
    if (secrets.length > SECRETS_MAX) return EVERYTHING;
    return findAll([...secrets, ...secrets.flatMap(secretParts)], SECRET_LENGTH_MIN, HASHES);
  });

/** How the bytes of a password are written that is too short to be looked for in bytes. */
const shortForms = (password: string): string[] =>
  (['hex', 'base64'] as const).map((encoding) => Buffer.from(password).toString(encoding));

/**
 * Masks passwords that a user typed, however they are escaped or encoded. Of those of less than 4 characters the holes
 * themselves would tell the password: the whole text is withheld.
 */
export const passwordMask = (passwords: readonly string[]): TextMask =>
  lazyMask('[masked]', () => {
    const short = passwords.filter(({ length }) => length < PASSWORD_LENGTH_MIN);
    const find = findAll([...passwords, ...short.flatMap(shortForms)], PASSWORD_LENGTH_MIN);
    const folded = short.map((password) => password.toLowerCase());
    return (text) => (folded.some((password) => text.toLowerCase().includes(password)) ? undefined : find(text));
  });

const textOf = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(Math.abs(value)) : typeof value === 'string' ? value : undefined;

/** Blanks and lines of dashes tell of nobody, and are in every text. */
const SAYS_SOMETHING = /[\p{L}\p{N}]/u;

/** Every text and number that is long enough to be looked for; shorter ones are in every text. */
const collectTexts = (root: unknown): ReadonlySet<string> => {
  const found = new Set<string>();
  const open: unknown[] = [root];
  while (open.length > 0 && found.size <= PROFILE_STRINGS_MAX) {
    const value = open.pop();
    const text = textOf(value);
    if (text !== undefined && text.length >= PROFILE_LENGTH_MIN && SAYS_SOMETHING.test(text)) found.add(text);
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
  lazyMask('[redacted]', () => {
    const texts = collectTexts(jsonTexts.map(parsed));
    return texts.size > PROFILE_STRINGS_MAX ? EVERYTHING : findAll([...texts], PROFILE_LENGTH_MIN);
  });
