import { describe, expect, it } from 'vitest';
import type { MigrationCounts } from '../clients/history-store.ts';
import type { KnownProgress } from './known-progress.ts';
import { migrationProgress } from './migration-progress.ts';

const now = new Date('2026-11-24T12:00:00Z');
const dayBefore = (days: number) => new Date(now.getTime() - days * 86_400_000);
const day = (daysAgo: number, migrated: number, logins: number, legacyLogins: number) => ({
  date: dayBefore(daysAgo).toISOString().slice(0, 10),
  migrated,
  logins,
  legacyLogins,
});

const known = (counts: Partial<MigrationCounts>, fields: Partial<KnownProgress> = {}): KnownProgress => ({
  counts: { migrated: 80, unresolvedConflicts: 0, days: [], lastLegacyLoginAt: undefined, ...counts },
  legacyTotal: 100,
  leftBehind: undefined,
  mode: 'lazy_migration',
  now,
  ...fields,
});

describe('how far a migration is', () => {
  it('takes the share of the legacy user store from the logins of the last seven days', () => {
    const days = [day(9, 50, 50, 50), day(6, 1, 30, 3), day(0, 1, 10, 1)];
    expect(migrationProgress(known({ days })).legacyLoginShare).toBe(0.1);
    expect(migrationProgress(known({ days: [day(9, 50, 50, 50)] })).legacyLoginShare).toBe(undefined);
  });

  it('forecasts the end at the pace of the last seven days', () => {
    const { forecast } = migrationProgress(known({ days: [day(2, 14, 14, 14)] }));
    expect(forecast).toEqual(new Date(now.getTime() + 10 * 86_400_000));
  });

  it.each([
    ['nobody migrates any more', known({})],
    ['the size of the legacy user store is not known', known({ days: [day(1, 5, 5, 5)] }, { legacyTotal: undefined })],
  ])('forecasts nothing when %s', (_, facts) => {
    expect(migrationProgress(facts).forecast).toBe(undefined);
  });
});

describe('whether a connection can be switched off', () => {
  const verdict = (facts: KnownProgress) => {
    const { safeToSwitchOff, reasons } = migrationProgress(facts);
    return { safe: safeToSwitchOff, why: reasons.join(' ') };
  };

  it('can be when everybody has migrated', () => {
    const { safe, why } = verdict(known({ migrated: 100 }, { leftBehind: 0 }));
    expect([safe, why]).toEqual([true, 'Every user of the legacy user store has migrated.']);
  });

  it('cannot be only because as many have migrated as there are: rows may have been deleted there', () => {
    const uncompared = verdict(known({ migrated: 100 }));
    expect(uncompared.safe).toBe(false);
    expect(uncompared.why).toContain('Whether they are the same is not known');
    const compared = verdict(known({ migrated: 100 }, { leftBehind: 7 }));
    expect(compared.safe).toBe(false);
    expect(compared.why).toContain('7 users have not logged in since the connection was made, of 100.');
    const quiet = { lastLegacyLoginAt: dayBefore(31), days: [day(1, 0, 9, 0)] };
    expect(verdict(known({ migrated: 100, ...quiet })).safe).toBe(true);
  });

  it('cannot be while somebody proven could not be stored', () => {
    const { safe, why } = verdict(known({ migrated: 100, unresolvedConflicts: 1 }));
    expect(safe).toBe(false);
    expect(why).toContain('1 user has proven a password and cannot be stored');
  });

  it('cannot be while the legacy user store is needed', () => {
    const { safe, why } = verdict(known({ lastLegacyLoginAt: dayBefore(29), days: [day(1, 0, 9, 0)] }));
    expect(safe).toBe(false);
    expect(why).toContain('20 users have not logged in since the connection was made, of 100.');
    expect(why).toContain('was needed for a login on 2026-10-26');
  });

  it('can be when nobody has needed the legacy user store for thirty days, and says who is left behind', () => {
    const { safe, why } = verdict(known({ lastLegacyLoginAt: dayBefore(31), days: [day(1, 0, 9, 0)] }));
    expect(safe).toBe(true);
    expect(why).toContain('20 users have not');
    expect(why).toContain('cannot log in any more');
  });

  it('cannot be when nobody at all logs in, which says nothing', () => {
    const { safe, why } = verdict(known({ lastLegacyLoginAt: dayBefore(31) }));
    expect(safe).toBe(false);
    expect(why).toContain('Nobody at all');
  });

  it('cannot be before anybody has logged in through it', () => {
    expect(verdict(known({ migrated: 0 })).safe).toBe(false);
    expect(verdict(known({ migrated: 0 }, { legacyTotal: undefined })).why).toContain('is not known');
  });

  it('can never be in a custom user store', () => {
    const facts = known({ migrated: 100, lastLegacyLoginAt: dayBefore(90) }, { mode: 'custom_user_store' });
    expect(verdict(facts).safe).toBe(false);
  });
});
