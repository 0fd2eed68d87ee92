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

/** As a form has it; what is not encoded stays. */
const fromForm = (text: string): string =>
  text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());

/** As JSON has a text within a text. Line ends and their like stand in no password that somebody types. */
const fromJson = (text: string): string =>
  text
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\(["\\/])/g, '$1');

/** The ways in which a body that is kept as text may be meant. */
const readingsOf = (text: string): ReadonlySet<string> =>
  new Set([text, fromForm(text), fromJson(text), fromForm(fromJson(text))]);

const holds = (text: string, passwords: readonly string[]): boolean =>
  Array.from(readingsOf(text)).some((reading) =>
    passwords.some((password) => password !== '' && standsIn(reading, password)),
  );

/**
 * What the edge received, for scripts: without the passwords of the call, which a script has as an argument and nowhere else,
 * and without fields that are named as passwords are, at any depth. Recursion: bound the depth first.
 */
export const bodyWithoutPasswords = (body: JsonObject, passwords: readonly string[]): JsonObject =>
  objectWithoutCredentials(body, (value) => typeof value === 'string' && holds(value, passwords));
