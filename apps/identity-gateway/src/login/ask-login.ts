import type { CallFacts } from '@userferry/grpc';
import type { ConnectionMode } from '@userferry/script-contract';
import { withoutPassword } from '@userferry/user-model';
import type { CheckedLogin, LoginStore } from '../clients/login-store.ts';
import type { RunScript } from '../clients/runner.ts';
import type { SettingsCache } from '../connection/settings-cache.ts';
import { connectionState } from '../connection/store-facts.ts';
import type { LoginAttempt } from './login-attempt.ts';
import { loginRun } from './login-run.ts';
import type { LoginStep } from './login-step.ts';
import { stepAfterScript, stepAfterStore } from './next-step.ts';
import { lostLogin, type SettleAttempt } from './settle-attempt.ts';

export type AskLoginDeps = {
  readonly logins: Pick<LoginStore, 'checkLogin'>;
  readonly settings: SettingsCache;
  readonly runScript: RunScript;
  readonly settle: SettleAttempt;
};

/** What is known of a password after our store and, where it can help, the legacy user store were asked. */
export type AskedLogin = {
  readonly checked: CheckedLogin;
  readonly step: Exclude<LoginStep, { step: 'run_script' }>;
  /** The script ran: only then does the answer take the legacy user store's time. */
  readonly ranScript: boolean;
};

/** Told when a script has been asked, and runs. */
export type WhileScriptRuns = (mode: ConnectionMode) => void;

export const askLogin = async (
  attempt: LoginAttempt,
  call: CallFacts,
  deps: AskLoginDeps,
  meanwhile: WhileScriptRuns = () => undefined,
): Promise<AskedLogin> => {
  const checked = await deps.logins.checkLogin(attempt, call);
  const first = stepAfterStore(checked, connectionState(checked.facts));
  if (first.step !== 'run_script') return { checked, step: first, ranScript: false };
  try {
    return { checked, step: await runLogin(attempt, checked, { call, deps, meanwhile }), ranScript: true };
  } catch (error) {
    deps.settle(lostLogin(attempt));
    throw error;
  }
};

type RunMeans = { readonly call: CallFacts; readonly deps: AskLoginDeps; readonly meanwhile: WhileScriptRuns };

const runLogin = async (
  attempt: LoginAttempt,
  { facts: { pool, connection } }: CheckedLogin,
  { call, deps, meanwhile }: RunMeans,
): Promise<AskedLogin['step']> => {
  if (connection === undefined) throw new Error('a script was asked for where there is no connection');
  const settings = await deps.settings.current(attempt.userPoolId, connection, call);
  const running = deps.runScript(loginRun(attempt, pool, settings), call);
  meanwhile(settings.mode);
  const step = stepAfterScript(await running, settings.mode);
  if (step.step === 'run_script') throw new Error('a script never asks for a script');
  if (step.step !== 'authenticate' || step.source === 'local') return step;
  return { ...step, profile: withoutPassword(step.profile, attempt.password) };
};
