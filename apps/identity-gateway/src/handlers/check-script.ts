import type { CheckScriptRequest, CheckScriptResponse } from '@userferry/contracts/management/v1/connection_service';
import type { Handler } from '@userferry/grpc';
import { LIMITS, moduleOf } from '@userferry/script-contract';
import { type PlacedProblem, sourceProblems } from '@userferry/script-contract/source-problems';
import type { CheckedScript, RunnerClient } from '../clients/runner.ts';
import type { CheckLimits } from '../debug/check-limits.ts';
import { type RequiredModule, requiredModules } from '../debug/required-modules.ts';
import { actionField, invalidField, languageField } from './fields.ts';

export type CheckScriptDeps = {
  readonly checkScript: RunnerClient['checkScript'];
  readonly limits: CheckLimits;
};

/** What an editor underlines while its user types; nothing is saved, and nothing of the source is kept. */
export const checkScript =
  ({ checkScript: check, limits }: CheckScriptDeps): Handler<CheckScriptRequest, CheckScriptResponse> =>
  async ({ userPoolId, source, ...wire }, call) => {
    const action = actionField('action', wire.action);
    const language = languageField('language', wire.language);
    if (Buffer.byteLength(source) > LIMITS.sourceBytesMax)
      throw invalidField('source', `is larger than ${LIMITS.sourceBytesMax} bytes`);
    const { problems, modules, toRun } = await limits.run(userPoolId, () => check({ source, action, language }, call));
    const required = requiredModules(toRun);
    // One that is required outside of the function, the runner has come upon itself.
    const isNew = (ours: PlacedProblem) => !problems.some(({ message }) => message.startsWith(ours.message));
    const ours = [...sourceProblems(toRun, action), ...missingProblems(required, modules).filter(isNew)];
    return {
      problems: [...problems, ...ours.map((problem) => ({ name: 'Error', ...problem }))].map((problem) => ({
        code: '',
        line: 0,
        column: 0,
        ...problem,
      })),
      required: required.map(({ name }) => name),
      modules: modules.map((each) => ({ ...each })),
    };
  };

const missingProblems = (
  required: readonly RequiredModule[],
  modules: CheckedScript['modules'],
): readonly PlacedProblem[] => {
  const names = new Set(modules.map(({ name }) => name));
  // A runner of the version before says nothing of modules: then nothing is known to be missing.
  if (names.size === 0) return [];
  return required
    .filter(({ name }) => !names.has(moduleOf(name)))
    .map(({ name, line, column }) => ({ message: `Cannot find module '${name.slice(0, 128)}'`, line, column }));
};
