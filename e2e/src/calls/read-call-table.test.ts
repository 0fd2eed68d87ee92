import { describe, expect, it } from 'vitest';
import { CALLS, readCallTable } from './read-call-table.ts';

const rows = readCallTable();

describe('the table of docs/calls.md', () => {
  it('is read whole: every call, every situation', () => {
    expect(rows.length).toBeGreaterThan(150);
    expect(new Set(rows.map(({ call }) => call))).toEqual(new Set(CALLS));
    expect(new Set(rows.map(({ mode }) => mode)).size).toBe(5);
    expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length);
  });

  it('is taken apart cell by cell', () => {
    const row = rows.find(({ hereById, writes }) => hereById === 'ok' && writes[0]?.call === 'ChangePassword');
    expect(row).toMatchObject({
      call: 'ChangePassword',
      mode: 'lazy',
      here: 'not_found',
      hereById: 'ok',
      scripts: [['login', 'profile']],
      writes: [{ call: 'ChangePassword', refused: undefined, keepsIdentifier: false }],
      answer: 'changed ours',
    });
  });

  it('knows the row whose user is here and only gets an identifier', () => {
    const kept = rows.filter(({ writes }) => writes.some(({ keepsIdentifier }) => keepsIdentifier));
    expect(kept.map(({ call, writes }) => [call, writes[0]?.refused])).toEqual([['Login', 'already_migrated']]);
  });

  it('does not take a row that it does not understand for an empty one', () => {
    const text = '## Login\n**Lazy migration**\n| unknown | a script that says no | nothing | rejected |';
    expect(() => readCallTable(text)).toThrow('not a script');
  });
});
