import { describe, expect, it } from 'vitest';
import { newPasswordProblem } from './new-password.ts';
import { connectionsIncluded, trialOf } from './plan.ts';
import { loginIdentifiersOf } from './user.ts';

const startedAt = new Date('2026-11-01T12:00:00Z');
const later = (days: number, ms = 0) => new Date(startedAt.getTime() + days * 86_400_000 + ms);
const basic = { plan: 'basic', trialStartedAt: startedAt } as const;

describe('a trial', () => {
  it.each([
    [later(0), 30],
    [later(0, 1), 30],
    [later(1), 29],
    [later(29, 1), 1],
    [later(30, -1), 1],
    [later(30), 0],
    [later(400), 0],
  ])('has at %s %i days left, rounded up', (now, days) => {
    expect(trialOf(basic, now)?.daysLeft).toBe(days);
    expect(connectionsIncluded(basic, now)).toBe(days > 0);
  });

  it('is not there for a pool that never started one, whose plan decides alone', () => {
    expect(trialOf({ plan: 'basic' }, startedAt)).toBe(undefined);
    expect(connectionsIncluded({ plan: 'basic' }, startedAt)).toBe(false);
    expect(connectionsIncluded({ plan: 'enterprise' }, startedAt)).toBe(true);
    expect(connectionsIncluded({ ...basic, plan: 'enterprise' }, later(31))).toBe(true);
  });
});

describe('a new password', () => {
  it('counts characters, not units of UTF-16, and has a longest size in bytes', () => {
    expect(newPasswordProblem('1234567', 8)).toContain('at least 8 characters');
    expect(newPasswordProblem('😀😀😀😀', 8)).toContain('at least 8 characters');
    expect(newPasswordProblem('12345678', 8)).toBe(undefined);
    expect(newPasswordProblem('é'.repeat(2049), 8)).toContain('at most 4096 bytes');
  });
});

describe('what a user typed', () => {
  it('is an alias where the profile has another identifier of that kind', () => {
    const typed = { kind: 'email', value: 'old@example.com' } as const;
    const profile = { email: 'new@example.com' };
    expect(loginIdentifiersOf(profile, typed)).toEqual([
      { kind: 'email', value: 'new@example.com', inProfile: true },
      { ...typed, inProfile: false },
    ]);
    expect(loginIdentifiersOf(profile, { kind: 'email', value: 'NEW@example.com' })).toHaveLength(1);
    expect(loginIdentifiersOf({}, typed)).toEqual([{ ...typed, inProfile: true }]);
  });
});
