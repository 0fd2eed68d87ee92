import { describe, expect, it } from 'vitest';
import { identifierKey, identifierProblem } from './identifier.ts';

const key = (kind: 'email' | 'username' | 'phone', value: string) => identifierKey({ kind, value });

describe('an identifier', () => {
  it('compares e-mail without regard to case', () => {
    expect(key('email', 'Ada@Example.COM')).toBe(key('email', 'ada@example.com'));
  });

  it.each([
    ['J\u030cana', '\u01f0ana'],
    ['\u03aa\u0301', '\u0390'],
    ['T\u0308om', '\u1e97om'],
  ])('compares e-mail without regard to case where %j alone is no single character', (capital, small) => {
    expect(key('email', `${capital}@example.com`)).toBe(key('email', `${small}@example.com`));
  });

  it('compares usernames with regard to case', () => {
    expect(key('username', 'Ada')).not.toBe(key('username', 'ada'));
  });

  it('compares phone numbers in E.164 where they parse', () => {
    expect(key('phone', '+86 138-0013-8000')).toBe('+8613800138000');
  });

  it('compares a phone number without a country code as it was given', () => {
    expect(key('phone', '13800138000')).toBe('13800138000');
  });

  it.each([
    '+1 (213) 373-4253',
    '(+1) 213 373 4253',
    'tel:+1-213-373-4253',
    ' \u200e+1\u00a0213.373.4253\u202c ',
    '+1 ２１３ ３７３ ４２５３',
  ])('takes %s for the phone number that it is', (value) => expect(key('phone', value)).toBe('+12133734253'));

  it.each([
    'evil +12133734253',
    '+12133734253@home',
    '+12133734253 home',
    '+12133734253a',
    '+12133734253;isub=evil',
    'tel:3734253;phone-context=+1213',
    '3734253;phone-context=+1213',
  ])('is not taken for the phone number that is somewhere in %s', (value) => expect(key('phone', value)).toBe(value));

  it('keeps two extensions of one number apart', () => {
    expect(key('phone', '+1 213 373 4253 ext. 1')).not.toBe(key('phone', '+1 213 373 4253 ext. 2'));
  });

  it('takes the two Unicode spellings of one letter for the same', () => {
    expect(key('username', 'e\u0301')).toBe(key('username', '\u00e9'));
  });

  it.each([
    ['', 'must not be empty'],
    [' ', 'must not be empty'],
    ['a'.repeat(1025), 'must be at most 1024 bytes'],
    ['a\u0000b', 'must not hold a NUL character'],
    ['a\ud800', 'must be valid Unicode'],
  ])('is refused when no index could hold it (%#)', (value, problem) => {
    expect(identifierProblem({ kind: 'username', value })).toBe(problem);
  });

  it('is measured in the form in which it is compared, too', () => {
    expect(identifierProblem({ kind: 'email', value: 'İ'.repeat(400) })).toBe('must be at most 1024 bytes');
  });
});
