import type { CallFacts } from '@userferry/grpc';
import { inSpan } from '@userferry/telemetry';
import type { CheckedLogin, LoginStore } from '../clients/login-store.ts';
import type { PreparedMigration } from '../clients/prepared-migration.ts';
import { INVALID_CREDENTIALS, USER_LOCKED } from '../outcome/rejected.ts';
import { IDENTIFIER_CONFLICT } from '../outcome/undecided.ts';
import { storedUser } from '../users/known-user.ts';
import { type AskedLogin, type AskLoginDeps, askLogin } from './ask-login.ts';
import type { EvenTiming } from './even-timing.ts';
import type { LoginAttempt } from './login-attempt.ts';
import type { LoginEnd } from './login-end.ts';
import type { LoginStep } from './login-step.ts';
import { lostLogin, settledLogin } from './settle-attempt.ts';

export type LoginDeps = AskLoginDeps & {
  readonly logins: Pick<LoginStore, 'checkLogin' | 'prepareMigration'>;
  readonly timing: EvenTiming;
};

export type ProvenLogin = {
  readonly end: LoginEnd;
  readonly revealDetails: boolean;
  /** Who gave the answer: our store alone, or the connection's script; nobody, where none came in time. */
  readonly source: 'local' | 'custom_database' | 'none';
};

/**
 * The whole of a login: our store first; then, for a user whom nobody here knows, the connection's script; then, in lazy
 * migration, the store again. Nothing is kept here between the steps: a crash at any of them loses nothing, since the
 * next login starts from what the store then knows.
 */
export const proveLogin = async (attempt: LoginAttempt, call: CallFacts, deps: LoginDeps): Promise<ProvenLogin> => {
  const began = deps.timing.begin();
  const { asked, end } = await askAndFinish(attempt, { call, deps });
  const settled = settledLogin(attempt, end, asked);
  if (settled !== undefined) deps.settle(settled);
  await evenOut(end, asked, began, { call, deps });
  const source = asked.ranScript ? 'custom_database' : 'local';
  return { end, source, revealDetails: asked.checked.facts.pool.revealRejectionDetails };
};

type CallAndDeps = { readonly call: CallFacts; readonly deps: LoginDeps };

/** Whether the legacy user store was asked must not show in the time of a rejection. A limit tells nothing of users. */
const evenOut = async (
  end: LoginEnd,
  { checked: { facts }, ranScript }: AskedLogin,
  beganMs: number,
  { call, deps }: CallAndDeps,
): Promise<void> => {
  const { connection } = facts;
  if (end.step !== 'reject' || end.reason === 'TOO_MANY_ATTEMPTS' || !connection?.enabled) return;
  const { connectionId, mode } = connection;
  const rejection = { connectionId, beganMs, ranScript, mixed: mode === 'lazy_migration' };
  await inSpan('hold back the rejection', () => deps.timing.holdBack(rejection, call));
};

/** While a script runs that may prove who is to be migrated, the store prepares for it. */
const askAndFinish = async (attempt: LoginAttempt, { call, deps }: CallAndDeps) => {
  using stack = new DisposableStack();
  let prepared: PreparedMigration | undefined;
  const asked = await askLogin(attempt, call, deps, (mode) => {
    if (mode === 'lazy_migration') prepared = stack.use(deps.logins.prepareMigration(attempt, call));
  });
  const settleLost = () => deps.settle(lostLogin(attempt));
  return { asked, end: await finish(asked, prepared, settleLost) };
};

const finish = async (
  { step, checked }: AskedLogin,
  prepared: PreparedMigration | undefined,
  settleLost: () => void,
): Promise<LoginEnd> => {
  switch (step.step) {
    case 'reject':
    case 'leave_undecided':
      return step;
    case 'migrate':
      if (prepared === undefined) throw new Error('a user is to be migrated where nobody migrates');
      return migrate(step.profileJson, prepared, checked).catch((error) => {
        settleLost();
        throw error;
      });
    case 'authenticate':
      return authenticated(step, checked);
  }
};

const authenticated = (step: Extract<LoginStep, { step: 'authenticate' }>, checked: CheckedLogin): LoginEnd => {
  if (step.source === 'custom_database') {
    const user = { kind: 'legacy', externalId: step.externalId, profile: step.profile } as const;
    return { step: 'authenticated', user, source: 'custom_database', migratedNow: false };
  }
  if (checked.user === undefined) throw new Error('the store verified a password and sent no user');
  return { step: 'authenticated', user: storedUser(checked.user), source: 'local', migratedNow: false };
};

const migrate = async (
  profileJson: string,
  prepared: PreparedMigration,
  { facts }: CheckedLogin,
): Promise<LoginEnd> => {
  const migration = await prepared.migrate({ connectionId: facts.connection?.connectionId ?? '', profileJson });
  switch (migration.verdict) {
    case 'tombstoned':
    // Known here by another identifier, with another password than the legacy user store's.
    case 'wrong_password':
      return INVALID_CREDENTIALS;
    case 'locked':
      return USER_LOCKED;
    case 'conflict':
      return IDENTIFIER_CONFLICT;
    default: {
      const migratedNow = migration.verdict === 'migrated';
      return { step: 'authenticated', user: storedUser(migration.user), source: 'custom_database', migratedNow };
    }
  }
};
