import type { User } from '@userferry/contracts/identity/v1/user';
import { wordsOf } from '../../calls/observe.ts';
import type { Outcome } from '../../legacy/caller.ts';
import type { Answer } from '../model/answer.ts';
import { type Profile, shown } from '../model/people.ts';

const usersOf = (outcome: Outcome): readonly User[] => {
  if (outcome === undefined || ['rejected', 'undecided', 'deleted'].includes(outcome.$case)) return [];
  const { user, users } = outcome.value as { user?: User; users?: readonly User[] };
  if (users !== undefined) return users;
  return [user ?? (outcome.value as User)];
};

const shownUser = ({ userId, externalRef, profile }: User): string => {
  const legacyId = externalRef?.ref?.value;
  return shown(
    userId === '' ? undefined : userId,
    legacyId === undefined ? undefined : String(legacyId),
    (profile ?? {}) as Profile,
  );
};

/** An outcome as the model says it. */
export const shownAnswer = (outcome: Outcome): Answer => ({
  answer: wordsOf(outcome),
  users: usersOf(outcome).map(shownUser).toSorted(),
});
