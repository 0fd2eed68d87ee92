import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HealthClient, HealthCheckResponse_ServingStatus as Status } from '@userferry/contracts/grpc/health/v1/health';
import {
  CreateUserPoolRequest,
  ListUserPoolsRequest,
  PoolStoreServiceClient,
} from '@userferry/contracts/migration/v1/pool_store_service';
import { RunScriptRequest, ScriptRunnerServiceClient } from '@userferry/contracts/runner/v1/script_runner_service';
import { ServiceError } from '@userferry/errors';
import { createClient, LIVENESS } from '@userferry/grpc';
import { actionNumber } from '@userferry/script-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killIsolateHosts } from './calls/isolate-hosts.ts';
import { createReplica, type Replica } from './rolling/replica.ts';
import { prepareGround, type ReplicaGround } from './rolling/replica-world.ts';

const stack = new AsyncDisposableStack();
const inTime = (ms = 20_000) => ({ requestId: randomUUID(), deadlineMs: Date.now() + ms });
const PATIENT = { timeout: 45_000, interval: 200 };
let ground: ReplicaGround;

beforeAll(async () => {
  ground = await prepareGround(stack);
});
afterAll(() => stack.disposeAsync());

/** Says what the health service of a replica says of a name, or that nobody answers. */
const healthOf = ({ address }: Replica) => {
  const client = stack.use(createClient(HealthClient, { address }));
  return (service = '') =>
    client.check({ service }, inTime(5_000)).then(
      ({ status }) => (status === Status.SERVING ? 'SERVING' : 'NOT_SERVING'),
      () => 'no answer',
    );
};

const http = async ({ httpPort }: Replica, path: string): Promise<number> =>
  (await fetch(`http://127.0.0.1:${httpPort}${path}`)).status;

describe('a gateway', () => {
  it('lives at once, is ready once our store has served, and stays so when our store is away', async () => {
    const migration = await createReplica({ name: 'migration-service', env: ground.envOf('migration-service') });
    const env = { ...ground.envOf('identity-gateway'), USERFERRY_MIGRATION_ADDRESS: migration.address };
    const gateway = await createReplica({ name: 'identity-gateway', env });
    stack.defer(() => gateway.stop().then(() => undefined));
    stack.defer(() => migration.stop().then(() => undefined));
    const [ofGateway, ofMigration] = [healthOf(gateway), healthOf(migration)];
    const started = gateway.start();
    await expect.poll(() => ofGateway(LIVENESS), PATIENT).toBe('SERVING');
    expect(await ofGateway()).toBe('NOT_SERVING');
    expect([await http(gateway, '/healthz'), await http(gateway, '/readyz')]).toEqual([200, 503]);
    await migration.start();
    await started;
    expect(await ofGateway()).toBe('SERVING');
    expect(await http(gateway, '/readyz')).toBe(200);

    await ground.store.pause();
    await expect.poll(() => ofMigration(), PATIENT).toBe('NOT_SERVING');
    expect([await ofMigration(LIVENESS), await ofGateway(), await http(gateway, '/readyz')]).toEqual([
      'SERVING',
      'SERVING',
      200,
    ]);
    await ground.store.resume();
    await expect.poll(() => ofMigration(), PATIENT).toBe('SERVING');
  });
});

describe('migration-service', () => {
  it('waits for our store when it is up first, unless it is told to stop', async () => {
    const create = () => createReplica({ name: 'migration-service', env: ground.envOf('migration-service') });
    const [patient, stopped] = [await create(), await create()];
    stack.defer(() => patient.stop().then(() => undefined));
    await ground.store.pause();
    const [started, ended] = [patient.start(), stopped.start().catch((error: unknown) => error)];
    await expect.poll(() => JSON.stringify(stopped.lines), PATIENT).toContain('waiting for our store');
    expect(await stopped.stop()).toBe(0);
    await ended;
    await expect.poll(() => JSON.stringify(patient.lines), PATIENT).toContain('waiting for our store');
    await ground.store.resume();
    await started;
    expect(await healthOf(patient)()).toBe('SERVING');
  });

  it('starts with a store that is read-only for now, answers what only reads, and writes as soon as it may', async () => {
    const env = ground.envOf('migration-service');
    const [before, after] = [
      await createReplica({ name: 'migration-service', env }),
      await createReplica({ name: 'migration-service', env }),
    ];
    stack.defer(() => before.stop().then(() => undefined));
    stack.defer(() => after.stop().then(() => undefined));
    await before.start();
    const mayOnlyRead = (value: 'on' | 'off') =>
      ground.store.query(`ALTER DATABASE userferry SET default_transaction_read_only = ${value}`);
    await mayOnlyRead('on');
    await after.start();
    const token = env.USERFERRY_SERVICE_TOKEN ?? '';
    const pools = stack.use(createClient(PoolStoreServiceClient, { address: after.address, token }));
    const read = () => pools.listUserPools(ListUserPoolsRequest.fromPartial({ all: true }), inTime());
    const write = () => pools.createUserPool(CreateUserPoolRequest.fromPartial({ name: 'p', plan: 1 }), inTime());
    expect(await healthOf(after)()).toBe('SERVING');
    expect((await read()).userPools).toBeInstanceOf(Array);
    await expect(write()).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE' });
    await mayOnlyRead('off');
    expect((await write()).userPool).toBeDefined();
  });
});

describe('a script-runner', () => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-runner-'));
  let runner: Replica;
  let health: ReturnType<typeof healthOf>;
  let run: (source: string, how?: { connectionId?: string; ms?: number }) => Promise<string>;

  beforeAll(async () => {
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    const small = { USERFERRY_ISOLATE_HOSTS_MAX: '2', USERFERRY_STATE_FOLDER: folder };
    runner = await createReplica({ name: 'script-runner', env: { ...ground.envOf('script-runner'), ...small } });
    stack.defer(() => runner.stop().then(() => undefined));
    await runner.start();
    health = healthOf(runner);
    const token = ground.envOf('script-runner').USERFERRY_SERVICE_TOKEN ?? '';
    const client = stack.use(createClient(ScriptRunnerServiceClient, { address: runner.address, token }));
    run = (source, { connectionId = 'a', ms = 20_000 } = {}) => {
      const what = { runId: randomUUID(), connectionId, action: actionNumber('getUser'), source, timeoutMs: 10_000n };
      const request = RunScriptRequest.fromPartial({ ...what, argsJson: Buffer.from('[{},{}]') });
      return client.runScript(request, inTime(ms)).then(
        ({ outcome, retryAfterMs }) => `${outcome}${retryAfterMs > 0n ? ' later' : ''}`,
        (error: unknown) =>
          error instanceof ServiceError
            ? `${error.reason}${error.metadata.retry_after_ms ? ' later' : ''}`
            : String(error),
      );
    };
  });

  const COMPLETED = '1';
  const QUICK = 'async function getUser() { return null; }';
  const SLOW = 'async function getUser() { await new Promise((resolve) => setTimeout(resolve, 3000)); return null; }';

  it('that has too much to do says when to come back, and is healthy', async () => {
    const runs = Array.from({ length: 120 }, (_, n) => run(SLOW, { connectionId: `busy-${n % 12}` }));
    await expect.poll(() => health(), PATIENT).toBe('SERVING');
    const ends = await Promise.all(runs);
    expect(ends.filter((end) => end.endsWith(' later')).length).toBeGreaterThan(0);
    expect(ends.filter((end) => end === 'SERVICE_UNAVAILABLE')).toEqual([]);
    expect(await health()).toBe('SERVING');
    expect(runner.lines.map(({ facts }) => facts?.msg)).not.toContain('no isolate host can be started');
  });

  it('that can make no isolate host is not ready, refuses at once what another may do, and recovers by itself', async () => {
    await expect.poll(() => run(QUICK), PATIENT).toBe(COMPLETED);
    const [name = ''] = readdirSync(folder).filter((each) => each.startsWith('sandbox-'));
    renameSync(join(folder, name), join(folder, 'hidden'));
    killIsolateHosts(runner.pid());
    await expect.poll(() => health(), PATIENT).toBe('NOT_SERVING');
    expect(await health(LIVENESS)).toBe('SERVING');
    expect(await run(QUICK, { connectionId: 'b', ms: 4_000 })).toBe('SERVICE_UNAVAILABLE');
    renameSync(join(folder, 'hidden'), join(folder, name));
    await expect.poll(() => health(), PATIENT).toBe('SERVING');
    await expect.poll(() => run(QUICK, { connectionId: 'b' }), PATIENT).toBe(COMPLETED);
  });
});
