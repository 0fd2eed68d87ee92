import { type JsonObject, objectWithoutCredentials } from '@userferry/user-model';

/** What stands around a value in a form, in JSON or in XML. */
const BEFORE = '=:"\'> \t\n';
const AFTER = '&,;}"\'< \t\n';

/** A password that is a part of a name or an address is no reason to withhold that: it is so for many a weak one. */
const standsIn = (text: string, password: string): boolean => {
  for (let at = text.indexOf(password); at >= 0; at = text.indexOf(password, at + 1)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + password.length)];
    if (BEFORE.includes(before) && AFTER.includes(after)) return true;
  }
  return false;
};

/**
 * What the edge received, for scripts: without the passwords of the call, which a script has as an argument and nowhere else,
 * and without fields that are named as passwords are, at any depth. Recursion: bound the depth first.
 */
export const bodyWithoutPasswords = (body: JsonObject, passwords: readonly string[]): JsonObject =>
  objectWithoutCredentials(
    body,
    (value) => typeof value === 'string' && passwords.some((password) => password !== '' && standsIn(value, password)),
  );
