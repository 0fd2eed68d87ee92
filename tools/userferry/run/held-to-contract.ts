import { isScriptAction, type RunResult, type ScriptAction } from '@userferry/script-contract';
import { parseProfile } from '@userferry/user-model';

const PROFILES: readonly ScriptAction[] = ['login', 'getUser', 'createUser', 'updateUser'];
const LISTS: readonly ScriptAction[] = ['searchUser', 'listUsers'];

const problemsIn = (value: unknown, path: string): readonly string[] => {
  const parsed = parseProfile(value);
  return parsed.ok ? [] : parsed.problems.map(({ message }) => `${path}.${message}`);
};

const problemsOf = (action: ScriptAction, value: unknown): readonly string[] => {
  if (value === null) return [];
  if (PROFILES.includes(action)) return problemsIn(value, 'result');
  if (!LISTS.includes(action)) return [];
  const { list } = value as { readonly list: readonly unknown[] };
  return list.map((one, at) => problemsIn(one, `result.list[${at}]`)).find(({ length }) => length > 0) ?? [];
};

/** A run as a user's call takes it: the sandbox looks at the shape of what was returned, the gateway at a profile's fields too. */
export const heldToContract = (functionName: string, run: RunResult): RunResult => {
  if (run.outcome !== 'completed' || run.resultJson === undefined || !isScriptAction(functionName)) return run;
  const problems = problemsOf(functionName, JSON.parse(run.resultJson));
  if (problems.length === 0) return run;
  return { ...run, outcome: 'invalid_result', error: { name: 'Error', message: problems.join('; ') } };
};
