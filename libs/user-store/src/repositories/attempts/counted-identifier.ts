import { type Identifier, identifierKey } from '@userferry/user-model';

// As the loosest collations compare: without regard to case, marks, circles around it, or which script a digit is of.
const { compare } = new Intl.Collator('und', { sensitivity: 'base' });

const isNothing = (character: string): boolean => compare(character, '') === 0;

/** The first and last of digits, of Latin, Greek, Cyrillic, Hebrew and Arabic letters, and of kana. */
const PLAIN_RANGES = ['09', 'AZ', 'ΑΩ', 'АЯ', 'את', 'ءي', 'ぁゖ'];

const charactersOf = (range: string): string[] => {
  const [first, last] = [range.charCodeAt(0), range.charCodeAt(1)];
  return Array.from({ length: last - first + 1 }, (_, nth) => String.fromCharCode(first + nth));
};

const PLAIN = PLAIN_RANGES.flatMap(charactersOf)
  .filter((character) => !isNothing(character))
  .sort(compare);

/** The first plain character that is the same as this one; this one, where there is none. */
const plainOf = (character: string): string => {
  if (isNothing(character)) return '';
  let [from, to] = [0, PLAIN.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compare(PLAIN[middle] as string, character) < 0) from = middle + 1;
    else to = middle;
  }
  const plain = PLAIN[from] ?? '';
  return compare(plain, character) === 0 ? plain : character;
};

const loose = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[^\p{ASCII}\p{Script=Han}]/gu, plainOf)
    // The ornament weighs nothing in MySQL's utf8mb4_unicode_ci.
    .replace(/[\p{M}\p{C}\p{Z}۞]/gu, '')
    .toLowerCase()
    .toUpperCase()
    .replaceAll('Æ', 'AE')
    .replaceAll('Œ', 'OE')
    // MySQL's utf8mb4_general_ci has ß for one S where others have two, and everything past U+FFFF for one character.
    .replace(/S+/g, 'S')
    .replace(/[\u{10000}-\u{10FFFF}]/gu, '\uFFFD');

/**
 * The form of an identifier by which guesses at it are counted together: spellings that some legacy user store takes for
 * the same person have one. Never the form by which a user is stored or found: two people may share it. Source: weights of
 * MariaDB's collations general_ci, unicode_ci, unicode_520_ci and uca1400_ai_ci, character by character; it leaves few
 * letters of old scripts apart that some of them do not. A phone number is its digits.
 */
export const countedForm = (identifier: Identifier): string => {
  const text = loose(identifierKey(identifier));
  if (identifier.kind !== 'phone') return text;
  return text.replace(/\D/g, '').replace(/^0+/, '') || text;
};
