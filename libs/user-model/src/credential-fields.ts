import { isHash } from './hash-value.ts';
import type { Json, JsonObject } from './profile.ts';

/** A name's letters and digits, however it is written. */
const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();

/** What columns of passwords are called where people speak other languages, beside English. */
const WORDS =
  'passwort kennwort wachtwoord passord motdepasse contraseña пароль 密码 密碼 口令 パスワード 비밀번호'.split(' ');
const SHORT_WORDS = 'mdp senha clave parola hasło heslo lösenord mima'.split(' ');
const NAME_PARTS = ['password', 'passwd', 'pwd', 'pswd', 'passphrase', ...WORDS].map(plainName);
const NAMES = new Set(
  ['pass', 'passw', 'pw', 'psw', 'hash', 'salt', 'credential', 'credentials', ...SHORT_WORDS].map(plainName),
);

/** A name that is short, with whose it is or how it is kept: `user_pass`, `passMd5`. */
const SHORT_WITH_MORE = /^(user|login|old|md5|sha\d*|enc|crypt)(pass|pw)$|^(pass|pw)(md5|sha\d*|enc|crypt|old|\d)$/;

/** Whether a field of that name holds a password, a hash or a salt in the databases that we know. */
const isCredentialName = (name: string): boolean => {
  const plain = plainName(name);
  if (NAMES.has(plain) || SHORT_WITH_MORE.test(plain) || NAME_PARTS.some((part) => plain.includes(part))) return true;
  return plain.endsWith('hash') || plain.endsWith('salt');
};

const isCredentialValue = (value: Json): boolean => typeof value === 'string' && isHash(value);

/** Whether a field holds a password, a hash or a salt, by its name or its value. */
export const isCredential = (name: string, value: Json): boolean => isCredentialName(name) || isCredentialValue(value);

type IsSecret = (value: Json) => boolean;

const noMore: IsSecret = () => false;

/**
 * A copy of a JSON value without passwords, hashes and salts, and what else is secret, at any depth. Recursion: bound the
 * depth first.
 */
const withoutCredentials = (value: Json, isSecret: IsSecret = noMore): Json => {
  if (isJsonObject(value)) return objectWithoutCredentials(value, isSecret);
  if (!Array.isArray(value)) return value;
  const kept = value.filter((item) => !isCredentialValue(item) && !isSecret(item));
  return kept.map((item) => withoutCredentials(item, isSecret));
};

/** The same for an object. */
export const objectWithoutCredentials = (value: JsonObject, isSecret: IsSecret = noMore): JsonObject =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([name, item]) => !isCredential(name, item) && !isSecret(item))
      .map(([name, item]) => [name, withoutCredentials(item, isSecret)]),
  );

/** Whether a JSON value is an object, neither null nor an array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
