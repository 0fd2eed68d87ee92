import type { Span } from './find-needles.ts';

// Every repetition is bounded or is of one class of characters that what follows it does not begin with: linear time.
const D = String.raw`(?:\$|%24)`;
const CRYPT = '(?:[./A-Za-z0-9]|%2F)';
const LOOSE = String.raw`(?:[\w+/=.,:$-]|%(?:2[4BCF]|3[AD]))`;

/** How password hashes are written down, URL-encoded or not. Cut-off ones count, once they say more than their scheme. */
const SHAPES: readonly string[] = [
  // bcrypt, with the letters that implementations gave it
  `${D}2[abxy]?${D}\\d{1,2}${D}${CRYPT}{1,53}`,
  // argon2, scrypt, pbkdf2 and bcrypt-sha256 in the PHC string format and passlib's
  `${D}(?:argon2(?:id?|d)|scrypt|pbkdf2(?:-[\\w-]{1,16})?|bcrypt-sha256)${D}${LOOSE}+`,
  // crypt(3): MD5 and Apache's, SHA-256 and SHA-512, yescrypt and its kin, scrypt
  `${D}(?:1|apr1)${D}${CRYPT}{0,8}${D}${CRYPT}{8,22}`,
  `${D}[56]${D}(?:rounds(?:=|%3D)\\d{1,9}${D})?(?:[^$%\\s]|%2F){0,16}${D}${CRYPT}{8,86}`,
  `${D}g?y${D}${CRYPT}{1,16}${D}${CRYPT}{0,86}${D}${CRYPT}{8,64}`,
  `${D}7${D}${CRYPT}{11,64}${D}${CRYPT}{8,64}`,
  // phpass (WordPress, phpBB), Drupal 7
  `${D}[PH]${D}${CRYPT}{8,31}`,
  `${D}S${D}${CRYPT}{8,52}`,
  // RFC 2307 ({SSHA}, {CRYPT}) and Spring's {bcrypt}
  `(?:\\{|%7B)(?:s?sha(?:1|-?\\d{3})?|s?md5|crypt|bcrypt|scrypt|argon2|pbkdf2[\\w-]{0,16})(?:\\}|%7D)${LOOSE}{8,}`,
  // Django, and before it sha1$…; Werkzeug's pbkdf2:sha256:…$
  `\\b(?:pbkdf2_sha\\d{1,3}|bcrypt(?:_sha256)?|argon2|scrypt|sha1|md5)${D}${LOOSE}{16,}`,
  `\\b(?:pbkdf2|scrypt)(?:(?::|%3A)\\w{1,10}){1,3}${D}${LOOSE}{16,}`,
  // what PostgreSQL and MySQL keep of their users' passwords, ASP.NET Identity
  `\\bSCRAM-SHA-\\d{1,3}${D}${LOOSE}{16,}`,
  '\\bmd5[0-9a-f]{32}\\b',
  '\\*[0-9A-F]{40}\\b',
  '\\bAQAAAA[A-Za-z0-9+/]{40,}={0,2}',
];

const SHAPE = new RegExp(SHAPES.join('|'), 'gi');

/** Where a text has something that has the shape of a password hash. Nothing of it is compared with anything: it may be a hash
 * that the script read and never returned. Bare hex digests (MD5, SHA-1 without a name) have no shape of their own. */
export const findHashes = (text: string): readonly Span[] =>
  Array.from(text.matchAll(SHAPE), ({ 0: found, index }) => [index, index + found.length] as const);

export const holdsHash = (text: string): boolean => text.search(SHAPE) !== -1;
