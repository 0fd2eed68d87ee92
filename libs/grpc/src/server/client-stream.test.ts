import { getEventListeners, once } from 'node:events';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Metadata } from '@grpc/grpc-js';
import {
  LoginServiceClient,
  type LoginServiceServer,
  LoginServiceService,
  type PrepareMigrationRequest,
  PrepareMigrationResponse,
} from '@userferry/contracts/migration/v1/login_service';
import { ServiceError } from '@userferry/errors';
import { createLogger } from '@userferry/process';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createClient,
  createServer,
  type ListeningHandler,
  type ServiceHandlers,
  service,
  serviceTokenAuthenticate,
} from '../index.ts';
import { clientStream } from './client-stream.ts';

const TOKEN = 'a-service-token-of-forty-characters-or-so';
const log = createLogger({ service: 'test', level: 'silent' });
const stacks: AsyncDisposableStack[] = [];
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.disposeAsync();
});

type Listen = ListeningHandler<PrepareMigrationRequest, PrepareMigrationResponse>;

const unused = () => {
  throw new Error('not part of this test');
};
const word = (value: string): PrepareMigrationRequest => ({ step: { $case: 'password', value } });
const answerOf = (text: string): PrepareMigrationResponse =>
  PrepareMigrationResponse.fromPartial({ migration: { user: { userId: text } } });
const said = ({ migration }: PrepareMigrationResponse): string | undefined => migration?.user?.userId;

const servicesOf = (prepareMigration: Listen): ServiceHandlers[] => [
  service<LoginServiceServer>(LoginServiceService, {
    checkLogin: unused,
    migrateUser: unused,
    previewMigration: unused,
    settleAttempt: unused,
    prepareMigration,
  }),
];

/** A real server whose one call does what the test says, and our client of it. */
const serve = async (listen: Listen, { token = TOKEN, services = servicesOf(listen) } = {}) => {
  const stack = new AsyncDisposableStack();
  stacks.push(stack);
  const authenticate = serviceTokenAuthenticate([TOKEN]);
  const server = stack.use(
    await createServer({ host: '127.0.0.1', port: 0, services, authenticate, log, callMsMax: 2_000 }),
  );
  const client = stack.use(createClient(LoginServiceClient, { address: `127.0.0.1:${server.port}`, token }));
  const open = ({ ms = 10_000, signal }: { ms?: number; signal?: AbortSignal } = {}) =>
    client.prepareMigration({ requestId: 'request-1', deadlineMs: Date.now() + ms, ...(signal && { signal }) });
  return { server, open };
};

/** All that is said until nothing more comes. */
const hearAll: Listen = async (next) => {
  const heard: string[] = [];
  for (let each = await next(); each !== undefined; each = await next()) heard.push(String(each.step?.value));
  return answerOf(heard.join(' '));
};

/** So many calls to one server that is told to stop by and by; with what listens to that when all were answered. */
const played = async (count: number, stopping: AbortSignal): Promise<number> => {
  const authenticate = serviceTokenAuthenticate([TOKEN]);
  const handle = clientStream(hearAll, { authenticate, log, callMsMax: 2_000, stopping });
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${TOKEN}`);
  for (let n = 0; n < count; n += 1) {
    const facts = { metadata, getDeadline: () => Number.POSITIVE_INFINITY, getPath: () => '/a.B/C' };
    const call = Object.assign(Readable.from([word('one')]), facts) as never;
    await new Promise((resolve) => handle(call, resolve));
  }
  return getEventListeners(stopping, 'abort').length;
};

describe('a call of several requests', () => {
  it('hears each in order, and is answered once', async () => {
    const { open } = await serve(hearAll);
    const call = open();
    for (const each of ['one', 'two', 'three']) call.send(word(each));
    call.end();
    expect(said(await call.answer)).toBe('one two three');
  });

  it('can be answered before its caller has said all, and takes no harm from the rest', async () => {
    const { open } = await serve(async (next) => answerOf(String((await next())?.step?.value)));
    const call = open();
    call.send(word('one'));
    expect(said(await call.answer)).toBe('one');
    call.send(word('late'));
    call.end();
    call.end();
    const next = open();
    next.send(word('two'));
    expect(said(await next.answer)).toBe('two');
  });

  it('leaves nothing with its server once it is answered', async () => {
    expect(await played(20, new AbortController().signal)).toBe(0);
  });

  it('that waits hears the last when the server stops, and is still answered', async () => {
    const { promise: waits, resolve } = Promise.withResolvers<void>();
    const { open, server } = await serve(async (next) => {
      await next();
      resolve();
      return answerOf((await next()) === undefined ? 'nothing came' : 'something came');
    });
    const call = open();
    call.send(word('one'));
    await waits;
    await server[Symbol.asyncDispose]();
    expect(said(await call.answer)).toBe('nothing came');
  });

  it('hears the last when its caller hangs up, and whoever is at work for it is told', async () => {
    const heard: unknown[] = [];
    const { promise: waits, resolve } = Promise.withResolvers<void>();
    const { open } = await serve(async (next, { signal }) => {
      await next();
      resolve();
      heard.push(await next());
      if (!signal.aborted) await once(signal, 'abort');
      heard.push('told');
      return answerOf('too late');
    });
    const hangUp = new AbortController();
    const call = open({ signal: hangUp.signal });
    call.send(word('one'));
    await waits;
    hangUp.abort();
    await expect(call.answer).rejects.toMatchObject({ reason: 'CANCELLED' });
    await expect.poll(() => heard).toEqual([undefined, 'told']);
  });

  it('fails with the reason that its handler gives, and nothing that nobody foresaw', async () => {
    const known = await serve(async () => Promise.reject(new ServiceError('STORE_UNAVAILABLE', 'come back later')));
    await expect(known.open().answer).rejects.toMatchObject({ reason: 'STORE_UNAVAILABLE' });
    const unknown = await serve(async () => Promise.reject(new Error('hunter2')));
    await expect(unknown.open().answer).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: expect.not.stringContaining('hunter2'),
    });
  });

  it('is refused without the right token, and is over at its deadline', async () => {
    const strange = await serve(hearAll, { token: 'another-token-of-forty-characters-or-more' });
    await expect(strange.open().answer).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
    const { open } = await serve(hearAll);
    await expect(open({ ms: 300 }).answer).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });

  it('of which the server knows nothing fails as that, whatever is said to it', async () => {
    const [known] = servicesOf(hearAll);
    const { prepareMigration: _, ...older } = LoginServiceService;
    const { open } = await serve(hearAll, { services: [{ ...(known as ServiceHandlers), definition: older }] });
    const call = open();
    call.send(word('one'));
    await expect(call.answer).rejects.toMatchObject({ reason: 'UNIMPLEMENTED' });
    call.send(word('two'));
    call.end();
  });

  it('takes what was said, passwords among it, out of memory with itself', async () => {
    const heard: WeakRef<object>[] = [];
    const { open } = await serve(async (next) => {
      for (let each = await next(); each !== undefined; each = await next()) heard.push(new WeakRef(each));
      return answerOf('heard');
    });
    for (let n = 0; n < 10; n += 1) {
      const call = open();
      call.send(word('hunter2'));
      call.end();
      await call.answer;
    }
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const left = () => {
      collect();
      return heard.filter((each) => each.deref() !== undefined).length;
    };
    await expect.poll(left, { timeout: 10_000 }).toBe(0);
    expect(heard).toHaveLength(10);
  });

  it('on a channel that is closed fails, and does not throw', async () => {
    const client = createClient(LoginServiceClient, { address: '127.0.0.1:1' });
    client[Symbol.dispose]();
    const call = client.prepareMigration({ requestId: 'request-1', deadlineMs: Date.now() + 5_000 });
    call.send(word('one'));
    call.end();
    await expect(call.answer).rejects.toMatchObject({
      reason: 'SERVICE_UNAVAILABLE',
      message: 'prepareMigration: its client was closed',
    });
  });

  it('whose failure nobody asks for ends no process', async () => {
    const failures: unknown[] = [];
    const listener = (reason: unknown) => failures.push(reason);
    process.on('unhandledRejection', listener);
    const { open, server } = await serve(hearAll, { token: 'another-token-of-forty-characters-or-more' });
    open().send(word('one'));
    await server[Symbol.asyncDispose]();
    await once(AbortSignal.timeout(100), 'abort');
    process.off('unhandledRejection', listener);
    expect(failures).toEqual([]);
  });
});
