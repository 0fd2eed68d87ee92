/** Whatever a secret is made of, and in whichever two ways it is written one within the other. */
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { passwordMask, profileMask, secretMask } from './mask-text.ts';

type Write = (text: string) => string;

const escaped = (text: string, pattern: RegExp, write: (char: string) => string): string =>
  text.replace(pattern, write);
const IN_SQL: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t' };

const ESCAPES: readonly Write[] = [
  (text) => `it is ${text} there`,
  (text) => JSON.stringify({ text }),
  (text) =>
    escaped(JSON.stringify({ text }), /[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  (text) => inspect({ text }),
  (text) => `/users?q=${encodeURIComponent(text)}&page=1`,
  (text) => new URLSearchParams({ text, page: '1' }).toString(),
  (text) => Object.assign(new URL('https://api.example/'), { username: 'app', password: text }).href,
  (text) => `WHERE a = '${escaped(text, /[\n\t\\'"]/g, (char) => IN_SQL[char] ?? `\\${char}`)}' AND b`,
  (text) => `WHERE a = '${text.replaceAll("'", "''")}' AND b`,
  (text) => `<p title="x">${escaped(text, /[&<"']/g, (char) => `&#${char.charCodeAt(0)};`)}</p>`,
];
const ENCODINGS: readonly Write[] = [
  (text) => `Basic ${Buffer.from(text).toString('base64')}`,
  (text) => Buffer.from(text).toString('hex'),
  (text) => JSON.stringify(Buffer.from(text)),
  (text) => inspect(new Uint8Array(Buffer.from(text)), { maxArrayLength: null }),
];

const char = fc.constantFrom(...`abXY019 '"\`\\%&+/~!@=?#;:<>(){}[]$^*|,.-_üé\n\t`);
const secret = fc
  .tuple(
    char,
    fc.constantFrom('Zq7', 'k9W'),
    fc.string({ unit: char, minLength: 5, maxLength: 12 }),
    fc.constant('Zq7kP9'),
  )
  .map((parts) => parts.join(''));

it('a secret is masked in whichever two ways it is written, one within the other', () => {
  fc.assert(
    fc.property(
      secret,
      fc.constantFrom(...ESCAPES),
      fc.constantFrom(...ESCAPES, ...ENCODINGS),
      (value, inner, outer) => {
        const text = outer(inner(value));
        expect(secretMask([value])(text)).toContain('[masked]');
        expect(passwordMask([value])(text)).toContain('[masked]');
        expect(profileMask([JSON.stringify([value])])(text)).toContain('[redacted]');
      },
    ),
    { numRuns: 1_000, seed: 1 },
  );
});
