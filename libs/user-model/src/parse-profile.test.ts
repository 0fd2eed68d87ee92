import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProfile, parseProfileJson, problemsText } from './parse-profile.ts';

const parsed = (value: unknown) => {
  const result = parseProfile(value);
  if (!result.ok) throw new Error(problemsText(result.problems));
  return result;
};
const problems = (value: unknown) => {
  const result = parseProfile(value);
  return result.ok ? [] : result.problems.map(({ message }) => message);
};

describe('parseProfile', () => {
  it('keeps the type of the legacy id', () => {
    expect(parsed({ id: 1 }).externalId).toBe(1);
    expect(parsed({ id: '1' }).externalId).toBe('1');
  });

  it.each([{}, { id: null }, { id: '' }])('misses the id of %j', (value) => {
    expect(problems(value)).toEqual(["id is missing: a profile needs the user's id"]);
  });

  it('refuses a number that has lost digits as an id, since two people would become one', () => {
    expect(problems({ id: 2 ** 53 })).toEqual(['id is a number too large to be exact: return it as a string']);
  });

  it('names every field that is wrong and what it must be', () => {
    const value = { id: true, email: 5, emailVerified: 'yes', loginsCount: '3', gender: 'male', lastLogin: 'soon' };
    expect(problems(value)).toEqual([
      'id must be a string or a finite number',
      'email must be a string',
      'emailVerified must be a boolean (or 0 or 1)',
      'loginsCount must be a whole number from 0',
      'gender must be "M", "F" or "U"',
      'lastLogin must be a date in ISO 8601',
    ]);
  });

  it('allows null everywhere but in id, and takes it for absent', () => {
    expect(parsed({ id: 1, email: null, customData: null, registerSource: null }).profile).toEqual({});
  });

  it('takes the 0 and 1 of MySQL for booleans', () => {
    expect(parsed({ id: 1, emailVerified: 1, blocked: 0 }).profile).toEqual({ emailVerified: true, blocked: false });
  });

  it('accepts lastIP for lastIp', () => {
    expect(parsed({ id: 1, lastIP: '10.0.0.1' }).profile).toEqual({ lastIp: '10.0.0.1' });
  });

  it('takes an empty identifier for none, so that such users do not collide', () => {
    expect(parsed({ id: 1, email: '', phone: ' ', username: 'ada' }).profile).toEqual({ username: 'ada' });
  });

  it('moves unknown fields to customData, whose own values win', () => {
    const value = { id: 1, department: 'x', level: 1, customData: { level: 2 } };
    expect(parsed(value).profile).toEqual({ customData: { department: 'x', level: 2 } });
  });

  it.each([
    ...['password', 'passwd', 'PWD', 'password_hash', 'passwordHash', 'hash', 'salt', 'encrypted_password'],
    ...['pass', 'user_pass', 'passMd5', 'md5_pass', 'sha1_pw', 'pass2', 'psw'],
    ...['Passwort', 'KENNWORT_ALT', 'mot_de_passe', 'mdp', 'contraseña', 'contrasena', 'senha', 'clave', 'hasło'],
    ...['пароль', '密码', '登录密码', 'mima', 'パスワード', '비밀번호'],
  ])('drops %s, in customData too', (name) => {
    const value = { id: 1, [name]: 'hunter2', customData: { row: [{ [name]: 'hunter2' }] } };
    expect(parsed(value).profile).toEqual({ customData: { row: [{}] } });
  });

  it.each([
    '$2b$10$abcdefghijklmnopqrstuv',
    '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA',
    'pbkdf2_sha256$260000$abc$def',
    '{SSHA}W6ph5Mm5Pz8GgiULbPgz',
    '$P$B12345678901234567890',
    '$S$D12345678901234567890',
    '$apr1$abcdefgh$0123456789abcdefghijkl',
    '$wp$2y$10$abcdefghijklmnopqrstuv',
    'sha1$0a1b2$0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d',
    'pbkdf2:sha256:260000$salt$0a1b2c3d',
    'scrypt:32768:8:1$salt$0a1b2c3d',
    '{SSHA512}W6ph5Mm5Pz8GgiULbPgz',
    'SCRAM-SHA-256$4096:c2FsdA==$a2V5',
    'md50a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d',
    '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19',
    'AQAAAAEAACcQAAAAEBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc',
  ])('drops a value that is a password hash whatever its name (%s)', (hash) => {
    expect(JSON.stringify(parsed({ id: 1, legacy: hash, customData: { list: [hash, 'x'] } }))).not.toContain(hash);
  });

  it.each([
    ...['none', 'n/a', '-', '<NULL>', 'No e-mail', '无', ' '].map((value) => ['email', value] as const),
    ...['-', '0', '000-000 00', 'n/a', '+'].map((value) => ['phone', value] as const),
  ])('takes for no %s what stands for none in a database: %s', (kind, value) => {
    expect(parsed({ id: 1, [kind]: value, username: 'a' }).profile).toEqual({ username: 'a' });
  });

  it.each([
    ['email', 'a＠x.example'],
    ['email', '@'],
    ['email', 'admin'],
    ['email', 'nina'],
    ['email', 'none@x.example'],
    ['phone', '٤٩ ١٧٠'],
    ['phone', '0171'],
    ['phone', 'ext 4'],
    ['username', '-'],
    ['username', 'n/a'],
  ] as const)('keeps a %s as given: %s', (kind, value) => {
    expect(parsed({ id: 1, [kind]: value }).profile).toEqual({ [kind]: value });
  });

  it('keeps what only looks a little like one', () => {
    const customData = {
      boarding_pass: 'LH-471',
      passport: 'C01X00T47',
      compass: 'N',
      price: '$5 or $6',
      sku: '*NEW*',
      id: '0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d',
      level: 'md5',
      template: '{sha}',
    };
    expect(parsed({ id: 1, customData }).profile).toEqual({ customData });
  });

  it.each([
    [{ nickname: 'a'.repeat(4097) }, 'nickname must be at most 4096 bytes'],
    [{ photo: 'a'.repeat(8193) }, 'photo must be at most 8192 bytes'],
    [
      { customData: { a: 'b'.repeat(65536) } },
      'customData must be at most 65536 bytes as JSON, unknown fields included',
    ],
    [{ nickname: '\u0000' }, 'nickname must not hold a NUL character'],
    [{ other: ['\u0000'] }, 'customData must not hold a NUL character, at any depth'],
    [{ customData: [] }, 'customData must be an object'],
    [{ registerSource: [1] }, 'registerSource must be an array of strings; an entry must be a string'],
    [{ email: 'a'.repeat(1025) }, 'email must be at most 1024 bytes'],
  ])('refuses what cannot be kept (%#)', (fields, problem) => {
    expect(problems({ id: 1, ...fields })).toEqual([problem]);
  });

  it('refuses nesting that would exhaust the stack', () => {
    const json = `{"id":1,"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(problems(JSON.parse(json))).toEqual(['customData must be nested at most 32 levels deep']);
  });

  it('does not let a profile change what objects inherit', () => {
    const result = parseProfileJson('{"id":1,"__proto__":{"blocked":true},"customData":{"__proto__":{"x":1}}}');
    expect(result.ok && result.profile.blocked).toBe(undefined);
    expect(({} as { x?: number }).x).toBe(undefined);
  });

  it('says what is wrong with what is no object or no JSON', () => {
    expect(problems([])).toEqual(['the profile must be an object']);
    expect(parseProfileJson('{')).toEqual({
      ok: false,
      problems: [{ field: '', message: 'the profile must be JSON' }],
    });
  });

  it('answers any JSON, and no value of it appears in a problem', () => {
    const secret = 'sEcReTvAlUe';
    const leaf = fc.oneof(fc.constant(secret), fc.integer(), fc.boolean(), fc.constant(null), fc.double());
    const names = fc.constantFrom('id', 'email', 'blocked', 'customData', 'gender', 'registerSource', 'lastLogin');
    fc.assert(
      fc.property(fc.dictionary(names, fc.oneof(leaf, fc.array(leaf), fc.object())), (value) => {
        expect(problems(value).join()).not.toContain(secret);
      }),
    );
  });
});
