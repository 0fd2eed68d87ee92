import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { secretMask } from './mask-text.ts';

const mask = secretMask([]);
/** So many characters of the alphabet in which crypt(3) writes. */
const crypt = (length: number): string => './0Ab9Zq7Rt'.repeat(9).slice(0, length);
const hex = (length: number): string => '0a1b2c3d'.repeat(16).slice(0, length);
const base64 = (bytes: number): string => Buffer.alloc(bytes, 'some+bytes/').toString('base64');

const BCRYPT = `$2b$10$${crypt(53)}`;
const HASHES: readonly (readonly [string, string])[] = [
  ...['2', '2a', '2b', '2x', '2y'].map((kind) => [`bcrypt ${kind}`, `$${kind}$12$${crypt(53)}`] as const),
  ['argon2id', `$argon2id$v=19$m=65536,t=3,p=4$${base64(16)}$${base64(32)}`],
  ['argon2i', `$argon2i$m=65536,t=2,p=1$${base64(12)}$${base64(32)}`],
  ['scrypt', `$scrypt$ln=16,r=8,p=1$${base64(16)}$${base64(32)}`],
  ['passlib’s pbkdf2', `$pbkdf2-sha256$29000$${crypt(22)}$${crypt(43)}`],
  ['passlib’s bcrypt-sha256', `$bcrypt-sha256$v=2,t=2b,r=12$${crypt(22)}$${crypt(31)}`],
  ['md5-crypt', `$1$${crypt(8)}$${crypt(22)}`],
  ['Apache’s', `$apr1$${crypt(8)}$${crypt(22)}`],
  ['sha256-crypt', `$5$rounds=5000$${crypt(16)}$${crypt(43)}`],
  ['sha512-crypt', `$6$${crypt(16)}$${crypt(86)}`],
  ['yescrypt', `$y$j9T$${crypt(22)}$${crypt(43)}`],
  ['crypt’s scrypt', `$7$CU..../....${crypt(22)}$${crypt(43)}`],
  ['WordPress', `$P$B${crypt(30)}`],
  ['phpBB', `$H$9${crypt(30)}`],
  ['Drupal 7', `$S$D${crypt(51)}`],
  ['LDAP', `{SSHA}${base64(28)}`],
  ['LDAP, SHA-512', `{SSHA512}${base64(72)}`],
  ['LDAP, crypt', `{CRYPT}$6$${crypt(8)}$${crypt(86)}`],
  ['Spring', `{bcrypt}${BCRYPT}`],
  ['Django', `pbkdf2_sha256$720000$${crypt(22)}$${base64(32)}`],
  ['Django of old', `sha1$${hex(5)}$${hex(40)}`],
  ['Django, argon2', `argon2$argon2id$v=19$m=102400,t=2,p=8$${base64(16)}$${base64(32)}`],
  ['Werkzeug', `pbkdf2:sha256:260000$${crypt(16)}$${hex(64)}`],
  ['Werkzeug, scrypt', `scrypt:32768:8:1$${crypt(16)}$${hex(128)}`],
  ['PostgreSQL', `SCRAM-SHA-256$4096:${base64(16)}$${base64(32)}:${base64(32)}`],
  ['PostgreSQL of old', `md5${hex(32)}`],
  ['MySQL', `*${hex(40).toUpperCase()}`],
  ['ASP.NET Identity', `AQAAAAEAACcQAAAAE${Buffer.alloc(48, 7).toString('base64').slice(0, 67)}`],
];

describe('a password hash that no argument, result or variable holds', () => {
  it.each(HASHES)('is masked: %s', (_, hash) => {
    expect(mask(`row: '${hash}' (found)`)).toBe("row: '[masked]' (found)");
    expect(mask(JSON.stringify({ hash }))).toBe('{"hash":"[masked]"}');
  });

  it.each(HASHES)('is masked URL-encoded, in base64 and as bytes: %s', (_, hash) => {
    const bytes = Buffer.from(`id=7;${hash}`);
    for (const text of [
      new URLSearchParams({ hash }).toString(),
      ...[0, 1, 2].map((shift) => Buffer.from(`${':'.repeat(shift)}${hash} and more`).toString('base64url')),
      bytes.toString('hex'),
      inspect(Buffer.from(hash)),
      inspect(new Uint8Array(bytes)),
      JSON.stringify(bytes),
    ])
      expect(mask(text), text).toContain('[masked]');
    const printed = mask(`Basic ${bytes.toString('base64')}, ${bytes.toString('hex')}, ${JSON.stringify(bytes)}`);
    expect(printed).toBe('Basic [masked], [masked], {"type":"Buffer","data":[[masked]]}');
  });

  it('is masked when it is cut off', () => {
    for (const length of [10, 20, 40]) expect(mask(`starts ${BCRYPT.slice(0, length)}`)).toBe('starts [masked]');
  });

  it('leaves what stands beside it', () => {
    expect(mask(`a ${BCRYPT} b ${BCRYPT}|c`)).toBe('a [masked] b [masked]|c');
  });

  it('and a secret variable that overlap are masked together', () => {
    const secret = `pepper-${BCRYPT.slice(0, 20)}`;
    expect(secretMask([secret])(`uses ${secret}${BCRYPT.slice(20)}!`)).toBe('uses [masked]!');
    const inside = crypt(53).slice(20, 30);
    expect(secretMask([inside])(`uses ${BCRYPT}!`)).toBe('uses [masked]!');
  });
});

it.each([
  'SELECT * FROM users WHERE email = $1 AND kind = $2 OR id = $10',
  'it costs $5, or $6$ in all; $1$2',
  'connect ECONNREFUSED 10.0.0.7:5432',
  'row { id: 12, name: "sha1 of md5", hash: null }',
  '7b0f3a52-61c1-4f0a-9d2b-3c1f5a8e9d10',
  '2026-11-24T12:00:00.000Z, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLW5vdGhpbmc',
  '{sha} and {bcrypt} are names; argon2$ too; $argon2id$',
  '5d41402abc4b2a76b9719d911017c592',
])('what has no such shape is left: %s', (text) => expect(mask(text)).toBe(text));

describe('a line that is made to be slow', () => {
  const LINE = 16 * 1024;
  const filled = (part: string): string => part.repeat(Math.ceil(LINE / part.length)).slice(0, LINE);
  // A pattern that goes back and forth would take minutes for these; a millisecond or a few is what they take.
  it.each([
    '$2b$',
    '$2b$10$',
    `$2b$10$${crypt(52)}`,
    '%24',
    '$',
    '$6$rounds=1$',
    '$6$aaaaaaaaaaaaaaaa',
    '$argon2id$',
    '$pbkdf2-',
    '$y$a$',
    '{ssha}',
    '{pbkdf2-',
    'md5$',
    'pbkdf2:a:',
    'scrypt:1:1:1$',
    'SCRAM-SHA-256$',
    'AQAAAA',
    '*0',
    'a',
    'ab ',
    '1,',
    '1, '.padEnd(10),
    '36,50,98,36,',
  ])('is looked through at once: %s again and again', (part) => {
    const started = performance.now();
    mask(filled(part));
    mask(`${filled(part)}\n!`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
