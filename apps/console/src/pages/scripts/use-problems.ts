import type { ScriptError } from '@userferry/contracts/json-types';
import type { ScriptAction } from '@userferry/script-contract';
import { wireAction } from '../../api/script-actions.ts';
import { wireLanguage } from '../../api/script-languages.ts';
import { useCall } from '../../api/use-call.ts';
import { useSettled } from '../../components/use-settled.ts';
import type { Problem } from './problem.ts';
import type { ScriptText } from './script-text.ts';
import { useDoubts } from './use-doubts.ts';

/** What is wrong with a source that is being typed, as the service that will run it says. */
export type Check = {
  readonly problems: readonly Problem[];
  readonly modules: readonly { readonly name: string; readonly version: string }[];
  /** Whether the answer is of the source as it stands. */
  readonly isCurrent: boolean;
  readonly error: unknown;
};

const PAUSE_MS = 500;

export const useProblems = (userPoolId: string, action: ScriptAction, { source, language }: ScriptText): Check => {
  const settled = useSettled(source, PAUSE_MS);
  const doubts = useDoubts(action, settled, language);
  const query = useCall(
    'ConnectionService',
    'CheckScript',
    { userPoolId, action: wireAction(action), source: settled, language: wireLanguage(language) },
    { when: settled.trim() !== '', keepPrevious: true, fixed: true },
  );
  const { problems = [], modules = [] } = query.data ?? {};
  return {
    problems: source.trim() === '' ? [] : [...problems.map(errorOf), ...(problems.length > 0 ? [] : doubts)],
    modules,
    isCurrent: settled === source && query.data !== undefined && !query.isPlaceholderData,
    error: query.error,
  };
};

const errorOf = ({ line, column, message }: ScriptError): Problem => ({ line, column, message, severity: 'error' });
