import { IDENTIFIER_KINDS } from '@userferry/user-model';
import type { PoolFacts } from '../clients/login-store.ts';
import { scriptContext } from '../connection/script-context.ts';
import { type ConnectionSettings, type ScriptRun, scriptRun } from '../connection/script-run.ts';
import type { LoginAttempt } from './login-attempt.ts';

/** The run of `login(query, password, context)`: exactly the identifier that was typed is non-null in `query`. */
export const loginRun = (attempt: LoginAttempt, pool: PoolFacts, settings: ConnectionSettings): ScriptRun => {
  const { kind, value } = attempt.identifier;
  const query = Object.fromEntries(IDENTIFIER_KINDS.map((each) => [each, each === kind ? value : null]));
  const context = scriptContext({ userPoolId: attempt.userPoolId, pool, facts: attempt.facts });
  return scriptRun(settings, 'login', [query, attempt.password, context]);
};
