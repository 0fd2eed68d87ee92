import type { RunResult, ScriptAction } from '@userferry/script-contract';
import { type Json, parseProfile, problemsText } from '@userferry/user-model';
import { afterFailedRun, hasFailed, invalidResult } from '../outcome/failed-run.ts';
import type { Rejected } from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';
import type { LegacyUser } from './known-user.ts';

/** A user as a script returned them; `json` is the script's own text, `id` included. */
export type ScriptUser = LegacyUser & { readonly json: string };
export type UserPageOf<T> = { readonly users: readonly T[]; readonly totalCount: number };

/** What a script said, understood; or how the call ends because it could not say. */
export type Answer<T> = { readonly step: 'answered'; readonly value: T } | Rejected | Undecided;

const answered = <T>(value: T): Answer<T> => ({ step: 'answered', value });

const resultOf = (run: RunResult): Json => JSON.parse(run.resultJson ?? 'null') as Json;

/** For getUser, createUser and updateUser: a profile, or `null` where the script returned it. */
export const userAnswer = (action: ScriptAction, run: RunResult): Answer<ScriptUser | null> => {
  if (hasFailed(run)) return afterFailedRun(action, run);
  const value = resultOf(run);
  if (value === null) return answered(null);
  const parsed = parseProfile(value);
  if (!parsed.ok) return invalidResult(action, `returned an invalid profile: ${problemsText(parsed.problems)}`);
  const { externalId, profile } = parsed;
  return answered({ kind: 'legacy', externalId, profile, json: JSON.stringify(value) });
};

/** For getUser as a look-up: whoever is deleted there does not exist. */
export const foundAnswer = (run: RunResult): Answer<ScriptUser | null> => {
  const answer = userAnswer('getUser', run);
  if (answer.step === 'reject') return answered(null);
  return answer.step === 'answered' && answer.value?.profile.isDeleted ? answered(null) : answer;
};

/** For searchUser and listUsers: a page; `null` is an empty one. */
export const pageAnswer = (action: ScriptAction, run: RunResult): Answer<UserPageOf<LegacyUser>> => {
  if (hasFailed(run)) return afterFailedRun(action, run);
  const value = resultOf(run);
  if (value === null) return answered({ users: [], totalCount: 0 });
  const { list, totalCount } = value as { readonly list: readonly Json[]; readonly totalCount: number };
  const rows = list.map(parseProfile);
  const broken = rows.findIndex((row) => !row.ok);
  const row = rows[broken];
  if (row !== undefined && !row.ok)
    return invalidResult(action, `returned an invalid profile in list[${broken}]: ${problemsText(row.problems)}`);
  const users = rows.flatMap((parsed) =>
    parsed.ok ? [{ kind: 'legacy' as const, externalId: parsed.externalId, profile: parsed.profile }] : [],
  );
  return answered({ users, totalCount });
};

/** For deleteUser and validatePassword. */
export const booleanAnswer = (action: ScriptAction, run: RunResult): Answer<boolean> => {
  if (hasFailed(run)) return afterFailedRun(action, run);
  const value = resultOf(run);
  return typeof value === 'boolean' ? answered(value) : invalidResult(action, 'must return true or false');
};
