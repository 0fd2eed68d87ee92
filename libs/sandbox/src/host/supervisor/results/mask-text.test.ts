import { describe, expect, it } from 'vitest';
import { profileMask, secretMask } from './mask-text.ts';

const SECRET = 'S3cr&t p/ss+wörd';

describe('secret values', () => {
  const mask = secretMask([SECRET, 'short', 'postgres://owner:h%40rdPassw0rd@db.test:5432/users']);

  it('are masked as they are, whatever their case', () => {
    expect(mask(`login with ${SECRET}!`)).toBe('login with [masked]!');
    expect(mask(SECRET.toUpperCase())).not.toContain('S3CR&T');
  });

  it('are masked URL-encoded', () => {
    expect(mask(`x=${encodeURIComponent(SECRET)}&y`)).toBe('x=[masked]&y');
    expect(mask(new URLSearchParams({ x: SECRET }).toString())).not.toContain('S3cr');
  });

  it('are masked in base64, alone and at any place inside a longer text', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
      const inside = Buffer.from(`${before}${SECRET}:more`).toString('base64');
      expect(mask(inside)).toContain('[masked]');
      expect(mask(Buffer.from(`${before}${SECRET}`).toString('base64url'))).toContain('[masked]');
    }
  });

  it('are masked as JSON writes them', () => {
    expect(secretMask(['line\n"quoted"'])(JSON.stringify({ a: 'line\n"quoted"' }))).toBe('{"a":"[masked]"}');
  });

  it('hold the password inside a URI, encoded or not', () => {
    expect(mask('password h@rdPassw0rd refused, h%40rdPassw0rd too')).toBe('password [masked] refused, [masked] too');
  });

  it('of less than 6 characters are left, or every text would be full of holes', () => {
    expect(mask('short')).toBe('short');
  });

  it('may look like the mask itself, or like a pattern', () => {
    expect(secretMask(['masked', '.*.*.*', 'a-b\\c[d]/{e}'])('masked .*.*.* a-b\\c[d]/{e} anything')).toContain(
      'anything',
    );
  });
});

describe('a user’s data', () => {
  const mask = profileMask([
    JSON.stringify([{ email: 'Ann@Example.test', phone: null }, 'hunter2', { request: { ip: '10.1.1.1' } }]),
    JSON.stringify({ id: 7, customData: { deep: [{ note: 'likes tea' }] }, nickname: 'Ann' }),
  ]);

  it('is redacted at any depth, of arguments and result, whatever its case', () => {
    const text = 'ann@example.TEST with hunter2 from 10.1.1.1 likes tea';
    expect(mask(text)).toBe('[redacted] with [redacted] from [redacted] [redacted]');
  });

  it('of less than 4 characters is left', () => {
    expect(mask('Ann')).toBe('Ann');
  });

  it('withholds the whole text when there is too much to look for', () => {
    const many = Array.from({ length: 3000 }, (_, index) => `user-${index}`);
    expect(profileMask([JSON.stringify(many)])('found user-7')).toBe('[redacted]');
  });
});
