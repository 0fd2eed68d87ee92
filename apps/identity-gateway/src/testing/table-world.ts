import { ServiceError } from '@userferry/errors';
import type { CallFacts } from '@userferry/grpc';
import { createLogger } from '@userferry/process';
import type { ScriptAction } from '@userferry/script-contract';
import type { Json } from '@userferry/user-model';
import { ROLE_SCOPES } from '../access/scopes.ts';
import type { SettledAttempt } from '../clients/login-store.ts';
import type { Migration, StoredUser } from '../clients/migration.ts';
import type { ConnectionSettings, ScriptRun } from '../connection/script-run.ts';
import type { StoreFacts } from '../connection/store-facts.ts';
import type { LocalVerdict } from '../login/next-step.ts';
import type { LoginDeps } from '../login/prove-login.ts';
import type { UserScope } from '../users/user-scope.ts';
import type { UserVerdict } from '../users/user-verdict.ts';
import type { Row, Write } from './row.ts';
import { say } from './say.ts';

export const STORED = {
  userId: 'ours',
  migrationState: 2,
  profile: { email: 'ada@example.com' },
} as unknown as StoredUser;

/** The same under an e-mail that is not the legacy user store's any more. */
const MOVED = { ...STORED, profile: { email: 'ada@navy.example' } } as StoredUser;

export const callFacts = (name = 'Test'): CallFacts => ({
  method: `/userferry.identity.v1.IdentityService/${name}`,
  requestId: 'request-1',
  deadlineMs: Date.now() + 10_000,
  signal: new AbortController().signal,
  caller: { role: 'edge', userPoolIds: ['pool'], scopes: ROLE_SCOPES.edge, id: 'key-1' },
  log: createLogger({ service: 'test', level: 'silent' }),
});

const factsOf = (mode: Row['mode']): StoreFacts => ({
  pool: { name: 'Acme', metadata: {}, revealRejectionDetails: false, connectionsIncluded: !mode.endsWith('unpaid') },
  connection: {
    connectionId: 'connection',
    version: 1n,
    enabled: mode !== 'local',
    mode: mode.startsWith('custom') ? 'custom_user_store' : 'lazy_migration',
  },
});

/** What happened while a row was run. */
export type Traces = {
  readonly scripts: {
    readonly action: ScriptAction;
    readonly args: readonly Json[];
    readonly passwords: readonly string[];
  }[];
  readonly writes: Write[];
  readonly settled: SettledAttempt[];
  /** Migrations that the store was told may come, and those that are over, done or not. */
  readonly preparations: { begun: number; over: number };
  /** For the audit, before a script that writes. */
  readonly audited: { readonly action: string; readonly target: string }[];
};

/** Our services as functions that say what the row wants and write down what was asked of them. */
export const tableWorld = (row: Row) => {
  const traces: Traces = { scripts: [], writes: [], settled: [], preparations: { begun: 0, over: 0 }, audited: [] };
  const facts = factsOf(row.mode);

  const write = (name: Write): string => {
    const expected = row.writes?.[traces.writes.length];
    traces.writes.push(name);
    const said = Array.isArray(expected) ? String(expected[1]) : 'ok';
    if (said === 'weak') throw new ServiceError('PASSWORD_TOO_WEAK', 'a new password must have at least 8 characters');
    return said;
  };
  const written = async (name: Write) => {
    const verdict = write(name) as UserVerdict;
    return { verdict, user: verdict === 'ok' ? STORED : undefined, facts, retryAfterMs: 1_000 };
  };
  const userOf = (verdict: string) => (verdict === 'ok' || verdict === 'verified' ? STORED : undefined);

  const users: UserScope['deps']['users'] = {
    findUser: async (_, user) => {
      const isFirst = user.kind !== 'external_id' || row.by === 'legacy id';
      const verdict = (isFirst ? row.here : (row.hereById ?? 'not_found')) as UserVerdict;
      return { verdict, user: isFirst ? userOf(verdict) : userOf(verdict) && MOVED, facts };
    },
    createUser: () => written('CreateUser'),
    updateUser: () => written('UpdateUser'),
    deleteUser: () => written('DeleteUser'),
    changePassword: () => written('ChangePassword'),
    listUsers: async () => ({ verdict: row.here as UserVerdict, users: [STORED], totalCount: 1, facts }),
  };
  const migrate = async (): Promise<Migration> => {
    const said = write('MigrateUser');
    if (said === 'ok') return { verdict: 'migrated', user: STORED };
    if (said === 'already_migrated') return { verdict: said, user: STORED };
    return { verdict: said } as Migration;
  };
  const logins: (LoginDeps & UserScope['deps'])['logins'] = {
    checkLogin: async () => {
      const verdict: LocalVerdict = row.call === 'Login' ? (row.here as LocalVerdict) : 'unknown';
      return { verdict, user: userOf(verdict), facts, retryAfterMs: 1_000 };
    },
    migrateUser: migrate,
    prepareMigration: () => {
      traces.preparations.begun += 1;
      const over = () => {
        traces.preparations.over += 1;
      };
      return { migrate, [Symbol.dispose]: over };
    },
  };
  const runScript = async (run: ScriptRun) => {
    const [action, saying] = row.scripts?.[traces.scripts.length] ?? [];
    traces.scripts.push({ action: run.action, args: JSON.parse(run.argsJson) as Json[], passwords: run.passwords });
    if (action !== run.action || saying === undefined) throw new Error(`the table does not expect ${run.action} here`);
    return say(action, saying);
  };
  const settings: ConnectionSettings = {
    connectionId: 'connection',
    version: 1n,
    enabled: true,
    mode: facts.connection?.mode ?? 'lazy_migration',
    env: {},
    egress: [],
    isolation: 'warm',
    scripts: new Map(),
    pool: facts.pool,
  };
  const deps: LoginDeps & UserScope['deps'] = {
    users,
    logins,
    runScript,
    history: { appendAuditEntry: async ({ action, target }) => void traces.audited.push({ action, target }) },
    settings: { current: async () => settings },
    settle: (settled) => traces.settled.push(settled),
    timing: { begin: () => 0, holdBack: async () => undefined },
  };
  return { deps, traces };
};
