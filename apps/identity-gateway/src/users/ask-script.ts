import { ServiceError } from '@userferry/errors';
import type { RunResult, ScriptAction } from '@userferry/script-contract';
import { type Json, type JsonObject, withoutPassword } from '@userferry/user-model';
import { auditedAs } from '../access/audited-as.ts';
import { scriptContext } from '../connection/script-context.ts';
import { scriptRun } from '../connection/script-run.ts';
import { type ConnectionFacts, connectionState, type StoreFacts } from '../connection/store-facts.ts';
import { PAYMENT_REQUIRED } from '../outcome/undecided.ts';
import { type Answer, booleanAnswer, foundAnswer, pageAnswer, type ScriptUser, userAnswer } from './script-answer.ts';
import type { UserScope } from './user-scope.ts';
import type { GetUserQuery } from './user-selector.ts';

/** The pool's connection as this very call was told of it. */
export type Asked = { readonly scope: UserScope; readonly facts: StoreFacts };

export const connectionOf = ({ facts: { connection } }: Asked): ConnectionFacts => {
  if (connection === undefined) throw new Error('a script was asked for where there is no connection');
  return connection;
};

/** Somebody saved another mode while the call ran. */
export const modeChanged = (): ServiceError =>
  new ServiceError('CONCURRENT_CHANGE', "the connection's mode was changed at this moment; try again");

const WRITES: readonly ScriptAction[] = ['createUser', 'updateUser', 'deleteUser'];
const isWrite = (action: ScriptAction): boolean => WRITES.includes(action);

/**
 * In a custom user store the audit says by which key which call had which script run, and nothing of the user. Before the
 * run, so that no write is without an entry; one that fails keeps the script from running.
 */
const auditWrite = (action: ScriptAction, { userPoolId, call, deps }: UserScope): Promise<void> =>
  deps.history.appendAuditEntry({ userPoolId, action: auditedAs(call), target: `script ${action}` }, call);

/** Runs one of the connection's scripts and reads what it said. Without the plan no script runs. */
const ask = async <T>(
  asked: Asked,
  action: ScriptAction,
  args: readonly Json[],
  read: (run: RunResult) => Answer<T>,
): Promise<Answer<T>> => {
  const { userPoolId, facts, call, deps } = asked.scope;
  if (connectionState(asked.facts) === 'unpaid') return PAYMENT_REQUIRED;
  const connection = connectionOf(asked);
  const settings = await deps.settings.current(userPoolId, connection, call);
  // The mode decides what may be written: a call that began in one does not end in the other.
  if (settings.mode !== connection.mode) throw modeChanged();
  if (isWrite(action)) await auditWrite(action, asked.scope);
  const context = scriptContext({ userPoolId, pool: asked.facts.pool, facts });
  const { passwords } = facts;
  return read(
    await deps.runScript(scriptRun(settings, { userPoolId, action, args: [...args, context], passwords }), call),
  );
};

/** What is the call's own password in whatever column of a row is nothing to show, or to store. */
const withoutPasswords = (answer: Answer<ScriptUser | null>, { facts }: UserScope): Answer<ScriptUser | null> => {
  if (answer.step !== 'answered' || answer.value === null) return answer;
  const profile = (facts.passwords ?? []).reduce(withoutPassword, answer.value.profile);
  return { ...answer, value: { ...answer.value, profile } };
};

/**
 * Nobody, or somebody deleted there, is `null`; and so is whoever has another legacy id than the one that was asked for: a
 * database that compares it as a number takes `7abc` for 7.
 */
export const askGetUser = async (asked: Asked, query: GetUserQuery): Promise<Answer<ScriptUser | null>> => {
  const answer = withoutPasswords(await ask(asked, 'getUser', [query], foundAnswer), asked.scope);
  if (answer.step !== 'answered' || answer.value === null || query.id === null) return answer;
  return String(answer.value.externalId) === String(query.id) ? answer : { step: 'answered', value: null };
};

export const askCreateUser = (asked: Asked, userInfo: JsonObject) =>
  ask(asked, 'createUser', [userInfo], (run) => withoutPasswords(userAnswer('createUser', run), asked.scope));

export const askUpdateUser = (asked: Asked, id: string | number, updates: JsonObject) =>
  ask(asked, 'updateUser', [id, updates], (run) => withoutPasswords(userAnswer('updateUser', run), asked.scope));

export const askDeleteUser = (asked: Asked, id: string | number) =>
  ask(asked, 'deleteUser', [id], (run) => booleanAnswer('deleteUser', run));

export const askValidatePassword = (asked: Asked, id: string | number, password: string) =>
  ask(asked, 'validatePassword', [id, password], (run) => booleanAnswer('validatePassword', run));

export const askSearchUser = (asked: Asked, keyword: string) =>
  ask(asked, 'searchUser', [keyword], (run) => pageAnswer('searchUser', run));

export const askListUsers = (asked: Asked, page: number, limit: number) =>
  ask(asked, 'listUsers', [page, limit], (run) => pageAnswer('listUsers', run));
