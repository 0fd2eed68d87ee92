import {
  type PoolStoreServiceServer,
  PoolStoreServiceService,
} from '@userferry/contracts/migration/v1/pool_store_service';
import { ServiceError } from '@userferry/errors';
import { createServer, type Handler, serviceTokenAuthenticate } from '@userferry/grpc';
import { findFreePort } from '@userferry/local-databases';
import { createLogger } from '@userferry/process';
import { afterEach, expect, it } from 'vitest';
import { createStoreHealth } from './store-health.ts';

const TOKEN = 'a-service-token-of-more-than-32-characters';
let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

/** A migration-service without any pool, or whose database fails. */
const start = async (getUserPool: Handler<never, unknown> = noPool) => {
  const server = await createServer({
    host: '127.0.0.1',
    port: 0,
    services: [{ definition: only('getUserPool'), handlers: { getUserPool } }],
    authenticate: serviceTokenAuthenticate([TOKEN]),
    log: createLogger({ service: 'test', level: 'silent' }),
    callMsMax: 10_000,
  });
  stack.use(server);
  return server;
};
const only = (name: keyof PoolStoreServiceServer) => ({ [name]: PoolStoreServiceService[name as 'getUserPool'] });
const noPool = async () => {
  throw new ServiceError('USER_POOL_NOT_FOUND', 'there is no such user pool');
};

const ask = ({ port }: { readonly port: number }, token = TOKEN) => {
  const { problem } = stack.use(createStoreHealth(`127.0.0.1:${port}`, token));
  return problem({ requestId: 'request-1', deadlineMs: Date.now() + 5_000 });
};

it('a migration-service that serves and takes our calls is no problem', async () => {
  expect(await ask(await start())).toBeUndefined();
});

it('one that does not take our token is a problem, in its own words, though it serves', async () => {
  const problem = await ask(await start(), 'another-service-token-of-more-than-32-chars');
  expect(problem).toBe('UNAUTHENTICATED: the service token is not the one of this deployment');
});

it('one that does not serve is a problem, and so is one whose store fails', async () => {
  const server = await start();
  server.setServing(false);
  expect(await ask(server)).toBe('it is not SERVING');
  const failing = async () => {
    throw new ServiceError('STORE_UNAVAILABLE', 'the store does not answer');
  };
  expect(await ask(await start(failing))).toBe('STORE_UNAVAILABLE: the store does not answer');
});

it('nobody who listens is a problem, in the words of the channel', async () => {
  expect(await ask({ port: await findFreePort() })).toMatch(/^SERVICE_UNAVAILABLE: .*ECONNREFUSED/);
});
