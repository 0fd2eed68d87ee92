import { expect, it } from 'vitest';
import { withoutPassword } from './without-password.ts';

it('a profile has no password in its customData, whatever the field is called, at any depth', () => {
  const customData = { geheim: 'hunter2', row: [{ k: 'hunter2  ', l: 'hunter' }, 'hunter2'], city: 'Oslo' };
  const profile = { username: 'ada', customData };
  expect(withoutPassword(profile, 'hunter2')).toEqual({
    username: 'ada',
    customData: { row: [{ l: 'hunter' }], city: 'Oslo' },
  });
});

it('keeps a field of its own that is the password as well, and all the rest', () => {
  expect(withoutPassword({ username: 'ada', customData: { name: 'ada' } }, 'ada')).toEqual({ username: 'ada' });
  const profile = { nickname: 'A', customData: { n: 1 } };
  expect(withoutPassword(profile, '1')).toEqual(profile);
  expect(withoutPassword({ nickname: 'A' }, 'A')).toEqual({ nickname: 'A' });
});
