import type { RunResult, ScriptAction } from '@userferry/script-contract';
import type { LoginStep } from '../login/login-step.ts';
import { stepAfterScript } from '../login/next-step.ts';
import { type Answer, pageAnswer, userAnswer } from '../users/script-answer.ts';

type Read = (run: RunResult) => LoginStep | Answer<unknown>;

/** As the calls read it. What the other actions return, the sandbox has looked at whole. */
const READ: Readonly<Partial<Record<ScriptAction, Read>>> = {
  login: (run) => stepAfterScript(run, 'custom_user_store'),
  getUser: (run) => userAnswer('getUser', run),
  createUser: (run) => userAnswer('createUser', run),
  updateUser: (run) => userAnswer('updateUser', run),
  searchUser: (run) => pageAnswer('searchUser', run),
  listUsers: (run) => pageAnswer('listUsers', run),
};

/**
 * A run as its call took it: the sandbox looks at the shape of what was returned, the call at a profile's fields too. What came
 * to nothing for one of those has not completed. The message names fields and holds no value.
 */
export const heldToContract = (action: ScriptAction, run: RunResult): RunResult => {
  const read = run.outcome === 'completed' ? READ[action]?.(run) : undefined;
  if (read?.step !== 'leave_undecided' || read.reason !== 'INVALID_RESULT') return run;
  return { ...run, outcome: 'invalid_result', error: { name: 'Error', message: read.message } };
};
