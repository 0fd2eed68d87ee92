import { expect, it } from 'vitest';
import { textToBytes } from '../../api/bytes.ts';
import { legacyId } from './legacy-id.ts';
import { profileRows } from './profile-rows.ts';

it('shows what a profile holds, and nothing for what it does not', () => {
  const rows = profileRows({
    email: 'ada@example.com',
    emailVerified: false,
    nickname: '',
    registerSource: [],
    customDataJson: textToBytes('{"tier":"gold"}'),
  });
  expect(rows).toEqual([
    { name: 'email', value: 'ada@example.com' },
    { name: 'emailVerified', value: 'false' },
    { name: 'customData', value: '{\n  "tier": "gold"\n}' },
  ]);
});

it('tells the legacy ids 7 and "7" apart', () => {
  expect(legacyId({ externalIdNumber: 7 })).toBe('7');
  expect(legacyId({ externalIdString: '7' })).toBe('"7"');
  expect(legacyId(undefined)).toBeUndefined();
});
