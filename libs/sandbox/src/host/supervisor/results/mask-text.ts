import { findHashes, type Span } from './find-hashes.ts';

/** Takes out of texts what nobody may read. */
export type TextMask = (text: string) => string;

const SECRET_LENGTH_MIN = 6;
const PROFILE_LENGTH_MIN = 4;
/** Past this many different strings the whole text is withheld: safe, and cheaper than looking for each. */
const PROFILE_STRINGS_MAX = 2000;

const urlPassword = (value: string): string[] => {
  if (!URL.canParse(value)) return [];
  const { password } = new URL(value);
  return [password, decoded(password)].filter(({ length }) => length >= SECRET_LENGTH_MIN);
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Base64 of a text inside a longer one depends on where it begins: the part that is the same, for each beginning. */
const base64Forms = (value: string): string[] => {
  const inner = [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value, 'utf8')]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
    return shift === 0 ? whole : whole.slice(4);
  });
  const whole = Buffer.from(value, 'utf8').toString('base64');
  const all = [whole, whole.replace(/=+$/, ''), ...inner];
  return all.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
};

const urlForms = (value: string): string[] => {
  const plain = encodeURIComponent(value.toWellFormed());
  const strict = plain.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return [plain, strict, plain.replaceAll('%20', '+'), encodeURI(value.toWellFormed())];
};

const formsOf = (value: string): string[] => [
  value,
  ...urlForms(value),
  ...base64Forms(value).filter((form) => form.length >= SECRET_LENGTH_MIN),
  JSON.stringify(value).slice(1, -1),
];

const distinct = (needles: Iterable<string>): string[] => [...new Set(needles)];

const escaped = (needle: string): string => needle.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Where each needle is, whatever its case. */
const findNeedles = (text: string, needles: readonly string[]): Span[] => {
  const folded = text.toLowerCase();
  const present = needles.filter((needle) => text.includes(needle) || folded.includes(needle.toLowerCase()));
  return present.flatMap((needle) =>
    [...text.matchAll(new RegExp(escaped(needle), 'giu'))].map(
      ({ index, 0: { length } }): Span => [index, index + length],
    ),
  );
};

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

/**
 * Masks secret values of at least 6 characters: as they are, URL-encoded, in base64, in JSON; a URI's password too. And
 * whatever has the shape of a password hash, wherever it is from.
 */
export const secretMask = (values: readonly string[]): TextMask => {
  const secrets = values.filter(({ length }) => length >= SECRET_LENGTH_MIN);
  const needles = distinct(secrets.flatMap((value) => [value, ...urlPassword(value)]).flatMap(formsOf));
  return (text) => replaceSpans(text, [...findNeedles(text, needles), ...findHashes(text)], '[masked]');
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
  if (strings.size > PROFILE_STRINGS_MAX) return (text) => (text === '' ? '' : '[redacted]');
  const needles = [...strings];
  return (text) => replaceSpans(text, findNeedles(text, needles), '[redacted]');
};
