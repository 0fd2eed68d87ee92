import { ServiceError } from '@userferry/errors';
import type { CallContext } from '@userferry/grpc';
import type { RunResult, ScriptAction } from '@userferry/script-contract';
import { IDENTIFIER_KINDS, type Identifier, identifierProblem, isJsonObject, type Json } from '@userferry/user-model';
import type { LoginStore } from '../clients/login-store.ts';
import type { Migration } from '../clients/migration.ts';
import type { ConnectionSettings } from '../connection/script-run.ts';
import { stepAfterScript } from '../login/next-step.ts';
import type { Rejected } from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';
import { type Answer, booleanAnswer, foundAnswer, pageAnswer, userAnswer } from '../users/script-answer.ts';

/** What a user's call would have done after a run. `unknown`: our own store could not say. */
export type WouldHave =
  | 'authenticated_and_migrated'
  | 'authenticated'
  | 'rejected'
  | 'been_undecided'
  | 'met_a_conflict'
  | 'met_a_tombstone'
  | 'been_taken'
  | 'unknown';

/** `message` is for the script's author; `reason` is what the call would have told, empty where it would have succeeded. */
export type TestVerdict = { readonly what: WouldHave; readonly message: string; readonly reason: string };

export type TestedRun = {
  readonly userPoolId: string;
  readonly action: ScriptAction;
  /** Before `context`. */
  readonly args: readonly Json[];
  readonly settings: Pick<ConnectionSettings, 'connectionId' | 'mode'>;
  readonly run: RunResult;
};

export type TestVerdictDeps = { readonly logins: Pick<LoginStore, 'previewMigration'> };

/** Judges a run as the call that it stands for would have, by the very same code, and writes nothing. */
export const testVerdict = (tested: TestedRun, call: CallContext, deps: TestVerdictDeps): Promise<TestVerdict> =>
  tested.action === 'login' ? afterLogin(tested, call, deps) : Promise.resolve(afterOther(tested));

const verdict = (what: WouldHave, message: string, reason = ''): TestVerdict => ({ what, message, reason });

const refused = ({ step, reason, message, detail }: Rejected | Undecided): TestVerdict => {
  const own = detail === undefined ? '' : ` (the script says: ${detail})`;
  return step === 'reject'
    ? verdict('rejected', `the user is told no: ${message}${own}`, reason)
    : verdict('been_undecided', `nobody can say, which is never a wrong password: ${message}${own}`, reason);
};

const afterLogin = async (tested: TestedRun, call: CallContext, deps: TestVerdictDeps): Promise<TestVerdict> => {
  const step = stepAfterScript(tested.run, tested.settings.mode);
  switch (step.step) {
    case 'reject':
    case 'leave_undecided':
      return refused(step);
    case 'migrate':
      return afterPreview(step.profileJson, tested, call, deps);
    case 'authenticate':
      return verdict('authenticated', 'the user is let in, and stays in the legacy user store');
    case 'run_script':
      throw new Error('a script never asks for a script');
  }
};

const PREVIEWS: Readonly<Record<Migration['verdict'], TestVerdict>> = {
  migrated: verdict('authenticated_and_migrated', 'the user is let in, and stored here with this password'),
  already_migrated: verdict(
    'authenticated',
    'the user is here already: a login is answered from here by the password that was stored, without this script',
  ),
  tombstoned: verdict(
    'met_a_tombstone',
    'the user was deleted here and is not brought back: lift the tombstone to let them in',
    'INVALID_CREDENTIALS',
  ),
  conflict: verdict(
    'met_a_conflict',
    'another user here has one of the identifiers: an administrator has to decide who keeps it',
    'IDENTIFIER_CONFLICT',
  ),
  wrong_password: verdict('rejected', 'the user is here already, with another password', 'INVALID_CREDENTIALS'),
  locked: verdict('rejected', 'the user is here already, and locked', 'USER_LOCKED'),
};

const afterPreview = async (
  profileJson: string,
  { userPoolId, args, settings: { connectionId } }: TestedRun,
  call: CallContext,
  { logins }: TestVerdictDeps,
): Promise<TestVerdict> => {
  try {
    const supposed = { userPoolId, connectionId, profileJson, typed: typedIn(args) };
    return PREVIEWS[await logins.previewMigration(supposed, call)];
  } catch (error) {
    // What the script said is worth more than nothing: the run is shown all the same.
    if (!(error instanceof ServiceError) || error.reason === 'CANCELLED') throw error;
    return verdict(
      'unknown',
      'the password is proven; whether the user would be stored cannot be said now',
      error.reason,
    );
  }
};

/** The identifier that the query of `login` names, where it is one. */
const typedIn = ([query]: readonly Json[]): Identifier | undefined => {
  const given = isJsonObject(query) ? query : {};
  return IDENTIFIER_KINDS.flatMap((kind): Identifier[] => {
    const value = given[kind];
    return typeof value === 'string' && identifierProblem({ kind, value }) === undefined ? [{ kind, value }] : [];
  })[0];
};

const taken = (message: string): TestVerdict => verdict('been_taken', message);

const said = <T>(answer: Answer<T>, message: (value: T) => TestVerdict | string): TestVerdict => {
  if (answer.step !== 'answered') return refused(answer);
  const told = message(answer.value);
  return typeof told === 'string' ? taken(told) : told;
};

const afterOther = ({ action, run }: TestedRun): TestVerdict => {
  switch (action) {
    case 'getUser':
      return said(foundAnswer(run), (user) => (user === null ? 'there is no such user' : 'the user is found'));
    case 'createUser':
      return said(userAnswer(action, run), (user) =>
        user === null ? 'taken for created: getUser is asked who it is' : 'the user is created',
      );
    case 'updateUser':
      return said(userAnswer(action, run), (user) =>
        user === null ? 'there was nothing to change' : 'the user is changed',
      );
    case 'deleteUser':
      return said(booleanAnswer(action, run), (isDone) => (isDone ? 'the user is deleted' : 'the user is not deleted'));
    case 'validatePassword':
      return said(booleanAnswer(action, run), (isRight) =>
        isRight
          ? 'the password is right'
          : verdict('rejected', 'the user is told no: the old password is wrong', 'WRONG_OLD_PASSWORD'),
      );
    default:
      return said(
        pageAnswer(action, run),
        ({ users, totalCount }) => `${users.length} of ${totalCount} users are listed`,
      );
  }
};
