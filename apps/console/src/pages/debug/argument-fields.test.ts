import { ACTIONS, SCRIPT_ACTIONS } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import { ARGUMENT_FORMS, ArgumentProblem } from './argument-fields.ts';

const filled = { id: '7', email: 'ada@example.com', keyword: 'ada', password: 'secret' };

describe('the form for the arguments of a script', () => {
  it.each(SCRIPT_ACTIONS)('makes as many arguments as %s takes before its context', (action) => {
    expect(ARGUMENT_FORMS[action].toArgs(filled)).toHaveLength(ACTIONS[action].parameters.length - 1);
  });

  it('gives login exactly one identifier, the others being null', () => {
    expect(ARGUMENT_FORMS.login.toArgs(filled)[0]).toEqual({ email: 'ada@example.com', phone: null, username: null });
    expect(() => ARGUMENT_FORMS.login.toArgs({ password: 'x' })).toThrow(ArgumentProblem);
    expect(() => ARGUMENT_FORMS.login.toArgs({ email: 'a', phone: 'b' })).toThrow(ArgumentProblem);
  });

  it.each([
    ['42', 42],
    ['"42"', '42'],
    ['4a2', '4a2'],
    ['-3', -3],
    ['7300000000000000001', '7300000000000000001'],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', '9007199254740993'],
    ['007', '007'],
    ['1.0', '1.0'],
    ['1e3', '1e3'],
    ['-0', '-0'],
    [' 7', ' 7'],
  ])('sends the id %s as the script returned it, and never that of another user', (typed, sent) => {
    expect(ARGUMENT_FORMS.deleteUser.toArgs({ id: typed })).toEqual([sent]);
    expect(ARGUMENT_FORMS.validatePassword.toArgs({ id: typed })).toEqual([sent, '']);
    expect(ARGUMENT_FORMS.updateUser.toArgs({ id: typed })).toEqual([sent, {}]);
    expect(ARGUMENT_FORMS.getUser.toArgs({ id: typed })[0]).toMatchObject({ id: sent });
  });

  it('says under an id whether a number or a text is sent', () => {
    const sentAs = ARGUMENT_FORMS.deleteUser.fields[0]?.sentAs;
    expect(sentAs?.('42')).toBe('Sent as the number 42.');
    expect(sentAs?.('"42"')).toBe('Sent as the text "42".');
    expect(sentAs?.('9007199254740993')).toBe('Sent as the text "9007199254740993".');
  });

  it('joins what was typed with further fields, and says when they are no JSON object', () => {
    expect(ARGUMENT_FORMS.createUser.toArgs({ email: 'a@b.c', more: '{"nickname":"Ada"}' })).toEqual([
      { nickname: 'Ada', email: 'a@b.c' },
    ]);
    for (const more of ['{', '[]', '1'])
      expect(() => ARGUMENT_FORMS.createUser.toArgs({ more })).toThrow(ArgumentProblem);
  });

  it('counts pages from 1', () => {
    expect(ARGUMENT_FORMS.listUsers.toArgs({})).toEqual([1, 10]);
    expect(() => ARGUMENT_FORMS.listUsers.toArgs({ page: '0' })).toThrow(ArgumentProblem);
  });
});
