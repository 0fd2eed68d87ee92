import {
  ACTIONS,
  defaultErrorMessage,
  judgeThrow,
  type Outcome,
  type RunResult,
  type ScriptAction,
  type ScriptError,
  type ThrowVerdict,
} from '@userferry/script-contract';
import {
  INVALID_CREDENTIALS,
  REJECTED_BY_SCRIPT,
  type Rejected,
  rejected,
  USER_EXISTS,
  USER_NOT_FOUND,
  VALIDATION_FAILED,
  WRONG_OLD_PASSWORD,
} from './rejected.ts';
import { type Undecided, undecided } from './undecided.ts';

/**
 * What a script may refuse by throwing, per action. Anything that is not here is a script that broke. A plain `Error`
 * refuses only where the contract knows no other way to refuse; from a look-up it is a failure, since there "not found"
 * is `null`.
 */
const REFUSALS: Readonly<Record<ScriptAction, Readonly<Partial<Record<ThrowVerdict, Rejected>>>>> = {
  login: { wrong_password: INVALID_CREDENTIALS, user_not_found: INVALID_CREDENTIALS, rejected: INVALID_CREDENTIALS },
  getUser: { user_not_found: USER_NOT_FOUND },
  searchUser: {},
  createUser: { user_exists: USER_EXISTS, validation: VALIDATION_FAILED, rejected: REJECTED_BY_SCRIPT },
  updateUser: {
    user_not_found: USER_NOT_FOUND,
    user_exists: USER_EXISTS,
    validation: VALIDATION_FAILED,
    rejected: REJECTED_BY_SCRIPT,
  },
  deleteUser: { user_not_found: USER_NOT_FOUND, validation: VALIDATION_FAILED, rejected: REJECTED_BY_SCRIPT },
  listUsers: {},
  validatePassword: {
    // The two that must not be told apart.
    wrong_password: WRONG_OLD_PASSWORD,
    user_not_found: WRONG_OLD_PASSWORD,
    rejected: REJECTED_BY_SCRIPT,
  },
};

type FailedRun = RunResult & { readonly outcome: Exclude<Outcome, 'completed'> };

export const hasFailed = (run: RunResult): run is FailedRun => run.outcome !== 'completed';

/** What a run that did not complete means for the call. An outage or a broken script is never a refusal. */
export const afterFailedRun = (action: ScriptAction, run: FailedRun): Rejected | Undecided =>
  run.outcome === 'threw' ? afterThrow(action, run.error) : UNDECIDED_OUTCOMES[run.outcome](action, run.error, run);

const afterThrow = (action: ScriptAction, error: ScriptError | undefined): Rejected | Undecided => {
  const refusal = REFUSALS[action][judgeThrow(error)];
  if (refusal !== undefined) return rejected(refusal, error?.message);
  // Our own text, which everyone may read: not whatever else a script throws under that name.
  if (error?.name === 'NotImplementedError' && error.message === defaultErrorMessage(action))
    return undecided('SCRIPT_FAILED', error.message, { code: 603 });
  return scriptFailed(action, error);
};

/** What a script did not return as it should: `problem` names fields and holds no value. */
export const invalidResult = (action: ScriptAction, problem: string): Undecided =>
  undecided('INVALID_RESULT', `the ${action} script ${problem}`, { code: 603 });

const scriptFailed = (action: ScriptAction, error: ScriptError | undefined): Undecided =>
  undecided('SCRIPT_FAILED', `the ${action} script failed`, { code: 603, detail: error?.message });

const MAYBE_DONE = 'whether it changed anything is not known, so look before trying again';

/** A write that got no answer may have happened: it is never repeated here, and waiting does not tell. */
const orMaybeDone = (action: ScriptAction, message: string, retryAfterMs: number) =>
  ACTIONS[action].writes ? ([`${message}; ${MAYBE_DONE}`, 0] as const) : ([message, retryAfterMs] as const);

const UNDECIDED_OUTCOMES: Readonly<
  Record<
    Exclude<Outcome, 'completed' | 'threw'>,
    (action: ScriptAction, error: ScriptError | undefined, run: FailedRun) => Rejected | Undecided
  >
> = {
  syntax_error: scriptFailed,
  out_of_memory: scriptFailed,
  quota_exceeded: scriptFailed,
  // The place is named by keys of what was returned, and what a getter of it throws is the script's own.
  invalid_result: (action, error) =>
    undecided('INVALID_RESULT', `the ${action} script returned an invalid result`, {
      code: 603,
      detail: error?.message,
    }),
  timed_out: (action) => {
    const [message, retryAfterMs] = orMaybeDone(action, `the ${action} script ran out of time`, 1_000);
    return undecided('TIMED_OUT', message, { retryAfterMs, code: 603 });
  },
  store_unreachable: (action) => {
    const [message, retryAfterMs] = orMaybeDone(action, 'the legacy user store cannot be reached', 2_000);
    return undecided('LEGACY_STORE_UNREACHABLE', message, { retryAfterMs });
  },
  egress_denied: (action, error) =>
    undecided('EGRESS_DENIED', `the ${action} script may not reach its legacy user store`, {
      code: 603,
      detail: error?.message,
    }),
  overloaded: (_action, _error, { retryAfterMs = 1_000 }) =>
    undecided('OVERLOADED', 'too many calls are waiting on this connection', { retryAfterMs }),
  killed: (action) => {
    const [message, retryAfterMs] = orMaybeDone(action, `the ${action} run was interrupted`, 200);
    return undecided('INTERRUPTED', message, { retryAfterMs });
  },
};
