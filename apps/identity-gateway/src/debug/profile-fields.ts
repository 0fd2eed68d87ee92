import type { RunResult, ScriptAction } from '@userferry/script-contract';
import { type ExplainedField, explainProfile } from '@userferry/user-model';

const PROFILES: readonly ScriptAction[] = ['login', 'getUser', 'createUser', 'updateUser'];
const LISTS: readonly ScriptAction[] = ['searchUser', 'listUsers'];

/**
 * The profile that a run returned, field by field; of a list, that of the first user whom the schema refuses, else of the
 * first. Nothing where no profile is.
 */
export const profileFields = (action: ScriptAction, { resultJson }: RunResult): readonly ExplainedField[] => {
  const value = parsed(resultJson);
  if (value === undefined || value === null) return [];
  if (PROFILES.includes(action)) return explainProfile(value);
  const list: unknown =
    LISTS.includes(action) && typeof value === 'object' ? (value as { list?: unknown }).list : undefined;
  if (!Array.isArray(list)) return [];
  const explained = list.map(explainProfile);
  return explained.find((fields) => fields.some(({ state }) => state === 'wrong')) ?? explained[0] ?? [];
};

const parsed = (json: string | undefined): unknown => {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
};
