import type { Connection } from '@userferry/contracts/json-types';
import { expect, it } from 'vitest';
import { draftOf, isChanged, saveRequest } from './connection-draft.ts';

const SAVED = {
  mode: 'CONNECTION_MODE_LAZY_MIGRATION',
  isolation: 'ISOLATION_PER_RUN',
  egress: [{ host: 'db.example', port: 5432 }],
  envNames: ['TOKEN'],
} as unknown as Connection;

it('a save changes nothing but what was changed in the form: what has to be sent every time is as it was', () => {
  const saved = draftOf(SAVED);
  expect(saveRequest('pool', saved, saved)).toEqual({
    userPoolId: 'pool',
    mode: 'CONNECTION_MODE_LAZY_MIGRATION',
    keepEnv: true,
    egress: [{ host: 'db.example', port: 5432 }],
    isolation: 'ISOLATION_PER_RUN',
  });
});

it('a form in which the isolation alone is changed can be saved', () => {
  const saved = draftOf(SAVED);
  expect(isChanged(saved, saved)).toBe(false);
  expect(isChanged({ ...saved, isolation: 'ISOLATION_UNSPECIFIED' }, saved)).toBe(true);
});
