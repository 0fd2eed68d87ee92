import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainProfile } from './explain-profile.ts';
import { parseProfile } from './parse-profile.ts';

const states = (value: unknown) => explainProfile(value).map(({ name, state }) => [name, state]);

describe('a profile, field by field', () => {
  it('says of each what becomes of it, the id first', () => {
    const value = {
      email: 'ada@example.com',
      id: 7,
      blocked: 'no',
      phone: ' ',
      nickname: null,
      department: 'x',
      passwordHash: 'hunter2',
      legacy: '$2b$10$abcdefghijklmnopqrstuv',
      lastIP: '10.0.0.1',
      customData: { a: 1 },
    };
    expect(states(value)).toEqual([
      ['id', 'accepted'],
      ['email', 'accepted'],
      ['blocked', 'wrong'],
      ['phone', 'ignored'],
      ['nickname', 'ignored'],
      ['department', 'custom_data'],
      ['passwordHash', 'ignored'],
      ['legacy', 'ignored'],
      ['lastIP', 'accepted'],
      ['customData', 'accepted'],
    ]);
    expect(explainProfile(value)[2]?.message).toBe('blocked must be a boolean (or 0 or 1)');
  });

  it('misses an id, and says what is no object', () => {
    expect(states({})).toEqual([['id', 'wrong']]);
    for (const value of [null, [], 'x']) expect(states(value)).toEqual([['', 'wrong']]);
  });

  it('has nothing wrong exactly when it is taken, and repeats no value', () => {
    const leaf = fc.oneof(fc.constant('sEcReT'), fc.integer(), fc.boolean(), fc.constant(null), fc.double());
    const names = fc.constantFrom('id', 'email', 'blocked', 'customData', 'lastIP', 'lastIp', 'gender', 'x', 'hash');
    fc.assert(
      fc.property(fc.dictionary(names, fc.oneof(leaf, fc.array(leaf), fc.object())), (value) => {
        const fields = explainProfile(value);
        expect(fields.every(({ state }) => state !== 'wrong')).toBe(parseProfile(value).ok);
        expect(fields.map(({ message }) => message).join()).not.toContain('sEcReT');
      }),
      { numRuns: 500 },
    );
  });
});
