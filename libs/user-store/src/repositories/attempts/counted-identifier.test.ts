import type { IdentifierKind } from '@userferry/user-model';
import { describe, expect, it } from 'vitest';
import { countedForm } from './counted-identifier.ts';

const form = (value: string, kind: IdentifierKind = 'username') => countedForm({ kind, value });

describe('guesses at an identifier', () => {
  it.each([
    ['case', 'alice 7', ['Alice 7', 'ALICE 7']],
    ['blanks', 'alice', [' alice', 'alice   ', 'ali\u00a0ce', 'alice\t']],
    ['what nobody sees', 'alice', ['al\u200bice', 'alice\u0001', 'alice\ufeff', 'alice۞', 'alice\ud800']],
    ['marks', 'zoe', ['zoé', 'zo\u0301e', 'žøè', 'Zo\u0364']],
    ['width', 'alice', ['ａｌｉｃｅ', 'ＡLICE']],
    ['circles and squares', 'al1', ['Ⓐl1', '🅐l1', 'al①', 'al❶', 'al1️⃣'.slice(0, 4)]],
    ['scripts of digits', 'ada 12', ['ada ١٢', 'ada १2']],
    ['letters that are two', 'strasse æ œ', ['straße ae oe', 'STRASE AE OE']],
    ['letters with strokes', 'lodz', ['łodz', 'loðz', 'lođz']],
    ['kana', 'さつき', ['サツキ', 'さっき', 'ｻﾂｷ', 'ざづぎ']],
    ['forms of letters', 'Σίσυφος', ['ΣΊΣΥΦΟΣ', 'σισυφοσ']],
    ['the characters past U+FFFF', 'a😀', ['a😁', 'a𠮷']],
  ])('count together in spellings that differ by %s', (_, value, spellings) => {
    expect(spellings.map((spelling) => form(spelling))).toEqual(spellings.map(() => form(value)));
  });

  it('count apart for others', () => {
    const others = [
      'alice',
      'alicia',
      'alice1',
      'alice2',
      'a.lice',
      'a-lice',
      '王伟',
      '李娜',
      '김',
      '이',
      'أحمد',
      'محمد',
    ];
    expect(new Set(others.map((value) => form(value))).size).toBe(others.length);
  });

  it('at a phone number are those at its digits', () => {
    const spellings = [
      '+12133734253',
      '+1 (213) 373-4253',
      '0012133734253',
      '1 213 373 4253',
      '+１２１３３７３４２５３',
    ];
    for (const value of spellings) expect(form(value, 'phone')).toBe('12133734253');
  });

  it('count where nothing is left of it, too', () => {
    expect(form('\u200b')).toBe('');
    expect(form('at home', 'phone')).toBe(form('AtHome', 'phone'));
    expect(form('at home', 'phone')).not.toBe('');
  });
});
