import { randomUUID } from 'node:crypto';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { User } from '@userferry/contracts/identity/v1/user';
import { ApiKey, ApiKeyRole } from '@userferry/contracts/management/v1/api_key_service';
import { UserPool } from '@userferry/contracts/management/v1/user_pool_service';
import { HistoryServiceService } from '@userferry/contracts/migration/v1/history_service';
import { AttemptEnd, LocalVerdict, LoginServiceService } from '@userferry/contracts/migration/v1/login_service';
import { PoolStoreServiceService } from '@userferry/contracts/migration/v1/pool_store_service';
import { UserServiceService, UserVerdict } from '@userferry/contracts/migration/v1/user_service';
import { createServer, type ServiceHandlers, serviceTokenAuthenticate } from '@userferry/grpc';
import { createLogger } from '@userferry/process';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { callFacts } from '../testing/table-world.ts';
import { createHistoryStore } from './history-store.ts';
import { createLoginStore } from './login-store.ts';
import { createPoolStore } from './pool-store.ts';
import { createUserStore } from './user-store.ts';

const TOKEN = 'a-service-token-of-more-than-32-characters';
const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

const facts = {
  pool: { name: 'Acme', metadataJson: Buffer.from('{"a":1}'), revealRejectionDetails: true, connectionsIncluded: true },
  connection: { connectionId: 'c', version: 2n, enabled: true, mode: 2 },
};
const ANSWER = {
  verdict: UserVerdict.OK,
  user: User.fromPartial({ userId: 'ours' }),
  users: [],
  totalCount: 3n,
  facts,
  retryAfterMs: 5n,
};

/** A migration-service that writes down what it was asked and always gives the same answer. */
const asked: { readonly method: string; readonly request: Record<string, unknown> }[] = [];
let answer: object = ANSWER;
const answering = (definition: ServiceDefinition): ServiceHandlers => ({
  definition,
  handlers: Object.fromEntries(
    Object.keys(definition).map((method) => [
      method,
      async (request: Record<string, unknown>) => {
        asked.push({ method, request });
        return answer;
      },
    ]),
  ) as ServiceHandlers['handlers'],
});
const server = stack.use(
  await createServer({
    host: '127.0.0.1',
    port: 0,
    services: [UserServiceService, HistoryServiceService, LoginServiceService, PoolStoreServiceService].map(answering),
    authenticate: serviceTokenAuthenticate([TOKEN]),
    log: createLogger({ service: 'test', level: 'silent' }),
    callMsMax: 10_000,
  }),
);
const address = `127.0.0.1:${server.port}`;
const users = stack.use(createUserStore(address, TOKEN));
const history = stack.use(createHistoryStore(address, TOKEN));
const logins = stack.use(createLoginStore(address, TOKEN));
const pools = stack.use(createPoolStore(history, address, TOKEN));

beforeEach(() => {
  asked.length = 0;
  answer = ANSWER;
});

describe('our store over the wire', () => {
  it.each([
    [
      { kind: 'external_id', value: 7 },
      { $case: 'externalIdNumber', value: 7 },
    ],
    [
      { kind: 'external_id', value: '7' },
      { $case: 'externalIdString', value: '7' },
    ],
    [
      { kind: 'user_id', value: 'u' },
      { $case: 'userId', value: 'u' },
    ],
  ] as const)('is asked for a user by an id of its own kind: %o', async (selector, ref) => {
    await users.findUser('pool', selector, callFacts());
    expect(asked[0]?.request).toMatchObject({ user: { selector: { $case: 'ref', value: { ref } } } });
  });

  it('tells the user and the facts that every decision needs', async () => {
    const found = await users.findUser('pool', { kind: 'email', value: 'a@b.c' }, callFacts());
    expect(found).toMatchObject({
      verdict: 'ok',
      user: { userId: 'ours' },
      facts: {
        pool: { name: 'Acme', metadata: { a: 1 }, revealRejectionDetails: true, connectionsIncluded: true },
        connection: { connectionId: 'c', version: 2n, enabled: true, mode: 'custom_user_store' },
      },
    });
  });

  it('is not believed when it says something that this version does not know', async () => {
    for (const odd of [
      { ...ANSWER, verdict: 99 },
      { ...ANSWER, facts: undefined },
      { ...ANSWER, facts: { ...facts, connection: { ...facts.connection, mode: 9 } } },
    ]) {
      answer = odd;
      const found = users.findUser('pool', { kind: 'email', value: 'a@b.c' }, callFacts());
      await expect(found).rejects.toMatchObject({ reason: 'INTERNAL' });
    }
  });

  it('is told who does it, and a password only where there is one', async () => {
    const update = { userPoolId: 'pool', userId: 'ours', updates: { nickname: null }, password: undefined };
    await users.updateUser(update, callFacts());
    expect(asked[0]?.request).toMatchObject({ actor: 'key-1', password: undefined });
    expect(String(asked[0]?.request.updatesJson)).toBe('{"nickname":null}');
    const change = { userPoolId: 'pool', userId: 'ours', oldPassword: undefined, newPassword: 'n', ip: '192.0.2.1' };
    expect(await users.changePassword(change, callFacts('ResetPassword'))).toMatchObject({
      verdict: 'ok',
      retryAfterMs: 5,
    });
    expect(asked[1]?.request).toMatchObject({ oldPassword: undefined, newPassword: 'n', actor: 'key-1' });
    expect(asked[1]?.request).toMatchObject({ auditAction: 'IdentityService/ResetPassword', countedAs: undefined });
    await users.changePassword({ ...change, typed: { kind: 'username', value: 'ada' } }, callFacts());
    expect(asked[2]?.request).toMatchObject({
      countedAs: { identifier: { identifier: { $case: 'username', value: 'ada' } }, requestIp: '192.0.2.1' },
    });
  });

  it('deletes one of ours by our id, and another by what getUser returned', async () => {
    await users.deleteUser({ userPoolId: 'pool', userId: 'ours' }, callFacts());
    await users.deleteUser({ userPoolId: 'pool', connectionId: 'c', legacyProfileJson: '{"id":7}' }, callFacts());
    expect(asked[0]?.request).toMatchObject({ userId: 'ours', connectionId: '' });
    expect(asked[1]?.request).toMatchObject({ userId: '', connectionId: 'c' });
    expect(String(asked[1]?.request.legacyProfileJson)).toBe('{"id":7}');
  });

  it('is told where a login comes from, and says how long to wait', async () => {
    answer = { verdict: LocalVerdict.TOO_MANY_ATTEMPTS, ...facts, retryAfterMs: 7n };
    const from = { appId: '', appName: '', appMetadata: {}, ip: '192.0.2.1', geo: null, body: {} };
    const identifier = { kind: 'phone', value: '+33' } as const;
    const attempt = { userPoolId: 'pool', identifier, password: 'p', facts: from };
    expect(await logins.checkLogin(attempt, callFacts())).toMatchObject({
      verdict: 'too_many_attempts',
      retryAfterMs: 7,
    });
    expect(asked[0]?.request).toMatchObject({ requestIp: '192.0.2.1', password: 'p' });
  });

  it('is told how an attempt ended, from where it came and who proved it', async () => {
    const identifier = { kind: 'email', value: 'a@b.c' } as const;
    const settled = { userPoolId: 'pool', identifier, ip: '192.0.2.1', end: 'proven', byLegacyStore: true } as const;
    await logins.settleAttempt(settled, callFacts());
    expect(asked[0]?.request).toMatchObject({
      requestIp: '192.0.2.1',
      end: AttemptEnd.PROVEN,
      byLegacyStore: true,
      identifier: { identifier: { $case: 'email', value: 'a@b.c' } },
    });
  });

  it('keeps a run by its id, with action and outcome as the contract numbers them', async () => {
    const endedAt = new Date('2026-11-24T12:00:00Z');
    const run = { runId: randomUUID(), userPoolId: 'pool', version: 4n, test: true, requestId: 'request-1', endedAt };
    const usage = { wallMs: 1.5, cpuMs: 1, heapBytes: 10.4, connectionsReused: 1 };
    const logs = [{ level: 'info' as const, text: 'hello', atMs: 1 }];
    await history.appendScriptRuns([{ ...run, action: 'getUser', outcome: 'timed_out', usage, logs }], callFacts());
    expect(asked[0]?.request).toMatchObject({
      runs: [
        {
          userPoolId: 'pool',
          run: {
            runId: run.runId,
            version: 4n,
            endedAt,
            action: 2,
            outcome: 4,
            logs,
            usage: { heapBytes: 10n, connectionsReused: 1 },
            test: true,
          },
        },
      ],
    });
  });

  it('hears of what was done here by whom and in which request', async () => {
    await history.appendAuditEntry({ userPoolId: 'pool', action: 'A/B', target: 't' }, callFacts());
    expect(asked[0]?.request).toMatchObject({
      entry: { actor: 'key-1', action: 'A/B', target: 't', requestId: 'request-1', at: undefined },
    });
  });

  it('is not left with a key that may more, or longer, than was asked for, because it is of the version before', async () => {
    const apiKey = ApiKey.fromPartial({ apiKeyId: 'k', role: ApiKeyRole.ADMIN, userPoolId: 'pool' });
    const key = { userPoolId: 'pool', role: 'admin', name: 'n', scopes: [] as string[], expiresAt: undefined } as const;
    const later = new Date(Date.now() + 60_000);
    answer = { apiKey, secret: 's', audited: true };
    await expect(pools.createApiKey(key, callFacts())).resolves.toMatchObject({ secret: 's' });
    for (const more of [{ scopes: ['users:read'] }, { expiresAt: later }]) {
      asked.length = 0;
      await expect(pools.createApiKey({ ...key, ...more }, callFacts())).rejects.toMatchObject({
        reason: 'SERVICE_UNAVAILABLE',
      });
      expect(asked.map(({ method }) => method)).toEqual(['createApiKey', 'revokeApiKey']);
    }
    answer = { apiKey: { ...apiKey, scopes: ['users:read'], expiresAt: later }, secret: 's', audited: true };
    const asAsked = { ...key, scopes: ['users:read'], expiresAt: later };
    await expect(pools.createApiKey(asAsked, callFacts())).resolves.toMatchObject({ secret: 's' });
  });
});

describe('a change of a pool or a key', () => {
  const key = { userPoolId: 'pool', apiKeyId: 'k' };
  const newKey = { userPoolId: 'pool', role: 'edge', name: 'n', scopes: ['logins'], expiresAt: undefined } as const;
  const newPool = { name: 'n', metadataJson: Buffer.from('{}'), revealRejectionDetails: false, plan: 1 as const };
  const known = {
    userPool: UserPool.fromPartial({ userPoolId: 'pool' }),
    apiKey: ApiKey.fromPartial({ apiKeyId: 'k', role: ApiKeyRole.EDGE, userPoolId: 'pool', scopes: ['logins'] }),
    secret: 's',
  };
  type Call = ReturnType<typeof callFacts>;
  const CHANGES = [
    ['UserPoolService/CreateUserPool', 'user pool', (call: Call) => pools.createUserPool(newPool, call)],
    [
      'ApiKeyService/CreateApiKey',
      'key k, name n, role edge, logins',
      (call: Call) => pools.createApiKey(newKey, call),
    ],
    [
      'ApiKeyService/RotateApiKey',
      'key k, the secret before goes on for 60 s',
      (call: Call) => pools.rotateApiKey({ ...key, graceSeconds: 60, expiresAt: undefined }, call),
    ],
    ['ApiKeyService/RevokeApiKey', 'key k', (call: Call) => pools.revokeApiKey(key, call)],
  ] as const;
  const callOf = (action: string): Call => ({ ...callFacts(), method: `userferry.management.v1.${action}` });
  const entries = () => asked.filter(({ method }) => method === 'appendAuditEntry');

  it.each(CHANGES)('names who makes it, and has no second entry: %s', async (action, _, change) => {
    answer = { ...known, audited: true };
    await change(callOf(action));
    expect(asked[0]?.request).toMatchObject({ actor: 'key-1' });
    expect(entries()).toEqual([]);
  });

  it.each(CHANGES)(
    'has its entry from here where the store is of the version before: %s',
    async (action, target, change) => {
      answer = known;
      await change(callOf(action));
      expect(entries()).toMatchObject([
        { request: { userPoolId: 'pool', entry: { actor: 'key-1', action, target, requestId: 'request-1' } } },
      ]);
    },
  );

  it('of operators has its entry in the log where the store is of the version before, which keeps none', async () => {
    answer = known;
    await pools.revokeApiKey({ ...key, userPoolId: '*' }, callFacts());
    expect(entries()).toEqual([]);
  });

  it('has nobody told a secret when that entry fails, but a pool is there', async () => {
    answer = known;
    const away = { appendAuditEntry: () => Promise.reject(new Error('away')) };
    using unaudited = createPoolStore(away, address, TOKEN);
    await expect(unaudited.createApiKey(newKey, callFacts())).rejects.toThrow('away');
    await expect(unaudited.createUserPool(newPool, callFacts())).resolves.toMatchObject({ userPoolId: 'pool' });
  });
});
