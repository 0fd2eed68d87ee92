/** Takes needles out of texts. */
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

const longestFirst = (needles: Iterable<string>): string[] => [...new Set(needles)].sort((a, b) => b.length - a.length);

const escaped = (needle: string): string => needle.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Replaces each needle, whatever its case. */
const replaceAll = (text: string, needles: readonly string[], replacement: string): string => {
  const folded = text.toLowerCase();
  const present = needles.filter((needle) => text.includes(needle) || folded.includes(needle.toLowerCase()));
  return present.reduce((masked, needle) => masked.replace(new RegExp(escaped(needle), 'giu'), replacement), text);
};

/** Masks secret values of at least 6 characters: as they are, URL-encoded, in base64, in JSON; a URI's password too. */
export const secretMask = (values: readonly string[]): TextMask => {
  const secrets = values.filter(({ length }) => length >= SECRET_LENGTH_MIN);
  const needles = longestFirst(secrets.flatMap((value) => [value, ...urlPassword(value)]).flatMap(formsOf));
  return (text) => replaceAll(text, needles, '[masked]');
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
  const needles = longestFirst(strings);
  return (text) => replaceAll(text, needles, '[redacted]');
};
