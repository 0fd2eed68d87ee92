import type { Identifier } from './identifier.ts';

/** What people and programs write into a column that may not be empty, by its letters and digits. */
const WORDS: ReadonlySet<string> = new Set([
  ...['none', 'null', 'nil', 'na', 'nan', 'no', 'noemail', 'nomail', 'unknown', 'undefined', 'empty', 'missing'],
  ...['keine', 'unbekannt', 'ninguno', 'aucun', 'nessuno', 'нет', '无', '無', '暂无', 'なし', '없음'],
]);

/**
 * Whether it is what databases have where there is no e-mail (`none`, `n/a`, `-`) or no phone (no digit in it but zeros). Taken as
 * an identifier, it would be the first user's, and keep out all others who have it, too. A name without @ is an e-mail as given:
 * there are old systems in which people log in by what is in that column.
 */
export const standsForNone = ({ kind, value }: Identifier): boolean => {
  const plain = value.normalize('NFKC').toLowerCase();
  if (kind === 'phone') return !/[^\P{N}0]/u.test(plain);
  const letters = plain.replace(/[^\p{L}\p{N}]/gu, '');
  return kind === 'email' && !plain.includes('@') && (letters === '' || WORDS.has(letters));
};
