import { expect, it } from 'vitest';
import { lastDays, roundUp } from './days.ts';

it('shows thirty days, the quiet ones too, up to today', () => {
  const days = lastDays(
    [{ date: '2026-11-23', migrated: '3', logins: '5', legacyLogins: '4' }],
    new Date('2026-11-24T23:59:00Z'),
  );
  expect(days).toHaveLength(30);
  expect(days[0]?.date).toBe('2026-10-26');
  expect(days.at(-1)).toEqual({ date: '2026-11-24', migrated: 0, logins: 0, legacyLogins: 0 });
  expect(days.at(-2)).toEqual({ date: '2026-11-23', migrated: 3, logins: 5, legacyLogins: 4 });
});

it('ends its scale at a round number that nothing exceeds', () => {
  expect([0, 1, 2, 3, 7, 10, 13, 230, 9_999].map(roundUp)).toEqual([1, 1, 2, 5, 10, 10, 20, 250, 10_000]);
});
