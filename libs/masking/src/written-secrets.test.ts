/** Whatever a secret is made of, in whichever two ways it is written one within the other, and wherever that was cut. */
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
  (text) => JSON.stringify(new Uint8Array(Buffer.from(text))),
  (text) => JSON.stringify(Object.assign({}, Array.from(text))),
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

const masked = (value: string, text: string): void => {
  for (const mask of [secretMask([value]), passwordMask([value]), profileMask([JSON.stringify([value])])])
    expect(mask(text)).toContain(mask.replacement);
};

it('a secret is masked in bytes that are escaped', () => {
  fc.assert(
    fc.property(secret, fc.constantFrom(...ENCODINGS.slice(0, 2)), fc.constantFrom(...ESCAPES), (value, inner, outer) =>
      masked(value, outer(inner(value))),
    ),
    { numRuns: 300, seed: 1 },
  );
});

const LAST = 'Zq7kP9';
/** What is written of a secret up to its last six characters. */
const beginningOf = (value: string, write: Write): string => {
  const [text, other] = [value, value.slice(0, -LAST.length) + LAST.replace('Z', 'Y')].map(write);
  return (text as string).slice(
    0,
    Array.from(text as string).findIndex((_, at) => text?.[at] !== other?.[at]),
  );
};

const SIGNS: readonly Write[] = [
  (text) => `${text}\u2026`,
  (text) => 'Looked for in every row. '.repeat(11) + text,
  (text) => `'${text}'... 12 more characters`,
  (text) => `Received type string ('${text}...')`,
];

it('the beginning of a secret is masked where a text was cut within it, in whichever two ways it is written', () => {
  fc.assert(
    fc.property(
      ...[secret, fc.constantFrom(...ESCAPES), fc.constantFrom(...ESCAPES, ...ENCODINGS), fc.constantFrom(...SIGNS)],
      (value, inner, outer, sign) => masked(value, sign(beginningOf(value, (text) => outer(inner(text))))),
    ),
    { numRuns: 1_000, seed: 1 },
  );
});

it.each([1, 2, 3, 4])('%i characters further on, in the midst of an escape, too', (further) => {
  const value = 'Zq7k W9+x/y&"O\'B\u00fc';
  for (const inner of ESCAPES)
    for (const outer of [...ESCAPES, ...ENCODINGS]) {
      const whole = outer(inner(`${value}&&&${LAST}`));
      const end = beginningOf(`${value}&&&${LAST}`, (text) => outer(inner(text))).length - further;
      for (const sign of SIGNS) masked(`${value}&&&${LAST}`, sign(whole.slice(0, end)));
    }
});
