import type { MissingSecret } from '@userferry/user-store';
import { expect, it } from 'vitest';
import { tellMissingSecrets } from './tell-missing-secrets.ts';

const told = async (...missing: MissingSecret[]) => {
  const lines: string[] = [];
  const log = { error: (_facts: unknown, line: string) => void lines.push(line) };
  await tellMissingSecrets({ missingSecrets: async () => missing }, [], log as never);
  return lines;
};
const key = { kind: 'encryption key', id: 'k1', given: 'none', count: 3 } as const;

it('a key that is missing is told by its id, with what cannot be done for lack of it', async () => {
  expect(
    await told(
      { ...key, what: 'connections' },
      { ...key, what: 'scripts' },
      { ...key, what: 'runs of the log history' },
      { ...key, kind: 'pepper', what: 'password hashes' },
    ),
  ).toEqual([
    'there is no encryption key "k1", and connections (3) were made with it: their legacy user stores cannot be asked',
    'there is no encryption key "k1", and scripts (3) were made with it: they cannot run',
    'there is no encryption key "k1", and runs of the log history (3) were made with it: what they said cannot be read',
    'there is no pepper "k1", and password hashes (3) were made with it: nobody who has one of them can log in',
  ]);
});

it('a key that is another one of the same id is told apart from one that is missing, with what to do', async () => {
  expect(await told({ ...key, given: 'another', what: 'scripts' })).toEqual([
    'the encryption key "k1" is not the one that scripts (3) were made with, or they were altered: they cannot run; give the one of before, and this one an id of its own',
  ]);
});
