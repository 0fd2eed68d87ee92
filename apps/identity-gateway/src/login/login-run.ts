import { IDENTIFIER_KINDS } from '@userferry/user-model';
import { scriptContext } from '../connection/script-context.ts';
import { type ConnectionSettings, type ScriptRun, scriptRun } from '../connection/script-run.ts';
import type { PoolFacts } from '../connection/store-facts.ts';
import type { LoginAttempt } from './login-attempt.ts';

/** The run of `login(query, password, context)`: exactly the identifier that was typed is non-null in `query`. */
export const loginRun = (attempt: LoginAttempt, pool: PoolFacts, settings: ConnectionSettings): ScriptRun => {
  const { userPoolId, identifier, password, facts } = attempt;
  const { kind, value } = identifier;
  const query = Object.fromEntries(IDENTIFIER_KINDS.map((each) => [each, each === kind ? value : null]));
  const context = scriptContext({ userPoolId, pool, facts });
  return scriptRun(settings, {
    userPoolId,
    action: 'login',
    args: [query, password, context],
    passwords: facts.passwords,
  });
};
