const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * What stands between `scheme://user:` and the host. Lists of hosts, as MongoDB and PostgreSQL take them, are no URL that
 * `URL` would parse; and who has not encoded a `/` or an `@` means the last one.
 */
const inUserInfo = (value: string): string[] => {
  const [, rest = ''] = /^[a-z][\w+.:-]*:\/\/[^:@/?#]*:(.*)$/is.exec(value) ?? [];
  const authority = rest.split(/[/?#]/)[0] ?? '';
  return [authority, rest].flatMap((text) => (text.includes('@') ? [text.slice(0, text.lastIndexOf('@'))] : []));
};

const PAIR = /(?:password|passwd|pwd|pass|passphrase|secret|key)\s*=\s*("[^"]*"|'[^']*'|[^;]*)/gi;

/** Of `password=…` in a query, and in the connection strings of ADO and JDBC. */
const inPairs = (value: string): string[] =>
  Array.from(value.matchAll(PAIR), ([, found = '']) => found.trim().replace(/^(["'])(.*)\1$/s, '$2')).flatMap(
    (found) => [found, found.split(/[&\s]/)[0] ?? ''],
  );

/** The passwords inside a connection string, as they are in it and decoded. */
export const passwordsInside = (value: string): string[] =>
  [...inUserInfo(value), ...inPairs(value)].flatMap((password) => [password, decoded(password)]);

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

/** How a secret may be written: as it is, URL-encoded, in base64, in JSON. */
export const formsOf = (value: string): string[] => [
  value,
  ...urlForms(value),
  ...base64Forms(value),
  JSON.stringify(value).slice(1, -1),
];
