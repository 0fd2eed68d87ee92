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

  it.each([
    [
      'a list of MongoDB hosts',
      'mongodb://app:Zebra-Secret-99@db1.example:27017,db2.example:27017/users?replicaSet=rs',
    ],
    ['a list of PostgreSQL hosts', 'postgres://app:Zebra-Secret-99@h1:5432,h2:5432/x'],
    ['SQL Server', 'Server=db.example;User Id=app;Password=Zebra-Secret-99;Encrypt=true'],
    ['JDBC', 'jdbc:mysql://db/x?user=app&password=Zebra-Secret-99&ssl=true'],
    ['libpq', `host=db user=app password='Zebra-Secret-99' dbname=x`],
  ])('hold the password inside a connection string of %s', (_, value) => {
    expect(secretMask([value])(`{ user: 'app', password: 'Zebra-Secret-99' }`)).toBe(
      `{ user: 'app', password: '[masked]' }`,
    );
  });

  it.each([
    ['postgres://app:pa/ss@word1@db/x', 'pa/ss@word1'],
    ['mongodb://app:p%40ssw%2Frd@h1,h2/x', 'p@ssw/rd'],
    ['Server=db;Pwd="semi;colon and space";', 'semi;colon and space'],
  ])('hold one inside %s that is written down badly, or encoded', (value, password) => {
    expect(secretMask([value])(`no ${password}!`)).toBe('no [masked]!');
  });

  it('withhold the whole text when there are too many to look for', () => {
    const many = Array.from({ length: 501 }, (_, n) => `secret number ${n}`);
    expect(secretMask(many)('harmless')).toBe('[masked]');
    expect(secretMask(many.slice(1))('harmless, and secret number 7')).toBe('harmless, and [masked]');
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

describe('texts and needles that are made to take long', () => {
  const text = 'a'.repeat(16_000);
  it.each([
    ['that all begin alike and are not there', Array.from({ length: 1_990 }, (_, n) => `${'a'.repeat(n + 4)}b`)],
    ['that are there everywhere', Array.from({ length: 1_990 }, (_, n) => 'a'.repeat(n + 4))],
  ])('are withheld: strings %s', (_, strings) => {
    const mask = profileMask([JSON.stringify(strings)]);
    expect(Array.from({ length: 4 }, () => mask(text))).toEqual(Array(4).fill('[redacted]'));
  });

  it('are no reason to fail, nor to repeat a secret: one of any length', () => {
    const secret = '\u{10400}k'.repeat(20_000);
    expect(secretMask([secret])(`x ${secret} y`)).toMatch(/^(?:x )?\[masked\](?: y)?$/);
  });
});
