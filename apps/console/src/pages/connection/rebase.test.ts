import type { Connection } from '@userferry/contracts/json-types';
import { describe, expect, it } from 'vitest';
import { draftOf } from './connection-draft.ts';
import { envChanges, newRow } from './env-draft.ts';
import { isSameSettings, rebase } from './rebase.ts';

const SEEN = {
  mode: 'CONNECTION_MODE_LAZY_MIGRATION',
  isolation: 'ISOLATION_UNSPECIFIED',
  egress: [{ host: 'db.example', port: 5432 }],
  envNames: ['KEPT', 'TYPED', 'GONE_HERE', 'GONE_THERE'],
  address: { host: 'db.example', port: 5432, username: 'ada', database: 'users', hasPassword: true },
} as unknown as Connection;

const draftOfSeen = (part: Partial<Connection> = {}) => draftOf({ ...SEEN, ...part });

describe('settings that somebody else has saved meanwhile', () => {
  it('are theirs wherever nothing was changed here', () => {
    const [base, theirs] = [
      draftOfSeen(),
      draftOfSeen({ isolation: 'ISOLATION_PER_RUN', egress: [], envNames: ['NEW'] }),
    ];
    const draft = { ...base, mode: 'CONNECTION_MODE_CUSTOM_USER_STORE' as const };
    const rebased = rebase(draft, base, theirs);
    expect(rebased).toMatchObject({
      mode: 'CONNECTION_MODE_CUSTOM_USER_STORE',
      isolation: 'ISOLATION_PER_RUN',
      egress: [],
    });
    expect(envChanges(rebased.env)).toMatchObject({ changed: false, keepEnvNames: ['NEW'] });
  });

  it('keep variables that were typed, added or removed here, each by its name', () => {
    const base = draftOfSeen();
    const theirs = draftOfSeen({ envNames: ['KEPT', 'TYPED', 'GONE_HERE', 'NEW_THERE'] });
    const typed = base.env.map((row) => {
      if (row.name === 'TYPED' || row.name === 'GONE_THERE') return { ...row, value: 'v' };
      return row.name === 'GONE_HERE' ? { ...row, removed: true } : row;
    });
    const env = [
      ...typed,
      { ...newRow(), name: 'NEW_THERE', value: 'mine' },
      { ...newRow(), name: 'ADDED', value: 'a' },
    ];
    expect(envChanges(rebase({ ...base, env }, base, theirs).env)).toEqual({
      env: { TYPED: 'v', NEW_THERE: 'mine', ADDED: 'a', GONE_THERE: 'v' },
      keepEnvNames: ['KEPT'],
      changed: true,
    });
  });

  it('are no others where a script alone was saved', () => {
    expect(isSameSettings(draftOfSeen(), draftOfSeen({ version: '9' }))).toBe(true);
    expect(isSameSettings(draftOfSeen(), draftOfSeen({ egress: [] }))).toBe(false);
  });
});
