import type { ServiceDefinition } from '@grpc/grpc-js';
import {
  type LoginServiceServer,
  LoginServiceService,
  MigrateUserResponse,
  MigrationVerdict,
  type PrepareMigrationRequest,
  type PrepareMigrationResponse,
} from '@userferry/contracts/migration/v1/login_service';
import { ServiceError } from '@userferry/errors';
import { createServer, type ListeningHandler, service, serviceTokenAuthenticate } from '@userferry/grpc';
import { createLogger } from '@userferry/process';
import { afterEach, describe, expect, it } from 'vitest';
import { callFacts } from '../testing/table-world.ts';
import { createLoginStore } from './login-store.ts';

const TOKEN = 'a-service-token-of-more-than-32-characters';
const MIGRATED = MigrateUserResponse.fromPartial({ verdict: MigrationVerdict.MIGRATED, user: { userId: 'ours' } });
const attempt = {
  userPoolId: 'pool',
  identifier: { kind: 'email', value: 'ada@example.com' },
  password: 'hunter2',
  facts: { appId: '', appName: '', appMetadata: {}, ip: '192.0.2.1', geo: null, body: {} },
} as const;
const proof = { connectionId: 'connection', profileJson: '{"id":7}' };

let stack: AsyncDisposableStack;
afterEach(() => stack.disposeAsync());

type Prepare = ListeningHandler<PrepareMigrationRequest, PrepareMigrationResponse>;

/** A migration-service whose one call does what the test says, and what it was asked. */
const world = async (prepare: Prepare | 'is not known there') => {
  stack = new AsyncDisposableStack();
  const asked: string[] = [];
  const unused = () => {
    throw new Error('not part of this test');
  };
  const prepareMigration: Prepare = (next, call) => {
    asked.push('PrepareMigration');
    return prepare === 'is not known there' ? unused() : prepare(next, call);
  };
  const migrateUser = async ({ password, requestIp }: { password: string; requestIp: string }) => {
    asked.push(`MigrateUser ${password} ${requestIp}`);
    return MIGRATED;
  };
  const unary = { checkLogin: unused, previewMigration: unused, settleAttempt: unused, migrateUser };
  const services = [service<LoginServiceServer>(LoginServiceService, { ...unary, prepareMigration })];
  const { prepareMigration: _, ...older } = LoginServiceService;
  const known = (prepare === 'is not known there' ? older : LoginServiceService) as ServiceDefinition;
  const server = stack.use(
    await createServer({
      host: '127.0.0.1',
      port: 0,
      services: services.map((each) => ({ ...each, definition: known })),
      authenticate: serviceTokenAuthenticate([TOKEN]),
      log: createLogger({ service: 'test', level: 'silent' }),
      callMsMax: 10_000,
    }),
  );
  const logins = stack.use(createLoginStore(`127.0.0.1:${server.port}`, TOKEN));
  return { asked, server, prepared: stack.use(logins.prepareMigration(attempt, callFacts())) };
};

/** Hears the password, then the proof. */
const migrating: Prepare = async (next) => {
  const [first, second] = [await next(), await next()];
  const [password, proven] = [first?.step?.value, second?.step?.$case === 'proven' ? second.step.value : undefined];
  return { migration: password === 'hunter2' && proven?.password === 'hunter2' ? MIGRATED : undefined };
};

describe('a migration that was prepared', () => {
  it('is one call: the password first, the proof when it is there', async () => {
    const { asked, prepared } = await world(migrating);
    expect(await prepared.migrate(proof)).toMatchObject({ verdict: 'migrated', user: { userId: 'ours' } });
    expect(asked).toEqual(['PrepareMigration']);
  });

  it('without a proof asks for nothing', async () => {
    const { promise: heard, resolve } = Promise.withResolvers<unknown>();
    const { asked, prepared } = await world(async (next) => {
      await next();
      resolve(await next());
      return { migration: undefined };
    });
    prepared[Symbol.dispose]();
    expect(await heard).toBeUndefined();
    expect(asked).toEqual(['PrepareMigration']);
  });

  it.each<[string, Prepare | 'is not known there']>([
    ['a migration-service of the version before', 'is not known there'],
    ['one that stops', async () => ({ migration: undefined })],
    ['one that loses it', async () => Promise.reject(new ServiceError('SERVICE_UNAVAILABLE', 'gone'))],
    ['one that has no time for it', async () => Promise.reject(new ServiceError('DEADLINE_EXCEEDED', 'late'))],
  ])('is asked for as MigrateUser beside %s', async (_, prepare) => {
    const { asked, prepared } = await world(prepare);
    expect(await prepared.migrate(proof)).toMatchObject({ verdict: 'migrated' });
    expect(asked.at(-1)).toBe('MigrateUser hunter2 192.0.2.1');
  });
});
