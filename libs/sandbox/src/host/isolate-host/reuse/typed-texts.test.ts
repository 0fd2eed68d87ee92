/** What tells the sessions of a run's users from those of the script. */
import { describe, expect, it } from 'vitest';
import { credentialMark, credentialsIn } from './session-key.ts';
import { createTypedTexts } from './typed-texts.ts';

const SCOPE = 'scope';
const holds = (args: unknown, ...texts: readonly string[]): boolean =>
  createTypedTexts(JSON.stringify(args), SCOPE).holdAny(texts.map((text) => credentialMark(SCOPE, text)));

describe('the arguments of a run', () => {
  it.each<[string, unknown, string]>([
    ['a text', ['x', 'secret', {}], 'secret'],
    ['one deep below', [{ a: [null, true, { b: ['secret'] }] }], 'secret'],
    ['a number', [{ pin: 1234 }], '1234'],
    ['one of other letters', ['пароль'], 'пароль'],
  ])('hold %s', (_what, args, text) => {
    expect(holds(args, 'other', text)).toBe(true);
  });

  it.each<[string, unknown, string]>([
    ['a name of a field', [{ secret: 1 }], 'secret'],
    ['a part of a text', ['secret word'], 'secret'],
    ['other capitals', ['Secret'], 'secret'],
  ])('do not hold %s', (_what, args, text) => {
    expect(holds(args, text)).toBe(false);
  });

  it('are those before the context, whose pool may be named as a database’s user is', () => {
    expect(holds(['typed', 'typed too', { app: { name: 'acme' } }], 'acme')).toBe(false);
    expect(holds([{ username: 'acme' }, { app: {} }], 'acme')).toBe(true);
  });

  it('may hold anything where they are not known, and are not looked at where nothing is let in by a name', () => {
    const unknown = createTypedTexts(undefined, SCOPE);
    expect(unknown.holdAny([credentialMark(SCOPE, 'x')])).toBe(true);
    expect(unknown.holdAny([])).toBe(false);
    expect(createTypedTexts('no JSON', SCOPE).holdAny([])).toBe(false);
  });
});

describe('the credentials in a key', () => {
  const mark = (text: string): string => credentialMark(SCOPE, text);

  it('are what stands in its first line, without what is empty', () => {
    expect(credentialsIn(SCOPE, 'pg', 'pg ["ann","a\\nb",null,""]\n["[",["other"]]')).toEqual([
      mark('ann'),
      mark('a\nb'),
    ]);
    expect(credentialsIn(SCOPE, 'mongodb', 'mongodb []\n[]')).toEqual([]);
    expect(credentialsIn(SCOPE, 'http', 'http ')).toEqual([]);
  });

  it.each(['pg ', 'pg {}\n', 'pg ["ann"]', 'pg ["ann"\n["b"]', 'pg null\n'])('are not known of %j', (key) => {
    expect(credentialsIn(SCOPE, 'pg', key)).toBeUndefined();
  });
});
