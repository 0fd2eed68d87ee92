import type { Deed } from '../deed.ts';
import type { Done } from './explain.ts';

/** What another deed at once can overtake: each reads a password or a user first, and takes its time to make a hash. */
const SETS_PASSWORD: readonly Deed['call'][] = ['ChangePassword', 'ResetPassword', 'UpdateUser'];

const OVERTAKES: readonly Deed['call'][] = [...SETS_PASSWORD, 'DeleteUser'];

const isDone = (answer: string): boolean => /^(changed|reset|updated|deleted)/.test(answer);

/**
 * Of all errors one is an answer here, and one of deeds at once alone: CONCURRENT_CHANGE (ABORTED), which docs/users.md
 * ("What an edge does with an answer") has the edge repeat. Nothing was done then, and somebody else was faster.
 */
export const isOvertaken = ({ deeds, came }: Pick<Done, 'deeds' | 'came'>, index: number): boolean =>
  came[index]?.answer === 'error CONCURRENT_CHANGE' &&
  SETS_PASSWORD.includes(deeds[index]?.call ?? 'ListUsers') &&
  deeds.some((deed, other) => other !== index && OVERTAKES.includes(deed.call) && isDone(came[other]?.answer ?? ''));
