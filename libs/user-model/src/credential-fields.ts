import type { Json, JsonObject } from './profile.ts';

const NAME_PARTS = ['password', 'passwd', 'pwd', 'passphrase'];
const NAMES = new Set(['pass', 'pw', 'userpass', 'hash', 'salt', 'credential', 'credentials']);

/** Whether a field of that name holds a password, a hash or a salt in the databases that we know. */
const isCredentialName = (name: string): boolean => {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (NAMES.has(plain) || NAME_PARTS.some((part) => plain.includes(part))) return true;
  return plain.endsWith('hash') || plain.endsWith('salt');
};

// bcrypt, argon2, scrypt, crypt(3), phpass, Django and LDAP forms, whatever the column is called.
const HASH =
  /^(\$(2[abxy]?|argon2\w*|s?crypt|pbkdf2[\w-]*|bcrypt[\w-]*|[1567yPH])\$|(pbkdf2|bcrypt|argon2)_?\w*\$|\{(S?SHA\d*|S?MD5|CRYPT|BCRYPT|PBKDF2[\w-]*|ARGON2\w*)\})\S{8,}$/i;

const isCredentialValue = (value: Json): boolean => typeof value === 'string' && HASH.test(value);

/** Whether a field holds a password, a hash or a salt, by its name or its value. */
export const isCredential = (name: string, value: Json): boolean => isCredentialName(name) || isCredentialValue(value);

type IsSecret = (value: Json) => boolean;

const noMore: IsSecret = () => false;

/**
 * A copy of a JSON value without passwords, hashes and salts, and what else is secret, at any depth. Recursion: bound the
 * depth first.
 */
export const withoutCredentials = (value: Json, isSecret: IsSecret = noMore): Json => {
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
