import { Server, ServerCredentials } from '@grpc/grpc-js';
import { IdentityServiceClient } from '@userferry/contracts/identity/v1/identity_service';
import { ScriptRunnerServiceService } from '@userferry/contracts/runner/v1/script_runner_service';
import { ServiceError } from '@userferry/errors';
import { type CallContext, createClient } from '@userferry/grpc';
import { createLogger } from '@userferry/process';
import { afterEach, describe, expect, it } from 'vitest';
import { ROLE_SCOPES } from './access/scopes.ts';
import { createRunnerClient } from './clients/runner.ts';
import type { StoreFacts } from './connection/store-facts.ts';
import { createGatewayCalls, createIdentityGateway, type GatewayDeps } from './create-identity-gateway.ts';

const TOKEN = 'a-service-token-of-more-than-32-characters';
let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const FACTS: StoreFacts = {
  pool: { name: 'Acme', metadata: {}, revealRejectionDetails: false, connectionsIncluded: true },
  connection: { connectionId: 'connection', version: 1n, enabled: true, mode: 'custom_user_store' },
};
const SETTINGS = {
  ...FACTS.connection,
  env: {},
  egress: [],
  isolation: 'warm',
  pool: FACTS.pool,
  scripts: new Map(['login', 'getUser', 'updateUser'].map((action) => [action, 'source'])),
};

/** A runner that is alive, takes every run and looks at no deadline. */
const startSilentRunner = async (): Promise<string> => {
  const server = new Server();
  const taken = () => undefined;
  server.addService(ScriptRunnerServiceService, { runScript: taken, checkScript: taken });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  stack.defer(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
};

/** What a client of another service gets when that service does not answer. */
const never = (_: unknown, { deadlineMs }: CallContext) =>
  new Promise<never>((_resolve, reject) =>
    setTimeout(() => reject(new ServiceError('DEADLINE_EXCEEDED', 'no answer')), deadlineMs - Date.now()),
  );

/** The whole gateway, a runner that never answers, and a store that does, or does not either. */
const startGateway = async ({ storeAnswers }: { readonly storeAnswers: boolean }) => {
  const settled: string[] = [];
  const runs: string[] = [];
  const checked = { verdict: 'unknown', user: undefined, facts: FACTS, retryAfterMs: 0 };
  const answer = (value: object) => (storeAnswers ? async () => value : never);
  const deps = {
    log: createLogger({ service: 'test', level: 'silent' }),
    logins: { checkLogin: answer(checked) },
    users: { findUser: async () => ({ verdict: 'custom_user_store', user: undefined, facts: FACTS }) },
    connections: { getConnectionSettings: async () => SETTINGS },
    history: { appendAuditEntry: async () => undefined },
    pools: {
      findApiKey: async () => ({
        validUntilMs: Number.POSITIVE_INFINITY,
        caller: { role: 'edge', userPoolIds: ['pool'], scopes: ROLE_SCOPES.edge, id: 'key-1' },
      }),
    },
    runner: stack.use(createRunnerClient(await startSilentRunner(), TOKEN)),
    settle: ({ end }: { end: string }) => settled.push(end),
    noteKeyUse: () => undefined,
    recordRun: ({ outcome }: { outcome: string }) => runs.push(outcome),
  } as unknown as GatewayDeps;
  const gateway = stack.use(await createIdentityGateway({ host: '127.0.0.1', port: 0 }, createGatewayCalls({}, deps)));
  const client = stack.use(createClient(IdentityServiceClient, { address: `127.0.0.1:${gateway.port}`, token: 'key' }));
  return { client, settled, runs };
};

const inTime = (ms: number) => ({ requestId: 'request-1', deadlineMs: Date.now() + ms });
const login = {
  userPoolId: 'pool',
  identifier: { $case: 'email' as const, value: 'ada@example.com' },
  password: 'secret-1',
  context: undefined,
};
const user = {
  selector: { $case: 'ref' as const, value: { ref: { $case: 'externalIdString' as const, value: '7' } } },
};
const timedOut = { outcome: { $case: 'undecided', value: { reason: 'TIMED_OUT' } } };

describe('a caller whose time runs out', () => {
  it.each([2_500, 5_000])('after %i ms is told so by a login when the runner does not answer', async (ms) => {
    const { client, settled, runs } = await startGateway({ storeAnswers: true });
    expect(await client.login(login, inTime(ms))).toMatchObject(timedOut);
    expect([settled, runs]).toEqual([['undecided'], ['timed_out']]);
  });

  it('is told so by a login when our store does not answer', async () => {
    const { client } = await startGateway({ storeAnswers: false });
    expect(await client.login(login, inTime(2_500))).toMatchObject(timedOut);
  });

  it('is told so by a look-up, and by a change, which may have happened', async () => {
    const { client } = await startGateway({ storeAnswers: true });
    const found = { userPoolId: 'pool', user, context: undefined };
    expect(await client.getUser(found, inTime(2_500))).toMatchObject(timedOut);
    const change = { ...found, updates: undefined, clear: ['nickname'], password: undefined };
    const changed = await client.updateUser(change, inTime(2_500));
    expect(changed).toMatchObject(timedOut);
    expect(changed.outcome?.value).toMatchObject({ retryAfterMs: 0n, message: expect.stringMatching(/look before/) });
  });
});
