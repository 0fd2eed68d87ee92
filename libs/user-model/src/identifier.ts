import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { byteLength, textProblem } from './text.ts';

/** The kinds of identifier, in the order in which they are checked and locked. */
export const IDENTIFIER_KINDS = ['email', 'phone', 'username'] as const;

export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** What a user types to say who they are: `value` as given. */
export type Identifier = { readonly kind: IdentifierKind; readonly value: string };

/** Longest identifier, as given and as compared, in bytes of UTF-8: an index entry has to hold it. */
const IDENTIFIER_BYTES_MAX = 1024;

/** A number as people and address books write it: without marks of direction, `tel:`, and brackets around the country. */
const plainPhone = (value: string): string =>
  value
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replace(/^tel:/i, '')
    .replace(/^\((\+\d+)\)/, '$1');

const phoneKey = (value: string): string => {
  // Of the whole text or not at all: a number that is dug out of other text is somebody else's.
  const hasOther = /;(?!ext=)/i.test(value);
  const parsed = hasOther ? undefined : parsePhoneNumberFromString(plainPhone(value), { extract: false });
  if (!parsed?.isPossible()) return value.trim();
  // Two extensions of one switchboard are two people.
  return parsed.ext ? `${parsed.number};ext=${parsed.ext}` : parsed.number;
};

/** Composed before and after: of a capital letter with its accent there may be no single character, where of the small one there is. */
const emailKey = (value: string): string => value.trim().normalize('NFC').toLowerCase().normalize('NFC');

const KEYS: Readonly<Record<IdentifierKind, (value: string) => string>> = {
  email: emailKey,
  phone: phoneKey,
  username: (value) => value.normalize('NFC'),
};

/**
 * The form in which two identifiers of one kind are compared: e-mail without regard to case, username with it, phone
 * in E.164 where it parses (a number without a country code does not and is compared as given). Source: contract,
 * "The two modes".
 */
export const identifierKey = (identifier: Identifier): string => KEYS[identifier.kind](identifier.value);

/** What is wrong with an identifier, as the end of a sentence that starts with its name, or `undefined`. */
export const identifierProblem = (identifier: Identifier): string | undefined => {
  if (identifier.value.trim() === '') return 'must not be empty';
  // Of a phone number only what is far shorter is parsed (250 characters): its key is not longer than it, or short.
  const texts = identifier.kind === 'phone' ? [identifier.value] : [identifier.value, identifierKey(identifier)];
  const tooLong = texts.some((text) => byteLength(text) > IDENTIFIER_BYTES_MAX);
  return tooLong ? `must be at most ${IDENTIFIER_BYTES_MAX} bytes` : textProblem(identifier.value);
};
