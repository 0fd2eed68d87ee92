/** What a text shows where a password stood. */
const MASK = '[masked]';
/** Of shorter ones the holes themselves would tell the password: the whole text is withheld. */
const LENGTH_MIN = 4;

/** Base64 of a text inside a longer one depends on where it begins: the part that is the same, for each beginning. */
const base64Forms = (password: string): readonly string[] => {
  const bytes = Buffer.from(password);
  const inner = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
    const encoded = whole.subarray(0, whole.length - (whole.length % 3)).toString('base64');
    return shift === 0 ? encoded : encoded.slice(4);
  });
  const all = [bytes.toString('base64').replace(/=+$/, ''), ...inner];
  return all.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
};

const formsOf = (password: string): readonly string[] => {
  const encoded = encodeURIComponent(password.toWellFormed());
  const forms = [
    password,
    JSON.stringify(password).slice(1, -1),
    encoded,
    encoded.replaceAll('%20', '+'),
    new URLSearchParams({ p: password }).toString().slice(2),
    Buffer.from(password).toString('hex'),
    ...base64Forms(password),
  ];
  return [...new Set(forms)].filter(({ length }) => length >= LENGTH_MIN).sort((a, b) => b.length - a.length);
};

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

export type Mask = (text: string) => string;

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

/**
 * Whether a text may hold one of these forms: no where that is sure without an expression, which costs more to make than
 * a line to read. What is not ASCII has more than two cases.
 */
const mayHold = (forms: readonly string[]): ((text: string) => boolean) => {
  if (!forms.every(isAscii)) return () => true;
  const lower = forms.map((form) => form.toLowerCase());
  return (text) => {
    const folded = text.toLowerCase();
    return !isAscii(text) || lower.some((form) => folded.includes(form));
  };
};

const maskOf = (password: string): Mask => {
  const forms = formsOf(password);
  const isSuspect = mayHold(forms);
  const maskAll: Mask = (text) =>
    forms.reduce((masked, form) => masked.replace(new RegExp(escaped(form), 'giu'), MASK), text);
  const mask: Mask = (text) => (isSuspect(text) ? maskAll(text) : text);
  if (password.length >= LENGTH_MIN) return mask;
  return (text) => (text.toLowerCase().includes(password.toLowerCase()) ? MASK : mask(text));
};

/**
 * Takes passwords out of texts: as they are, whatever their case, and in the encodings in which scripts print them. Made
 * once for all texts of a run.
 */
export const maskOfPasswords = (passwords: readonly string[]): Mask => {
  let masks: readonly Mask[] | undefined;
  return (text) => {
    masks ??= passwords.map(maskOf);
    return masks.reduce((masked, mask) => mask(masked), text);
  };
};
