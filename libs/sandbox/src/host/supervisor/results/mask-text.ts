import { findHashes, type Span } from './find-hashes.ts';
import { createFindNeedles, type FindNeedles } from './find-needles.ts';
import { formsOf, passwordsInside } from './secret-forms.ts';

/** Takes out of texts what nobody may read. */
export type TextMask = (text: string) => string;

const SECRET_LENGTH_MIN = 6;
const PROFILE_LENGTH_MIN = 4;
/** Past this many different values the whole text is withheld: safe, and cheaper than looking for each. */
const SECRETS_MAX = 500;
const PROFILE_STRINGS_MAX = 2000;

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

/** Replaces what is found; where looking would take too long, the whole text. */
const replacing = (find: FindNeedles, replacement: string): TextMask => {
  const withhold = withheld(replacement);
  return (text) => {
    const spans = find(text);
    return spans === undefined ? withhold(text) : replaceSpans(text, spans, replacement);
  };
};

/**
 * Masks secret values of at least 6 characters: as they are, URL-encoded, in base64, in JSON; the passwords in connection
 * strings, too. And whatever has the shape of a password hash, wherever it is from. Where there is too much to look for,
 * nothing of the text is left.
 */
export const secretMask = (values: readonly string[]): TextMask => {
  const isLong = ({ length }: string): boolean => length >= SECRET_LENGTH_MIN;
  const secrets = values.filter(isLong);
  if (secrets.length > SECRETS_MAX) return withheld('[masked]');
  const needles = secrets.flatMap((value) => [value, ...passwordsInside(value).filter(isLong)]).flatMap(formsOf);
  const find = createFindNeedles(needles.filter(isLong), SECRET_LENGTH_MIN);
  const findAll: FindNeedles = (text) => {
    const spans = find(text);
    return spans && [...spans, ...findHashes(text)];
  };
  return replacing(findAll, '[masked]');
};

const collectStrings = (root: unknown): Set<string> => {
  const found = new Set<string>();
  const open: unknown[] = [root];
  while (open.length > 0 && found.size <= PROFILE_STRINGS_MAX) {
    const value = open.pop();
    if (typeof value === 'string' && value.length >= PROFILE_LENGTH_MIN) found.add(value);
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

/** Redacts every string of at least 4 characters, at any depth, of the JSON texts given. */
export const profileMask = (jsonTexts: readonly string[]): TextMask => {
  const strings = collectStrings(jsonTexts.map(parsed));
  if (strings.size > PROFILE_STRINGS_MAX) return withheld('[redacted]');
  return replacing(createFindNeedles([...strings], PROFILE_LENGTH_MIN), '[redacted]');
};
