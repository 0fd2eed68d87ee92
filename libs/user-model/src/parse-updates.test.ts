import { describe, expect, it } from 'vitest';
import { parseNewProfile, parseUpdates } from './parse-profile.ts';

describe('changes of a profile', () => {
  it('set what is given, clear what is null, and an empty identifier too', () => {
    const updates = { nickname: 'A', email: '', phone: null, blocked: true, customData: { a: 1 } };
    expect(parseUpdates(updates)).toEqual({
      ok: true,
      set: { nickname: 'A', blocked: true, customData: { a: 1 } },
      clear: ['email', 'phone'],
    });
  });

  it('can make customData empty, or take it away', () => {
    expect(parseUpdates({ customData: {} })).toEqual({ ok: true, set: { customData: {} }, clear: [] });
    expect(parseUpdates({ customData: null })).toEqual({ ok: true, set: {}, clear: ['customData'] });
    expect(parseUpdates({})).toEqual({ ok: true, set: {}, clear: [] });
  });

  it('name every problem and no value', () => {
    const result = parseUpdates({ id: 1, shoeSize: 'hunter2', gender: 'hunter2' });
    expect(result).toEqual({
      ok: false,
      problems: [
        { field: 'id', message: 'id is no profile field' },
        { field: 'shoeSize', message: 'shoeSize is no profile field' },
        { field: 'gender', message: 'gender must be "M", "F" or "U"' },
      ],
    });
  });
});

describe('the profile of a user who is created here', () => {
  it('has no id of its own', () => {
    expect(parseNewProfile({ email: 'a@example.com' })).toEqual({ ok: true, profile: { email: 'a@example.com' } });
    expect(parseNewProfile({ id: 1 }).ok).toBe(false);
    expect(parseNewProfile([]).ok).toBe(false);
  });
});
