import type { CallFacts } from '@userferry/grpc';
import type { ExternalId, Profile } from '@userferry/user-model';
import type { CheckedLogin, LoginStore, StoredUser } from '../clients/login-store.ts';
import type { RunScript } from '../clients/runner.ts';
import type { SettingsCache } from '../connection/settings-cache.ts';
import type { LoginAttempt } from './login-attempt.ts';
import { loginRun } from './login-run.ts';
import {
  INVALID_CREDENTIALS,
  type LoginStep,
  type Rejected,
  type Undecided,
  USER_LOCKED,
  undecided,
} from './login-step.ts';
import { stepAfterScript, stepAfterStore } from './next-step.ts';

export type LoginDeps = {
  readonly store: Pick<LoginStore, 'checkLogin' | 'migrateUser'>;
  readonly settings: SettingsCache;
  readonly runScript: RunScript;
};

/** One of our users, or one who lives in the legacy user store only. */
export type ProvenUser =
  | { readonly kind: 'stored'; readonly stored: StoredUser }
  | { readonly kind: 'legacy'; readonly externalId: ExternalId; readonly profile: Profile };

/** How a login ended. `source` says who proved the password. */
export type LoginEnd =
  | {
      readonly step: 'authenticated';
      readonly user: ProvenUser;
      readonly source: 'local' | 'custom_database';
      readonly migratedNow: boolean;
    }
  | Rejected
  | Undecided;

export type ProvenLogin = { readonly end: LoginEnd; readonly revealDetails: boolean };

/**
 * The whole of a login: our store first; then, for a user whom nobody here knows, the connection's script; then, in lazy
 * migration, the store again. Nothing is kept here between the steps: a crash at any of them loses nothing, since the
 * next login starts from what the store then knows.
 */
export const proveLogin = async (attempt: LoginAttempt, call: CallFacts, deps: LoginDeps): Promise<ProvenLogin> => {
  const checked = await deps.store.checkLogin(attempt, call);
  const first = stepAfterStore(checked.verdict, checked.connection?.enabled ?? false);
  const step = first.step === 'run_script' ? await askScript(attempt, checked, call, deps) : first;
  return {
    end: await finish(step, attempt, checked, { call, deps }),
    revealDetails: checked.pool.revealRejectionDetails,
  };
};

const askScript = async (
  attempt: LoginAttempt,
  checked: CheckedLogin,
  call: CallFacts,
  deps: LoginDeps,
): Promise<LoginStep> => {
  const version = checked.connection?.version ?? 0n;
  const settings = await deps.settings.current(attempt.userPoolId, version, call);
  const run = await deps.runScript(loginRun(attempt, checked.pool, settings), call);
  return stepAfterScript(run, settings.mode);
};

const finish = async (
  step: LoginStep,
  attempt: LoginAttempt,
  checked: CheckedLogin,
  { call, deps }: { readonly call: CallFacts; readonly deps: LoginDeps },
): Promise<LoginEnd> => {
  switch (step.step) {
    case 'reject':
    case 'leave_undecided':
      return step;
    case 'migrate':
      return migrate(step.profileJson, attempt, checked, { call, deps });
    case 'authenticate':
      return authenticated(step, checked);
    case 'run_script':
      throw new Error('a script never asks for a script');
  }
};

const authenticated = (step: Extract<LoginStep, { step: 'authenticate' }>, checked: CheckedLogin): LoginEnd => {
  if (step.source === 'custom_database') {
    const user = { kind: 'legacy', externalId: step.externalId, profile: step.profile } as const;
    return { step: 'authenticated', user, source: 'custom_database', migratedNow: false };
  }
  if (checked.user === undefined) throw new Error('the store verified a password and sent no user');
  return { step: 'authenticated', user: { kind: 'stored', stored: checked.user }, source: 'local', migratedNow: false };
};

const migrate = async (
  profileJson: string,
  attempt: LoginAttempt,
  checked: CheckedLogin,
  { call, deps }: { readonly call: CallFacts; readonly deps: LoginDeps },
): Promise<LoginEnd> => {
  const connectionId = checked.connection?.connectionId ?? '';
  const migration = await deps.store.migrateUser({ attempt, connectionId, profileJson }, call);
  switch (migration.verdict) {
    case 'tombstoned':
    // Known here by another identifier, with another password than the legacy user store's.
    case 'wrong_password':
      return INVALID_CREDENTIALS;
    case 'locked':
      return USER_LOCKED;
    case 'conflict':
      return undecided('IDENTIFIER_CONFLICT', 'another user here has one of the identifiers of this one');
    default: {
      const user = { kind: 'stored', stored: migration.user } as const;
      return { step: 'authenticated', user, source: 'custom_database', migratedNow: migration.verdict === 'migrated' };
    }
  }
};
