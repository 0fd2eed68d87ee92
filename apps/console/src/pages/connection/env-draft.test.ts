import { describe, expect, it } from 'vitest';
import { envChanges, nameProblem, newRow, savedRow } from './env-draft.ts';

describe('variables in the form', () => {
  it('sends nothing when none was touched', () => {
    expect(envChanges([savedRow('TOKEN'), newRow()])).toEqual({ env: {}, keepEnvNames: ['TOKEN'], changed: false });
  });

  it('sends what was typed, keeps saved values by name, and leaves out what was removed', () => {
    const rows = [
      savedRow('KEPT'),
      { ...savedRow('CHANGED'), value: 'new' },
      { ...savedRow('GONE'), removed: true },
      { ...newRow(), name: 'ADDED', value: 'v' },
    ];
    expect(envChanges(rows)).toEqual({
      env: { CHANGED: 'new', ADDED: 'v' },
      keepEnvNames: ['KEPT'],
      changed: true,
    });
  });

  it.each([
    ['1ST', 'A name is made of'],
    ['DB_HOST', 'filled in from the address'],
    ['TOKEN', 'Another variable'],
  ])('refuses the name %s', (name, problem) => {
    const row = { ...newRow(), name };
    expect(nameProblem([savedRow('TOKEN'), row], row)).toContain(problem);
  });

  it('lets a name be used again that is being removed', () => {
    const row = { ...newRow(), name: 'TOKEN' };
    expect(nameProblem([{ ...savedRow('TOKEN'), removed: true }, row], row)).toBeUndefined();
  });
});
