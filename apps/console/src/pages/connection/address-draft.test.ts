import { describe, expect, it } from 'vitest';
import { addressProblems, coveredUri, EMPTY_ADDRESS, withField, withUri } from './address-draft.ts';

describe('an address in the form', () => {
  it('fills the fields in from a URI, escapes undone and the usual port put in', () => {
    expect(withUri(EMPTY_ADDRESS, 'mysql://ada:p%40ss@db.example/users')).toMatchObject({
      host: 'db.example',
      port: '3306',
      username: 'ada',
      password: 'p@ss',
      database: 'users',
      typed: 'uri',
    });
  });

  it('writes the URI from the fields, with what is special in it escaped', () => {
    const typed = withField(withField(EMPTY_ADDRESS, 'host', 'db.example'), 'username', 'ada');
    expect(withField(typed, 'password', 'p@ss').uri).toBe('postgres://ada:p%40ss@db.example:5432/');
  });

  it('keeps the kind of store and the options of a URI when a field of it is changed', () => {
    const draft = withUri(EMPTY_ADDRESS, 'mongodb://ada:x@db.example:27017/users?authSource=admin');
    expect(withField(draft, 'host', 'other.example').uri).toBe(
      'mongodb://ada:x@other.example:27017/users?authSource=admin',
    );
  });

  it('says what is wrong with what was typed last, and nothing where nothing was', () => {
    expect(addressProblems(EMPTY_ADDRESS)).toEqual({});
    expect(addressProblems(withUri(EMPTY_ADDRESS, 'db.example'))).toEqual({
      uri: 'The URI is not a connection URI (scheme://user:password@host:port/database).',
    });
    expect(addressProblems(withField(EMPTY_ADDRESS, 'port', '70000')).fields).toContain('no host');
  });

  it('leaves the fields as they are while a URI cannot be read yet', () => {
    const draft = withUri(EMPTY_ADDRESS, 'postgres://a:b@db.example/x');
    expect(withUri(draft, 'postgres:/')).toMatchObject({ host: 'db.example', uri: 'postgres:/' });
  });
});

describe('a URI that nobody is typing in', () => {
  it.each([
    ['postgres://ada:secret@db.example/x', 'postgres://ada:••••••@db.example/x'],
    ['postgres://db.example/x?user=ada&password=secret', 'postgres://db.example/x?user=ada&password=••••••'],
    ['postgres://ada@db.example/x', 'postgres://ada@db.example/x'],
    ['mongodb+srv://ada:s%3Acret@db.example/x', 'mongodb+srv://ada:••••••@db.example/x'],
    ['postgres://ada:p@ss@db.example/x', 'postgres://ada:••••••@db.example/x'],
    ['postgres://ada:p/ss@db.example/x', 'postgres://ada:••••••@db.example/x'],
    ['postgres://ada:p?#ss:@db.example/x', 'postgres://ada:••••••@db.example/x'],
    ['postgres://ada@corp:secret@db.example/x', 'postgres://ada@corp:••••••@db.example/x'],
    [' postgres://ada:secret@db.example/x', ' postgres://ada:••••••@db.example/x'],
    ['ada:secret@db.example', 'ada:••••••@db.example'],
    ['mongodb://ada:secret@one:27017,two:27017/x', 'mongodb://ada:••••••@one:27017,two:27017/x'],
    ['postgres://db.example:5432/x', 'postgres://db.example:5432/x'],
  ])('shows no password: %s', (uri, covered) => {
    expect(coveredUri(uri)).toBe(covered);
  });
});
