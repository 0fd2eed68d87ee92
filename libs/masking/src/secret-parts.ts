/** What of a secret is a secret by itself. */
import { decodedSecrets } from './decoded-secrets.ts';

const HOST = /^[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}(?::\d+)?$|^(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?$|^localhost(?::\d+)?$/;

/** `password@host:port/database?option=…`, in which nothing else can be meant. */
const CLEAR = /^[^@/?#]*@[^@/?#]*(?:\/[^@?#]*)?(?:\?(?:[^=@]*=.*)?)?$/s;

/**
 * What stands between `scheme://user:` and the host. Lists of hosts, as MongoDB and PostgreSQL take them, are no URL that
 * `URL` would parse; and who has not encoded a `/` or an `@` means the last one. Of such a password any piece may be taken for
 * a host or a database, and be told of as one.
 */
const inUserInfo = (value: string): string[] => {
  const [, rest = ''] = /^[a-z][\w+.:-]*:\/\/[^:/?#]*:(.*)$/is.exec(value) ?? [];
  const authority = rest.split(/[/?#]/)[0] ?? '';
  const before = (text: string): string[] => (text.includes('@') ? [text.slice(0, text.lastIndexOf('@'))] : []);
  const pieces =
    authority.includes('@') && !CLEAR.test(rest) ? before(rest).flatMap((text) => text.split(/[@/?#:]/)) : [];
  return [...before(authority), ...before(rest), ...pieces.filter((piece) => !HOST.test(piece))];
};

/** A web service has no user without a password: what stands there is a token. */
const tokenAsUser = (value: string): string[] => /^https?:\/\/([^:@/?#]+):?@/i.exec(value)?.slice(1) ?? [];

const SECRET_NAME = 'password|passwd|pwd|pass|passphrase|secret|key|token|sig|signature|credential|auth|code';
const PAIR = new RegExp(
  String.raw`(?:${SECRET_NAME})\s*=\s*(\{(?:[^}]|\}\}){0,256}\}|"(?:[^"]|""){0,256}"|'(?:[^']|''){0,256}'|[^;]*)`,
  'gi',
);

const unwrapped = (text: string): string =>
  text.startsWith('{') ? text.slice(1, -1).replaceAll('}}', '}') : text.replace(/^(["'])(.*)\1$/s, '$2');

/** Of `password=…` in a query, and in the connection strings of ADO, ODBC and JDBC. */
const inPairs = (value: string): string[] =>
  Array.from(value.matchAll(PAIR), ([, found = '']) => unwrapped(found.trim())).flatMap((found) => [
    found,
    found.split(/[&\s]/)[0] ?? '',
  ]);

/** Tokens in a list: what no word and no name of a host is. */
const LISTED = /^(?=.*\d)(?=.*[a-z])[^\s=]{12,}$/i;

const inList = (value: string): string[] => {
  const parts = value.split(',').map((part) => part.trim());
  return parts.length < 2 || value.includes('://') ? [] : parts.filter((part) => LISTED.test(part) && !HOST.test(part));
};

/** What settings say of where, as whom and in which way, which may be read, as host and user of a connection string may. */
const OPEN_FIELD = new RegExp(
  [
    '(?:host|hostname|server|port|user|username|user_?name|email|region|type|scheme|protocol|dialect|driver|domain|addr(?:ess)?)$',
    '(?<!secret_?)id$|^(?:db|database|db_?name|schema|env|node_env|tz)$|(?:table|collection|application_?name|app_?name)$',
    '(?:mode|ssl|role|level|status|charset|encoding|collation|time_?zone|locale|language|algorithm|format|environment|version)$',
  ].join('|'),
  'i',
);
const ADDRESS_FIELD = /ur[il]$/i;

type Field = readonly [name: string, value: unknown];

const isReadable = (name: string): boolean => OPEN_FIELD.test(name) || ADDRESS_FIELD.test(name);

const textsOf = (name: string, text: string): string[] =>
  isReadable(name) ? writtenParts(text) : [text, ...secretParts(text)];

/** What is inside: a list is of what its own name says, whatever is in an object has a name of its own. */
const fieldsOf = (name: string, value: unknown): Field[] => {
  if (Array.isArray(value)) return value.map((item: unknown): Field => [name, item]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
};

/** The texts in settings that are JSON, at any depth. */
const textsIn = (root: unknown): string[] => {
  const texts: string[] = [];
  const open: Field[] = [['', root]];
  for (let field = open.pop(); field !== undefined; field = open.pop()) {
    const [name, value] = field;
    if (typeof value === 'string') for (const text of textsOf(name, value)) texts.push(text);
    else for (const inner of fieldsOf(name, value)) open.push(inner);
  }
  return texts;
};

const parsed = (value: string): unknown => {
  try {
    return /^\s*[[{"]/.test(value) ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
};

/** What stands in a value as it is. */
const writtenParts = (value: string): string[] => {
  const json = parsed(value);
  if (json !== undefined) return textsIn(json);
  return [inUserInfo, tokenAsUser, inPairs, inList].flatMap((parts) => parts(value));
};

/**
 * What a script may print of a secret that holds others: a connection string, settings in JSON, a list; and what it says where it
 * is base64 or hex.
 */
export const secretParts = (value: string): string[] => [
  ...writtenParts(value),
  ...decodedSecrets(value).flatMap((decoded) => [decoded, ...secretParts(decoded)]),
];
