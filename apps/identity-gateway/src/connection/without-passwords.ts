import { isJsonObject, type Json, type JsonObject, objectWithoutCredentials } from '@userferry/user-model';

/** Shorter ones stand in words that have nothing to do with them. */
const PART_CHARACTERS_MIN = 4;

const holds = (text: string, password: string): boolean =>
  password !== '' && (password.length < PART_CHARACTERS_MIN ? text === password : text.includes(password));

const without = (value: Json, isPassword: (text: string) => boolean): Json => {
  if (Array.isArray(value))
    return value.filter((item) => !isTold(item, isPassword)).map((item) => without(item, isPassword));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([name, item]) => !isPassword(name) && !isTold(item, isPassword));
  return Object.fromEntries(entries.map(([name, item]) => [name, without(item, isPassword)]));
};

const isTold = (value: Json, isPassword: (text: string) => boolean): boolean =>
  typeof value === 'string' && isPassword(value);

/**
 * What the edge received, for scripts: without the passwords of the call, which a script has as an argument and nowhere else,
 * and without fields that are named as passwords are, at any depth. Recursion: bound the depth first.
 */
export const bodyWithoutPasswords = (body: JsonObject, passwords: readonly string[]): JsonObject =>
  without(objectWithoutCredentials(body), (text) => passwords.some((password) => holds(text, password))) as JsonObject;
