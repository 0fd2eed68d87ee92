import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HealthClient, HealthCheckResponse_ServingStatus as Status } from '@userferry/contracts/grpc/health/v1/health';
import { ListUserPoolsRequest, UserPoolServiceClient } from '@userferry/contracts/management/v1/user_pool_service';
import { type Certificates, createCertificates, createClient } from '@userferry/grpc';
import { createAuthority } from '@userferry/local-databases';
import type { ServiceName } from '@userferry/local-services';
import { createLogger } from '@userferry/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReplica, type Replica } from './rolling/replica.ts';
import { prepareGround, type ReplicaGround } from './rolling/replica-world.ts';

const PATIENT = { timeout: 60_000, interval: 200 };
const stack = new AsyncDisposableStack();
const folder = mkdtempSync(join(tmpdir(), 'userferry-refused-'));
stack.defer(() => rmSync(folder, { recursive: true, force: true }));
const authority = createAuthority();
const inTime = () => ({ requestId: randomUUID(), deadlineMs: Date.now() + 10_000 });

let ground: ReplicaGround;
let migration: Replica;
let certificates: Certificates;

const next = randomBytes(32).toString('base64url');
/** The token that our services have, and the one that is to follow it. */
const tokens = (form: (old: string, next: string) => string) => ({
  USERFERRY_SERVICE_TOKEN: form(ground.envOf('identity-gateway').USERFERRY_SERVICE_TOKEN ?? '', next),
});

/** The variables of a service whose certificate has these names. */
const tlsOf = (name: ServiceName, names: readonly string[]) => {
  const made = authority.issue(names);
  const write = (end: string, text: string): string => {
    const file = join(folder, `${name}-${names[0]}.${end}`);
    writeFileSync(file, text);
    return file;
  };
  return {
    USERFERRY_TLS_CERT_FILE: write('crt', made.certificate),
    USERFERRY_TLS_KEY_FILE: write('key', made.privateKey),
    USERFERRY_TLS_CA_FILE: write('ca', made.caCertificate),
  };
};

beforeAll(async () => {
  ground = await prepareGround(stack);
  const tls = tlsOf('migration-service', ['migration-service']);
  migration = await createReplica({ name: 'migration-service', env: { ...ground.envOf('migration-service'), ...tls } });
  stack.defer(() => migration.stop().then(() => undefined));
  await migration.start();
  const log = createLogger({ service: 'test', level: 'silent' });
  certificates = stack.use(await createCertificates({ caFile: tls.USERFERRY_TLS_CA_FILE, log }));
});
afterAll(() => stack.disposeAsync());

const start = async (names: readonly string[], env: Readonly<Record<string, string>>): Promise<Replica> => {
  const all = { ...ground.envOf('identity-gateway'), ...tlsOf('identity-gateway', names), ...env };
  const gateway = await createReplica({
    name: 'identity-gateway',
    env: { ...all, USERFERRY_MIGRATION_ADDRESS: migration.address },
  });
  stack.defer(() => gateway.stop().then(() => undefined));
  // It is never ready where it is refused.
  void gateway.start().catch(() => undefined);
  return gateway;
};

const clientsOf = ({ address }: Replica) => {
  const to = { address, tls: { certificates, server: 'identity-gateway' } };
  const health = stack.use(createClient(HealthClient, to));
  const pools = stack.use(createClient(UserPoolServiceClient, { ...to, token: ground.operatorKey }));
  const check = (service: string) =>
    health.check({ service }, inTime()).then(
      ({ status }) => status === Status.SERVING,
      () => 'no answer',
    );
  const list = () =>
    pools.listUserPools(ListUserPoolsRequest.fromPartial({}), inTime()).then(
      () => 'answered',
      (error: { reason: string }) => error.reason,
    );
  return { check, list };
};

describe('a gateway that our own services refuse', () => {
  it.each([
    [
      'for the token that it shows, the first of its own',
      ['identity-gateway'],
      () => tokens((old, next) => `${next},${old}`),
      /^UNAUTHENTICATED: the service token/,
    ],
    [
      'for its certificate',
      ['some-gateway', 'identity-gateway.example', '127.0.0.1'],
      () => ({}),
      /^PEER_NOT_ALLOWED: no name of this/,
    ],
  ])('%s is not ready, says why, and blames no key for it', async (_, names, env, problem) => {
    const gateway = await start(names, env());
    const { check, list } = clientsOf(gateway);
    await expect.poll(() => check('liveness'), PATIENT).toBe(true);
    const waiting = () => gateway.lines.find(({ facts }) => `${facts?.msg}`.startsWith('not ready: waiting for'));
    await expect
      .poll(waiting, PATIENT)
      .toMatchObject({ facts: { level: 'error', problem: expect.stringMatching(problem) } });
    expect(await check('')).toBe(false);
    // Its key is a good one.
    expect(await list()).toBe('SERVICE_UNAVAILABLE');
    const failed = () => gateway.lines.find(({ facts }) => facts?.msg === 'call failed')?.facts;
    await expect.poll(failed, PATIENT).toMatchObject({ level: 'error', reason: 'SERVICE_UNAVAILABLE' });
    expect(gateway.lines.map(({ text }) => text).join('\n')).not.toContain(next);
  });

  it('is no other than one that they take, but for that', async () => {
    const { check, list } = clientsOf(
      await start(
        ['identity-gateway'],
        tokens((old, next) => `${old},${next}`),
      ),
    );
    await expect.poll(() => check(''), PATIENT).toBe(true);
    expect(await list()).toBe('answered');
  });
});
