import type { CallFacts } from '@userferry/grpc';
import type { HistoryStore } from '../clients/history-store.ts';
import type { LoginStore } from '../clients/login-store.ts';
import type { RunScript } from '../clients/runner.ts';
import type { UserStore } from '../clients/user-store.ts';
import type { RequestFacts } from '../connection/request-facts.ts';
import type { SettingsCache } from '../connection/settings-cache.ts';
import type { SettleAttempt } from '../login/settle-attempt.ts';

/** What calls about users need of the world. */
export type UserDeps = {
  readonly users: Omit<UserStore, typeof Symbol.dispose>;
  readonly logins: Pick<LoginStore, 'checkLogin' | 'migrateUser'>;
  readonly history: Pick<HistoryStore, 'appendAuditEntry'>;
  readonly settings: SettingsCache;
  readonly runScript: RunScript;
  readonly settle: SettleAttempt;
};

/** One call: in which pool, from what request, with what. */
export type UserScope = {
  readonly userPoolId: string;
  readonly facts: RequestFacts;
  readonly call: CallFacts;
  readonly deps: UserDeps;
};
