import { describe, expect, it } from 'vitest';
import { passwordsIn } from './passwords-in.ts';

describe('the passwords among the arguments of a run', () => {
  it.each([
    ['login', [{ email: 'a@b.c' }, 'secret', {}]],
    ['validatePassword', [7, 'secret', {}]],
    ['createUser', [{ email: 'a@b.c', password: 'secret' }, {}]],
    ['updateUser', [7, { password: 'secret' }, {}]],
  ] as const)('are found for %s', (action, args) => {
    expect(passwordsIn(action, args)).toEqual(['secret']);
  });

  it('are none where there is none, or what is there is no text', () => {
    expect(passwordsIn('getUser', [{ email: 'a@b.c' }, {}])).toEqual([]);
    expect(passwordsIn('createUser', [null])).toEqual([]);
    expect(passwordsIn('login', [{}, null, {}])).toEqual([]);
  });
});
